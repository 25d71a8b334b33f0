// A search field above a list: keeps the entries whose text holds every word typed.
const words = (text) => text.normalize("NFKD").toLowerCase().split(/\s+/).filter(Boolean);

for (const group of document.querySelectorAll("[data-filter-group]")) {
  const field = group.querySelector("[data-filter]");
  if (!field) continue;
  const items = [...group.querySelectorAll("[data-filter-text]")];
  const texts = items.map((item) => words(item.dataset.filterText).join(" "));
  const count = group.querySelector("[data-filter-count]");
  const filter = () => {
    const wanted = words(field.value);
    items.forEach((item, index) => {
      item.hidden = !wanted.every((word) => texts[index].includes(word));
    });
    const left = items.filter((item) => !item.hidden).length;
    count.textContent = wanted.length ? `${left} of ${items.length}` : "";
  };
  field.addEventListener("input", filter);
  filter();
}
