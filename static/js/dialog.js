// A page shown as a dialog: fetched without its frame, closed by Escape, focus given back.
let opener = null;

const fragmentOf = (address) => {
  const url = new URL(address, location.href);
  url.searchParams.set("fragment", "1");
  return url;
};

const box = () => {
  const found = document.getElementById("dialog");
  if (found) return found;
  const made = document.createElement("dialog");
  made.id = "dialog";
  made.className = "dialog";
  made.setAttribute("aria-labelledby", "dialog-title");
  made.setAttribute("aria-describedby", "outlook");
  made.addEventListener("close", () => {
    made.replaceChildren();
    if (opener?.isConnected) opener.focus();
    document.dispatchEvent(new CustomEvent("dialog:closed"));
  });
  made.addEventListener("click", (event) => {
    if (event.target === made || event.target.closest("[data-close]")) {
      event.preventDefault();
      made.close();
      return;
    }
    const link = event.target.closest("a[data-dialog]");
    if (link && !event.metaKey && !event.ctrlKey) {
      event.preventDefault();
      open(link.href, opener);
    }
  });
  made.addEventListener("submit", send);
  document.body.append(made);
  return made;
};

const show = (html) => {
  const dialog = box();
  const close = document.createElement("button");
  close.type = "button";
  close.className = "btn-close dialog-close";
  close.setAttribute("aria-label", "Close");
  close.dataset.close = "";
  dialog.innerHTML = html; // from our own pages only: the content policy runs no script in it
  dialog.append(close);
  if (!dialog.open) dialog.showModal();
  dialog.scrollTop = 0;
  // Trouble first; else where one goes on; what the form means is told with its name.
  const first = dialog.querySelector(".alert-danger") ?? dialog.querySelector("[autofocus]") ?? dialog.querySelector("h1");
  if (first && !first.matches("input")) first.tabIndex = -1;
  first?.focus();
  document.dispatchEvent(new CustomEvent("dialog:shown", { detail: dialog }));
};

/** Open the page at `address` as a dialog; focus returns to `from`. A failure opens the page. */
export const open = async (address, from = document.activeElement) => {
  opener = from;
  try {
    const answer = await fetch(fragmentOf(address), { credentials: "same-origin" });
    // A session that has expired is redirected to a page of its own.
    if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
    show(await answer.text());
  } catch {
    location.assign(address);
  }
};

const send = async (event) => {
  const form = event.target;
  if (!form.matches("[data-booking-form]")) return;
  event.preventDefault();
  const values = new FormData(form, event.submitter);
  values.set("fragment", "1");
  const button = event.submitter;
  if (button) button.disabled = true;
  try {
    const answer = await fetch(form.action, { method: "POST", body: values, credentials: "same-origin" });
    const next = answer.headers.get("Location");
    if (answer.status === 204 && next) {
      go(next);
      return;
    }
    const html = await answer.text();
    if (answer.redirected || html.includes("<html")) throw new Error(String(answer.status));
    show(html);
  } catch {
    form.submit(); // the plain way tells what is wrong
  }
};

const go = (address) => {
  const next = new URL(address, location.href);
  const same = next.pathname === location.pathname && next.search === location.search;
  location.assign(next);
  // An address that differs in its anchor only would not be fetched again.
  if (same) location.reload();
};
