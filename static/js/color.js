// A team's colour as it is typed: a sample of its badge, with the contrast of its text.
const field = document.querySelector("[data-color-field] input");
const sample = document.querySelector("[data-color-sample]");
const note = document.querySelector("[data-color-note]");

function channels(text) {
  const probe = document.createElement("canvas").getContext("2d");
  const found = [];
  // An unknown colour leaves what was set before: two different starts tell it apart.
  for (const start of ["#000000", "#ffffff"]) {
    probe.fillStyle = start;
    probe.fillStyle = text;
    found.push(probe.fillStyle);
  }
  const [one, other] = found;
  if (one !== other || !/^#[0-9a-f]{6}$/.test(one)) return null;
  return [1, 3, 5].map((at) => parseInt(one.slice(at, at + 2), 16) / 255);
}

function luminance(parts) {
  const linear = parts.map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
  return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
}

function show() {
  const text = field.value.trim();
  const parts = text ? channels(text) : null;
  if (!parts) {
    sample.style.removeProperty("--team");
    sample.style.removeProperty("--team-ink");
    if (text) note.textContent = "No colour is called that.";
    return;
  }
  const light = luminance(parts);
  const black = (light + 0.05) / 0.05;
  const white = 1.05 / (light + 0.05);
  sample.style.setProperty("--team", text);
  sample.style.setProperty("--team-ink", black >= white ? "#000" : "#fff");
  note.textContent = `Contrast of its text: ${Math.max(black, white).toFixed(1)}:1`;
}

field?.addEventListener("input", show);
