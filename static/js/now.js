// Keeps a board fresh: told by the event's stream, else by asking; says how old it is, and
// announces what is new. One clock ticks; whatever is due by the time of day is done, so that
// a machine that slept catches up at once.
const board = document.querySelector("[data-board]");
const fresh = document.querySelector("[data-fresh]");
const voice = document.querySelector("[data-voice]");
const stays = document.querySelector("[data-stays]"); // a page nobody touches, for days
const clock = document.querySelector("[data-clock]");
const date = document.querySelector("[data-date]");

const TICK = 1_000; // milliseconds, as all of these
const ASK_WHILE_TOLD = 30_000; // a safety net under the stream
const ASK = 10_000; // without a stream
const PATIENCE = 8_000; // for one answer
const SILENCE = 40_000; // the stream speaks every 15 s, so by then it is dead
const LOST = 15_000; // without any answer: say so
const UNSEEN = 60_000; // a page in the background lets its stream go
const GROWING = [1_000, 2_000, 4_000, 8_000, 15_000];
const TOGETHER = 400; // changes that come in one burst are one question

let source = board?.dataset.source;
let zone = board?.dataset.zone;
let etag = null;
let asking = false;
let askAgain = false;
let askAt = 0;
let failures = 0;
let stream = null; // its AbortController
let heardAt = 0;
let connectAt = 0;
let refusals = 0;
let freshAt = Date.now();
let hiddenSince = null;
let wasLost = false;
let until = Infinity;
let shipped = null;

const growing = (times) => GROWING[Math.min(times, GROWING.length) - 1] * (0.8 + Math.random() * 0.4);

const format = (options, when) => {
  try {
    return new Intl.DateTimeFormat("en-GB", { ...options, timeZone: zone }).format(when);
  } catch {
    return new Intl.DateTimeFormat("en-GB", { ...options, timeZone: "UTC" }).format(when);
  }
};
const time = (when) => format({ hour: "2-digit", minute: "2-digit", second: "2-digit" }, when);

// What is on the board ---------------------------------------------------------------------------

const sayings = () => [...board.querySelectorAll("[data-say]")].map((item) => item.dataset.say);

// What is said at once is one sentence after the other: neither takes the other's place.
let said = "";
let saidAt = 0;
const say = (text) => {
  said = Date.now() - saidAt < 500 ? `${said} ${text}` : text;
  saidAt = Date.now();
  voice.textContent = said;
};

const announce = (before) => {
  const news = sayings().filter((said) => !before.has(said));
  if (!news.length) return;
  const more = news.length > 3 ? ` And ${news.length - 3} more.` : "";
  say(`${news.slice(0, 3).join(". ")}.${more}`);
};

// Where the focus was is found again by what it leads to.
const focused = () => (board.contains(document.activeElement) ? document.activeElement.href : null);

const show = (html) => {
  const before = new Set(sayings());
  const held = focused();
  board.innerHTML = html;
  readUntil();
  if (held) [...board.querySelectorAll("a")].find((link) => link.href === held)?.focus({ preventScroll: true });
  announce(before);
};

const readUntil = () => {
  const told = Date.parse(board.querySelector("[data-until]")?.dataset.until);
  // Not all at the same moment: a thousand boards turn at the full hour.
  until = Number.isNaN(told) ? Infinity : told + 300 + Math.random() * 1_200;
};

// Asking -----------------------------------------------------------------------------------------

const ask = async () => {
  if (asking) {
    askAgain = true;
    return;
  }
  asking = true;
  askAgain = false;
  const asked = source;
  try {
    const response = await fetch(asked, {
      headers: etag ? { "If-None-Match": etag } : {},
      cache: "no-store",
      credentials: "same-origin",
      signal: AbortSignal.timeout(PATIENCE),
    });
    if (response.status === 200) {
      const html = await response.text();
      if (asked === source) {
        etag = response.headers.get("ETag");
        show(html);
      }
    } else if (response.status !== 304) {
      throw new Error(`answered ${response.status}`);
    }
    failures = 0;
    freshAt = Date.now();
    askAt = Date.now() + (stream && heardAt ? ASK_WHILE_TOLD : ASK);
    if (until <= Date.now()) until = Infinity; // the server's clock is behind ours: ask as usual
    renew(response);
  } catch {
    failures += 1;
    askAt = Date.now() + growing(failures);
  } finally {
    asking = false;
  }
  if (askAgain) soon();
  tell();
};

// A sign outlives updates of the service: when what it is made of changed, it starts anew.
const renew = (response) => {
  if (!stays) return;
  const version = response.headers.get("X-Shipped");
  if (shipped && version && version !== shipped) location.reload();
  shipped = version ?? shipped;
};

const soon = () => {
  askAt = Math.min(askAt, Date.now() + TOGETHER);
  setTimeout(tick, TOGETHER + 10);
};

// Being told -------------------------------------------------------------------------------------

// Not an EventSource: it hides the comments that tell a quiet stream from a dead one, and gives
// up for good at the first refusal.
const listen = async () => {
  const control = new AbortController();
  stream = control;
  heardAt = 0;
  const late = setTimeout(() => control.abort(), PATIENCE);
  try {
    const response = await fetch(board.dataset.stream, {
      headers: { Accept: "text/event-stream" },
      cache: "no-store",
      credentials: "omit",
      signal: control.signal,
    });
    clearTimeout(late);
    if (response.status !== 200) throw new Error(`answered ${response.status}`);
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = "";
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      heardAt = Date.now();
      if (!failures) freshAt = heardAt;
      refusals = 0;
      const blocks = (rest + value).split("\n\n");
      rest = blocks.pop();
      // Also at the greeting: what happened while nobody listened.
      if (blocks.some((block) => /^data:/m.test(block))) soon();
    }
  } catch {
    // Refused, broken or given up: below.
  }
  clearTimeout(late);
  if (stream !== control) return;
  stream = null;
  heardAt = 0;
  refusals += 1;
  connectAt = Date.now() + growing(refusals);
  soon();
};

const hangUp = () => {
  stream?.abort();
  stream = null;
  heardAt = 0;
};

// Saying how old it is ---------------------------------------------------------------------------

const tell = () => {
  const now = Date.now();
  const lost = now - freshAt > LOST && failures > 0;
  if (lost !== wasLost) {
    say(lost ? `No connection; this is as of ${time(freshAt)}.` : "Connected again.");
    wasLost = lost;
  }
  const state = lost ? "lost" : heardAt ? "told" : "asking";
  const words = { lost: "No connection, as of", told: "Live, as of", asking: "Checking, as of" };
  fresh.dataset.state = state;
  const text = `${words[state]} ${time(freshAt)}`;
  const place = fresh.querySelector("[data-fresh-text]");
  if (place.textContent !== text) place.textContent = text;
};

const tellTime = () => {
  if (!clock) return;
  clock.textContent = format({ hour: "2-digit", minute: "2-digit" }, Date.now());
  date.textContent = format({ weekday: "short", day: "numeric", month: "short" }, Date.now()).replace(",", "");
};

// The clock --------------------------------------------------------------------------------------

const tick = () => {
  const now = Date.now();
  tellTime();
  if (!source) return;
  if (hiddenSince && now - hiddenSince > UNSEEN) {
    hangUp();
  } else {
    if (stream && heardAt && now - heardAt > SILENCE) {
      hangUp();
      soon();
    }
    if (!stream && now >= connectAt) listen();
  }
  if (now >= askAt || now >= until) ask();
  tell();
};

const wake = () => {
  hiddenSince = document.hidden ? (hiddenSince ?? Date.now()) : null;
  if (document.hidden) return;
  askAt = 0;
  connectAt = 0;
  if (heardAt && Date.now() - heardAt > SILENCE / 2) hangUp();
  tick();
  stayAwake();
};

// A screen that shows a sign does not go dark.
const stayAwake = () => {
  if (clock && "wakeLock" in navigator) navigator.wakeLock.request("screen").catch(() => {});
};

// A board in a page of another site speaks its reader's time.
const followReader = () => {
  const own = new Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (!stays?.hasAttribute("data-follows-reader") || !own || own === zone || !source) return;
  const url = new URL(source, location.href);
  url.searchParams.set("tz", own);
  source = url.pathname + url.search;
  zone = own;
  document.querySelector("[data-zone-name]").textContent = own.replaceAll("_", " ");
};

if (board) {
  readUntil();
  followReader();
  document.addEventListener("visibilitychange", wake);
  for (const name of ["online", "pageshow", "focus"]) addEventListener(name, wake);
  addEventListener("pagehide", hangUp);
  setInterval(tick, TICK);
  wake();
}
