// Notices of topics that become now, while a page with the board is open: what to tell is decided
// by the server, once for each topic; here it is only asked for and shown.
const place = document.querySelector("[data-pings]");
const button = place?.querySelector("[data-ping-switch]");
const says = place?.querySelector("[data-ping-says]");
const board = document.querySelector("[data-board]");

const EVERY = 15_000; // milliseconds
const AFTER_A_CHANGE = [700, 1_800]; // the worker looks once a second
const CHOICE = "ptgsched-pings";

let last = null;
let asking = false;

const wanted = () => {
  try {
    return localStorage.getItem(CHOICE) === "on";
  } catch {
    return false; // storage is switched off
  }
};
const choose = (choice) => {
  try {
    localStorage.setItem(CHOICE, choice);
  } catch {
    says.textContent = "This browser remembers nothing for this site, so it cannot keep this choice.";
  }
};
const allowed = () => Notification.permission === "granted";
const isOn = () => wanted() && allowed();

const show = ({ id, team, text }) => {
  let notice;
  try {
    // The tag keeps a second tab from telling it again.
    notice = new Notification(`Now at ${team}`, { body: text, tag: `ptgsched-${id}` });
  } catch {
    says.textContent = "This browser shows no notices of pages, as most do on phones; choose mail instead.";
    return;
  }
  notice.addEventListener("click", () => {
    window.focus();
    if (!board) location.href = place.dataset.now;
    notice.close();
  });
};

const ask = async () => {
  if (!isOn() || asking) return;
  asking = true;
  try {
    const query = last === null ? "" : `?after=${last}`;
    const answer = await fetch(place.dataset.pings + query, { cache: "no-store", signal: AbortSignal.timeout(8_000) });
    if (!answer.ok) return;
    const news = await answer.json();
    last = news.last;
    news.told.forEach(show);
  } catch {
    // The next look is not far.
  } finally {
    asking = false;
  }
};

const tell = () => {
  button.setAttribute("aria-pressed", String(isOn()));
  button.textContent = isOn() ? "Notices in this browser: on" : "Notify me in this browser";
  if (Notification.permission === "denied") {
    says.textContent = "This browser refuses notices from here; allow them in its settings for this site.";
    button.disabled = true;
  }
};

const turn = async () => {
  if (isOn()) {
    choose("off");
  } else {
    choose("on");
    if (!allowed()) await Notification.requestPermission();
    last = null;
    ask();
  }
  tell();
};

if (place && !("Notification" in window)) {
  says.textContent = "This browser knows no notices; choose mail instead.";
} else if (place) {
  button.hidden = false;
  button.addEventListener("click", turn);
  tell();
  ask();
  setInterval(ask, EVERY);
  if (board) {
    const soon = () => AFTER_A_CHANGE.forEach((wait) => setTimeout(ask, wait));
    new MutationObserver(soon).observe(board, { childList: true });
  }
}
