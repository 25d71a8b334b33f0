// The grid: arrow keys, choosing stretches of free cells, moving sessions by drag and drop,
// dialogs and cards. Every cell is a plain link, so all of this is a shorter way only.
import "./booking.js";
import { open } from "./dialog.js";
import { hover } from "./card.js";
import { movable } from "./moving.js";

const announce = (text) => {
  const region = document.querySelector("[data-announce]");
  if (region) region.textContent = text;
};

/** The cells of a table as rows of {element, from, to}: `from` and `to` are column numbers. */
const map = (table) =>
  [...table.tBodies[0].rows].map((row) => {
    let column = 0;
    return [...row.cells].slice(1).map((cell) => {
      const from = column;
      column += cell.colSpan;
      return { cell, element: cell.querySelector("[data-cell]"), from, to: column };
    });
  });

const placeOf = (rows, element) => {
  for (const [y, row] of rows.entries()) {
    const found = row.find((entry) => entry.element === element);
    if (found) return { y, column: found.from };
  }
  return null;
};

const at = (rows, y, column) => rows[y]?.find((entry) => entry.from <= column && column < entry.to);

/** The next cell that can be focused from `start`, going by (dx, dy). */
const neighbour = (rows, start, dx, dy) => {
  let { y, column } = start;
  for (;;) {
    const here = at(rows, y, column);
    column = dx > 0 ? here.to : dx < 0 ? here.from - 1 : column;
    y += dy;
    const next = at(rows, y, column);
    if (!next) return null;
    if (next.element) return next.element;
  }
};

class Stretch {
  /** Neighbouring free cells of one room and window, from an anchor to a head. */
  constructor(table) {
    this.table = table;
    this.anchor = null;
    this.head = null;
  }

  cells() {
    if (!this.anchor) return [];
    const all = [...this.anchor.closest("tr").querySelectorAll("[data-cell]")];
    const [one, two] = [all.indexOf(this.anchor), all.indexOf(this.head)].sort((a, b) => a - b);
    return all.slice(one, two + 1);
  }

  /** Stretch to `cell`; false when something lies between or it is another room or window. */
  reach(cell) {
    if (!this.anchor || this.anchor.closest("tr") !== cell.closest("tr")) return false;
    const before = this.head;
    this.head = cell;
    const cells = this.cells();
    const whole = cells.every((item) => "free" in item.dataset);
    const oneWindow = cells.slice(1).every((item) => !item.parentElement.classList.contains("starts-window"));
    // Where the room is not offered there is a cell, but none to choose.
    const unbroken = cells.slice(1).every((item, n) => item.parentElement.previousElementSibling === cells[n].parentElement);
    if (!whole || !oneWindow || !unbroken) {
      this.head = before;
      return false;
    }
    this.paint();
    return true;
  }

  begin(cell) {
    this.clear();
    this.anchor = cell;
    this.head = cell;
  }

  clear() {
    for (const cell of this.table.querySelectorAll(".is-chosen")) cell.classList.remove("is-chosen");
    this.anchor = null;
    this.head = null;
  }

  paint() {
    const chosen = new Set(this.cells());
    for (const cell of this.table.querySelectorAll("[data-free]")) cell.classList.toggle("is-chosen", chosen.has(cell));
    announce(this.words());
  }

  words() {
    const codes = this.cells().map((cell) => cell.dataset.slot);
    const room = this.anchor.closest("tr").dataset.roomName;
    return codes.length === 1 ? `selected ${codes[0]}, ${room}` : `selected ${codes[0]} to ${codes.at(-1)}, ${room}`;
  }

  address() {
    const cells = this.cells();
    const url = new URL(cells[0].href);
    url.searchParams.delete("slots");
    for (const cell of cells) url.searchParams.append("slots", cell.dataset.slot);
    return url;
  }
}

const spoken = (element) => {
  const row = element.closest("tr");
  if ("free" in element.dataset) return `${element.dataset.slot} ${row.dataset.roomName} free`;
  return "";
};

/** Of all cells one is a stop of the Tab key, with its icons: the last that had the focus. Arrows reach the rest. */
const rove = (table) => {
  let stop = null;
  const rest = (cell) => {
    for (const element of stop?.querySelectorAll("a, button, [data-cell]") ?? []) element.tabIndex = -1;
    for (const element of cell.querySelectorAll("a, button, [data-cell]")) element.tabIndex = 0;
    stop = cell;
  };
  for (const element of table.querySelectorAll("td :is(a, button, [data-cell])")) element.tabIndex = -1;
  const first = table.querySelector("a[data-cell]");
  if (first) rest(first.closest("td"));
  table.addEventListener("focusin", (event) => {
    const cell = event.target.closest("td");
    if (cell && cell !== stop) rest(cell);
  });
};

const enliven = (table) => {
  const rows = map(table);
  const stretch = new Stretch(table);
  const arrows = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  rove(table);

  const book = (from) => {
    const focus = stretch.head ?? from;
    open(stretch.address(), focus);
  };

  table.addEventListener("keydown", (event) => {
    const element = event.target.closest("[data-cell]");
    if (!element || event.ctrlKey || event.metaKey || event.altKey) return;
    const step = arrows[event.key];
    if (step) {
      const next = neighbour(rows, placeOf(rows, element), ...step);
      event.preventDefault();
      if (!next) return;
      if (event.shiftKey && step[0] && "free" in element.dataset) {
        if (!stretch.anchor) stretch.begin(element);
        if (stretch.reach(next)) next.focus();
        return;
      }
      stretch.clear();
      next.focus();
      announce(spoken(next));
    } else if (event.key === "Escape" && stretch.anchor) {
      stretch.clear();
      announce("selection cleared");
    } else if (event.key === "Enter" && stretch.anchor) {
      event.preventDefault();
      book(element);
    }
  });

  let dragging = false;
  let dragged = false;
  table.addEventListener("pointerdown", (event) => {
    dragged = false;
    const cell = event.target.closest("[data-free]");
    if (!cell || event.button || event.pointerType === "touch") return;
    if (event.shiftKey && stretch.anchor) return;
    dragging = true;
    stretch.begin(cell);
  });
  table.addEventListener("pointerover", (event) => {
    const cell = event.target.closest("[data-free]");
    if (dragging && cell && cell !== stretch.head) dragged = stretch.reach(cell) || dragged;
  });
  document.addEventListener("pointerup", () => {
    if (dragging && dragged) book(stretch.head);
    dragging = false;
  });
  table.addEventListener("dragstart", (event) => {
    // A free cell is a link, but what is dragged is a stretch of time.
    if (event.target.closest("[data-free]")) event.preventDefault();
  });
  table.addEventListener("click", (event) => {
    const cell = event.target.closest("a[data-cell]");
    if (!cell || event.ctrlKey || event.metaKey || event.button) return;
    event.preventDefault();
    if (dragged) {
      dragged = false;
      return;
    }
    if (!("free" in cell.dataset)) {
      open(cell.href, cell);
      return;
    }
    if (event.shiftKey && stretch.anchor && stretch.anchor !== cell) {
      if (!stretch.reach(cell)) announce("A booking is one stretch of free slots in one room and window.");
      else book(cell);
      return;
    }
    stretch.begin(cell);
    stretch.paint();
    if (!event.shiftKey) book(cell);
  });
  document.addEventListener("dialog:closed", () => stretch.clear());
  movable(table, rows, { announce });
  hover(table);
};

/** Filters apply as soon as they are chosen. */
const filtering = (form) => {
  form.addEventListener("change", () => form.requestSubmit());
  form.addEventListener("formdata", ({ formData }) => {
    for (const [name, value] of [...formData]) if (!value) formData.delete(name);
  });
};

/** The page opens at the current slot, unless it was asked for a place of its own. */
const openAtNow = (table) => {
  const now = table.querySelector("[data-now]");
  const scroll = table.closest(".grid-scroll");
  if (!now || location.hash) return;
  const room = table.querySelector(".corner").offsetWidth;
  scroll.scrollLeft = Math.max(0, now.offsetLeft - room - 8);
};

for (const table of document.querySelectorAll("[data-grid]")) {
  table.style.setProperty("--n", table.dataset.columns);
  enliven(table);
  openAtNow(table);
}
document.querySelector(".day-strip [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
const form = document.querySelector("[data-filters]");
if (form) filtering(form);
if (location.hash.startsWith("#b-")) {
  // In the table, or in the list that a phone shows instead.
  const links = [...document.querySelectorAll("a.session-link, a.agenda-link")];
  links.find((link) => link.offsetParent && link.href.endsWith(location.hash.slice(3)))?.focus();
} else if (!location.hash) {
  // What began earlier and still runs is on now as well.
  const now = document.querySelector(".agenda .is-running, .agenda .is-now");
  if (now?.offsetParent) now.scrollIntoView({ block: "start" });
}
