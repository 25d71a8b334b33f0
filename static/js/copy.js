// "Copy" beside a read-only field: [data-copy] names the field (shown only with scripts).
import { toast } from "./toast.js";

const copy = async (field) => {
  try {
    await navigator.clipboard.writeText(field.value);
    toast("Address copied.");
  } catch {
    field.focus();
    field.select();
    toast("The address is selected: copy it with Ctrl+C or ⌘C.", { category: "info" });
  }
};

for (const button of document.querySelectorAll("[data-copy]")) {
  button.addEventListener("click", () => copy(document.getElementById(button.dataset.copy)));
}
