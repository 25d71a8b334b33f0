import { open } from "./dialog.js";

// The card of a session, shown when it is pointed at or focused for a moment. It can be pointed
// at itself, stays while it is, and Escape takes it away (WCAG 2.2, 1.4.13).
const WAIT = 450; // milliseconds
const known = new Map();

const load = async (address) => {
  if (!known.has(address)) {
    const url = new URL(address);
    url.searchParams.set("fragment", "1");
    const answer = await fetch(url, { credentials: "same-origin" });
    if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
    known.set(address, await answer.text());
  }
  return known.get(address);
};

const made = () => {
  const card = document.createElement("div");
  card.className = "card-pop";
  card.popover = "manual";
  document.getElementById("main").append(card);
  return card;
};

const place = (card, link) => {
  const here = link.getBoundingClientRect();
  const size = card.getBoundingClientRect();
  const below = here.bottom + 8 + size.height < innerHeight;
  const top = below ? here.bottom + 8 : Math.max(8, here.top - size.height - 8);
  const left = Math.min(Math.max(8, here.left), innerWidth - size.width - 8);
  card.style.top = `${top}px`;
  card.style.left = `${left}px`;
};

/** Show cards for the sessions of `table`. */
export const hover = (table) => {
  if (!("popover" in HTMLElement.prototype)) return;
  let card = null;
  let timer = null;
  let shown = null;
  const hide = () => {
    clearTimeout(timer);
    if (shown) card.hidePopover();
    shown = null;
  };
  const hideSoon = () => {
    clearTimeout(timer);
    timer = setTimeout(hide, 200);
  };
  const show = (link) => {
    clearTimeout(timer);
    if (shown === link) return;
    timer = setTimeout(async () => {
      try {
        const html = await load(link.href);
        const still = link.matches(":hover") || document.activeElement === link;
        if (!still || document.querySelector("dialog[open]")) return;
        if (!card) {
          card = made();
          card.addEventListener("pointerenter", () => clearTimeout(timer));
          card.addEventListener("pointerleave", hideSoon);
          card.addEventListener("click", (event) => {
            const action = event.target.closest("a[data-dialog]");
            if (!action || event.metaKey || event.ctrlKey) return;
            event.preventDefault();
            const from = shown;
            hide();
            open(action.href, from);
          });
        }
        card.innerHTML = html.replaceAll('id="dialog-title"', ""); // of our own pages, as in dialog.js
        if (!shown) card.showPopover();
        shown = link;
        place(card, link);
      } catch {
        // The link itself still leads to the page.
      }
    }, WAIT);
  };
  const session = (event) => event.target.closest?.("a.session-link");
  table.addEventListener("pointerover", (event) => {
    const link = session(event);
    if (event.pointerType !== "touch" && link) show(link);
  });
  table.addEventListener("pointerout", (event) => {
    if (session(event)) hideSoon();
  });
  table.addEventListener("focusin", (event) => {
    const link = session(event);
    if (link?.matches(":focus-visible")) show(link);
    else hide();
  });
  table.addEventListener("focusout", hideSoon);
  for (const name of ["click", "dragstart", "pointerdown"]) table.addEventListener(name, hide);
  document.addEventListener("scroll", hide, { capture: true, passive: true });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && shown) hide();
  });
};
