// "Copy" beside a read-only field: [data-copy] names the field, [data-what] what is in it.
import { toast } from "./toast.js";

const copy = async (field, what) => {
  try {
    await navigator.clipboard.writeText(field.value);
    toast(`${what} copied.`);
  } catch {
    field.focus();
    field.select();
    toast("It is selected: copy it with Ctrl+C or ⌘C.", { category: "info" });
  }
};

for (const button of document.querySelectorAll("[data-copy]")) {
  button.addEventListener("click", () => copy(document.getElementById(button.dataset.copy), button.dataset.what ?? "Address"));
}
