// Runs before the first paint: the remembered theme, else the system's.
(() => {
  const root = document.documentElement;
  root.classList.add("js");
  let chosen = null;
  try {
    chosen = localStorage.getItem("theme");
  } catch {
    // Storage is switched off: the system's theme will do.
  }
  const dark = matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.bsTheme = chosen === "dark" || chosen === "light" ? chosen : dark ? "dark" : "light";
})();
