// What every page gains from scripts; each part works without it.
import "./switch.js";
import "./toast.js";
import "./zone.js";

// On a phone the menus of an event's pages are one long line: the page one is on comes in sight.
for (const nav of document.querySelectorAll(".event-nav, .manage-nav")) {
  const current = nav.querySelector("[aria-current]")?.getBoundingClientRect();
  const line = nav.getBoundingClientRect();
  if (current) nav.scrollLeft += current.left - line.left - (line.width - current.width) / 2;
}

// A menu made of <details> closes like one: Escape, or a click elsewhere.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = document.activeElement?.closest("details.menu[open]");
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});
