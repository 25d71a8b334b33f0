// The booking form: keeps "until" in the window of "from", and says at each change what the
// booking would mean. Without it, "Check first" does the same.
const WAIT = 250; // milliseconds
const ASKED = ["team", "room", "first", "last", "with_teams", "override", "sequence"];

const keepInWindow = (form, changed) => {
  const first = form.elements.first;
  const last = form.elements.last;
  const windowOf = (select) => select.selectedOptions[0]?.parentElement.label;
  const inOrder = first.selectedIndex <= last.selectedIndex;
  if (windowOf(first) === windowOf(last) && inOrder) return;
  if (changed === last) first.selectedIndex = last.selectedIndex;
  else last.selectedIndex = first.selectedIndex;
};

const recheck = (form) => {
  const url = new URL(form.action);
  const values = new FormData(form);
  for (const name of ASKED) for (const value of values.getAll(name)) url.searchParams.append(name, value);
  url.searchParams.set("fragment", "1");
  url.searchParams.set("back", "");
  form.checking?.abort();
  form.checking = new AbortController();
  return fetch(url, { credentials: "same-origin", signal: form.checking.signal });
};

const refresh = async (form) => {
  const outlook = form.querySelector("#outlook");
  try {
    const answer = await recheck(form);
    if (!answer.ok || answer.redirected) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById("outlook");
    // The region stays the same element, so that what changes in it is read out.
    if (fresh) outlook.replaceChildren(...fresh.childNodes);
  } catch {
    // Superseded or offline: posting judges in any case.
  }
};

const enliven = (root) => {
  const form = root.querySelector("form[data-booking-form]");
  if (!form?.elements.first || form.dataset.lively) return;
  form.dataset.lively = "1";
  let timer = null;
  form.addEventListener("change", (event) => {
    if (event.target.name === "first" || event.target.name === "last") keepInWindow(form, event.target);
    if (!ASKED.includes(event.target.name)) return;
    clearTimeout(timer);
    timer = setTimeout(() => refresh(form), WAIT);
  });
};

enliven(document);
document.addEventListener("dialog:shown", (event) => enliven(event.detail));
