// The button that turns the theme; without scripts it stays hidden and the system decides.
const root = document.documentElement;
const button = document.querySelector("[data-theme-switch]");

const name = () => {
  const other = root.dataset.bsTheme === "dark" ? "light" : "dark";
  button.setAttribute("aria-label", `Switch to ${other} colours`);
  button.title = `Switch to ${other} colours`;
};

if (button) {
  button.hidden = false;
  name();
  button.addEventListener("click", () => {
    root.dataset.bsTheme = root.dataset.bsTheme === "dark" ? "light" : "dark";
    try {
      localStorage.setItem("theme", root.dataset.bsTheme);
    } catch {
      // Storage is switched off: the choice holds for this page.
    }
    name();
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", (system) => {
    try {
      if (localStorage.getItem("theme")) return;
    } catch {
      // Nothing can be remembered, so nothing was.
    }
    root.dataset.bsTheme = system.matches ? "dark" : "light";
    name();
  });
}
