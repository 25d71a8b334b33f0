// The grid of slots a room is offered in: its buttons tick boxes here, instead of asking the server.
const grid = document.querySelector("[data-slot-grid]");
const some = document.querySelector("input[name=offer][value=some]");

function boxesOf(which) {
  const [what, name] = which.split(/:(.*)/s);
  const all = [...grid.querySelectorAll("input[name=slots]")];
  return what === "all" ? all : all.filter((box) => box.dataset[what] === name);
}

grid?.addEventListener("click", (event) => {
  const button = event.target.closest("[data-toggle]");
  if (!button) return;
  event.preventDefault();
  const boxes = boxesOf(button.dataset.toggle);
  const tick = !boxes.every((box) => box.checked);
  for (const box of boxes) box.checked = tick;
  some.checked = true;
});
grid?.addEventListener("change", () => {
  some.checked = true;
});
