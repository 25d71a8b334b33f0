// Stars without leaving the page: the button's own address and value are sent, then it turns.
import { toast } from "./toast.js";

document.addEventListener("submit", async (event) => {
  const form = event.target;
  const button = event.submitter;
  if (!form.matches("[data-stars]") || !button) return;
  event.preventDefault();
  const wanted = button.value === "1";
  button.disabled = true;
  try {
    // Where it leads back to is this page, so the answer is not followed.
    const answer = await fetch(button.formAction, { method: "POST", body: new FormData(form, button), redirect: "manual" });
    if (answer.type !== "opaqueredirect") throw new Error(String(answer.status));
    for (const same of document.querySelectorAll(`button[form="${form.id}"]`)) {
      if (same.formAction !== button.formAction) continue;
      same.value = wanted ? "0" : "1";
      same.setAttribute("aria-pressed", String(wanted));
      same.querySelector("[data-mark]").textContent = wanted ? "★" : "☆";
    }
  } catch {
    toast("That was not saved. Check the connection and try again.", { category: "danger" });
  } finally {
    button.disabled = false;
    button.focus();
  }
});
