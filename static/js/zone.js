// The zone bar: offers the browser's zone when none was chosen, and applies a choice at once,
// leaving the page where it was scrolled to.
const PLACE = "zone-scroll";
const bar = document.querySelector("[data-zone-bar]");

const place = (value) => {
  try {
    if (value === undefined) {
      const kept = sessionStorage.getItem(PLACE);
      sessionStorage.removeItem(PLACE);
      return kept;
    }
    sessionStorage.setItem(PLACE, value);
  } catch {
    // Storage is switched off: the page opens at its top.
  }
  return null;
};

// As this browser calls the zone: some still say Asia/Calcutta, or Etc/UTC.
const called = (timeZone) => {
  try {
    return new Intl.DateTimeFormat("en", { timeZone }).resolvedOptions().timeZone;
  } catch {
    return timeZone;
  }
};

// The name of today for what this browser calls so: the one that the list of zones has.
const listed = (zone) => {
  const choices = [...bar.querySelector("select").options].map((option) => option.value);
  return choices.includes(zone) ? zone : (choices.find((choice) => called(choice) === zone) ?? zone);
};

const offer = () => {
  const mine = called();
  const chosen = /(^|;\s*)tz=/.test(document.cookie) || bar.dataset.chosen;
  const link = bar.querySelector("[data-zone-offer]");
  if (!mine || chosen || mine === called(bar.dataset.zoneBar)) return;
  const named = listed(mine);
  const url = new URL(location.href);
  url.searchParams.set("tz", named);
  link.href = url;
  link.textContent = `use ${named.replaceAll("_", " ")}`;
  link.addEventListener("click", () => place(String(scrollY)));
  link.parentElement.hidden = false;
};

if (bar) {
  const kept = place();
  if (kept) scrollTo({ top: Number(kept), behavior: "instant" });
  offer();
  const form = bar.querySelector("form");
  form.addEventListener("submit", () => place(String(scrollY)));
}
