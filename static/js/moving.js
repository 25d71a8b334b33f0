// Moving a session by drag and drop: dropping opens its form at the new place, which says what
// that would mean before anything is changed.
import { open } from "./dialog.js";

/** The `span` neighbouring free cells of one window that start at `cell`; null if too few. */
const targets = (rows, cell, span, own) => {
  const row = rows.find((entries) => entries.some((entry) => entry.cell === cell));
  const start = row.findIndex((entry) => entry.cell === cell);
  const found = [];
  let width = 0;
  for (const entry of row.slice(start)) {
    if (width && entry.cell.classList.contains("starts-window")) break;
    const free = entry.element && ("free" in entry.element.dataset || entry.element === own);
    if (!free) break;
    found.push(entry);
    width += entry.to - entry.from;
    if (width >= span) return found;
  }
  return null;
};

/** Let the sessions of `table` that may be moved be dragged to free cells. */
export const movable = (table, rows, { announce }) => {
  let own = null;
  let marked = [];
  const unmark = () => {
    for (const entry of marked) entry.element.classList.remove("is-target");
    marked = [];
  };
  table.addEventListener("dragstart", (event) => {
    const link = event.target.closest("[data-movable]");
    if (!link) return;
    own = link;
    link.closest(".session").classList.add("is-dragged");
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", link.href);
  });
  table.addEventListener("dragover", (event) => {
    if (!own) return;
    unmark();
    const cell = event.target.closest("td");
    const found = cell && targets(rows, cell, Number(own.dataset.span), own);
    if (!found) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = "move";
    marked = found.filter((entry) => entry.element !== own);
    for (const entry of marked) entry.element.classList.add("is-target");
  });
  table.addEventListener("drop", (event) => {
    const cell = event.target.closest("td");
    const found = own && cell && targets(rows, cell, Number(own.dataset.span), own);
    if (!found) return;
    event.preventDefault();
    const codes = Number(own.dataset.span);
    const first = found[0].element.dataset.slot;
    const last = table.tHead.rows[1].cells[found[0].from + codes - 1]?.dataset.code;
    const url = new URL(`${own.href}/edit`);
    url.searchParams.set("room", cell.closest("tr").dataset.room);
    url.searchParams.set("first", first);
    url.searchParams.set("last", last ?? first);
    announce(`moving to ${first}, ${cell.closest("tr").dataset.roomName}`);
    open(url, own);
  });
  table.addEventListener("dragend", () => {
    unmark();
    own?.closest(".session").classList.remove("is-dragged");
    own = null;
  });
};
