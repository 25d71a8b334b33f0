// Messages about what was just done. Plain good news leaves by itself, never while it is
// pointed at or focused; what offers an action stays longer, and trouble stays until closed.
const region = document.getElementById("toasts");
const PLAIN = 10_000; // milliseconds
const WITH_ACTION = 30_000;

const close = (toast) => {
  const held = toast.contains(document.activeElement);
  toast.remove();
  if (held) document.getElementById("main").focus();
};

const leaveLater = (toast) => {
  if (!["success", "info", "message"].includes(toast.dataset.category)) return;
  const stay = toast.querySelector("form, a, [data-action]") ? WITH_ACTION : PLAIN;
  let timer = setTimeout(() => close(toast), stay);
  const hold = () => clearTimeout(timer);
  const go = () => {
    hold();
    if (!toast.matches(":hover") && !toast.contains(document.activeElement)) {
      timer = setTimeout(() => close(toast), stay);
    }
  };
  for (const name of ["pointerenter", "focusin"]) toast.addEventListener(name, hold);
  for (const name of ["pointerleave", "focusout"]) toast.addEventListener(name, () => setTimeout(go));
};

const enliven = (toast) => {
  const button = toast.querySelector("[data-close]");
  button.hidden = false;
  button.addEventListener("click", () => close(toast));
  leaveLater(toast);
};

/**
 * Show `text` and have it announced. `action`, if given: `{label, run}`.
 * `category` is success, info, warning or danger.
 */
export const toast = (text, { category = "success", action = null } = {}) => {
  const made = document.getElementById("toast-template").content.firstElementChild.cloneNode(true);
  made.dataset.category = category;
  made.classList.add(`toast-${category}`);
  made.querySelector("[data-text]").textContent = text;
  if (action) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn btn-sm btn-outline-primary";
    button.dataset.action = "";
    button.textContent = action.label;
    button.addEventListener("click", () => {
      close(made);
      action.run();
    });
    made.querySelector("[data-close]").before(button);
  }
  region.append(made);
  enliven(made);
  return made;
};

if (region) {
  // A live region tells only of changes, so what came with the page is put in once more.
  const present = [...region.children];
  present.forEach(enliven);
  setTimeout(() => region.append(...present.filter((item) => item.isConnected)), 150);
}
