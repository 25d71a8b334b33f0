// The form of registering: proposes the browser's zone and its country, puts a country's zones
// first, and counts down to opening and closing.
const form = document.querySelector("[data-register]");

const named = (timeZone) => {
  try {
    return new Intl.DateTimeFormat("en", { timeZone }).resolvedOptions().timeZone;
  } catch {
    return timeZone;
  }
};

const first = (zones, country) => {
  const chosen = zones.value;
  zones.querySelector("[data-near]")?.remove();
  const near = country?.dataset.zones?.split(" ") ?? [];
  if (near.length === 0) return;
  const group = document.createElement("optgroup");
  group.label = `In ${country.textContent}`;
  group.dataset.near = "";
  for (const name of near) {
    const option = document.createElement("option");
    option.value = name;
    option.textContent = name.replaceAll("_", " ");
    group.append(option);
  }
  zones.querySelector("option").after(group);
  zones.value = chosen;
};

if (form) {
  const zones = form.querySelector("[data-zone]");
  const countries = form.querySelector("[data-country]");
  const country = () => countries.selectedOptions[0];
  if (zones && countries) {
    if (!zones.value) {
      const mine = named();
      const found = [...zones.options].find((option) => option.value && (option.value === mine || named(option.value) === mine));
      if (found) {
        zones.value = found.value;
        if (!countries.value && found.dataset.country) countries.value = found.dataset.country;
      }
    }
    first(zones, country());
    let touched = false;
    zones.addEventListener("change", () => { touched = true; });
    countries.addEventListener("change", () => {
      first(zones, country());
      const near = country()?.dataset.zones?.split(" ") ?? [];
      if (!touched && near.length && !near.includes(zones.value)) zones.value = near[0];
    });
  }
  // Enter in the search field looks for a team; it does not send the form.
  form.querySelector("[data-filter]")?.addEventListener("keydown", (event) => {
    if (event.key === "Enter") event.preventDefault();
  });
}

const DAY = 86400;
const two = (number) => String(number).padStart(2, "0");
const tick = () => {
  for (const element of document.querySelectorAll("[data-countdown]")) {
    const left = Math.floor((Date.parse(element.dataset.countdown) - Date.now()) / 1000);
    if (left < 0) {
      element.textContent = "now: reload this page";
    } else if (left < DAY) {
      element.textContent = `in ${Math.floor(left / 3600)}:${two(Math.floor(left / 60) % 60)}:${two(left % 60)}`;
    }
  }
};
if (document.querySelector("[data-countdown]")) {
  tick();
  setInterval(tick, 1000);
}
