// A form that says what it would mean while it is filled in: [data-preview] names the region that
// the server renders.  Without this, its Preview button does the same.
const WAIT = 300; // milliseconds
const SECRET = ["csrf_token", "agreed", "seen", "reason", "typed", "name_typed"];

const ask = (form) => {
  const url = new URL(form.action);
  url.search = "";
  for (const [name, value] of new FormData(form)) {
    if (!SECRET.includes(name)) url.searchParams.append(name, value);
  }
  form.asking?.abort();
  form.asking = new AbortController();
  return fetch(url, { credentials: "same-origin", signal: form.asking.signal });
};

const refresh = async (form) => {
  const region = document.getElementById(form.dataset.preview);
  try {
    const answer = await ask(form);
    if (!answer.ok || answer.redirected) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById(form.dataset.preview);
    // The region stays the same element, so that what changes in it is read out.
    if (fresh) region.replaceChildren(...fresh.childNodes);
  } catch {
    // Superseded or offline: saving says the same.
  }
};

for (const form of document.querySelectorAll("form[data-preview]")) {
  let timer = null;
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => refresh(form), WAIT);
  });
}
