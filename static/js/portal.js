// Starts the design system's components. Its address is hashed, so the page hands it over.
const own = document.querySelector("script[data-design-system]");

const { initAll } = await import(own.dataset.designSystem);
initAll();

// A second press of a button must not send a form twice.
document.addEventListener("submit", (event) => {
  if (event.defaultPrevented) return;
  const form = event.target;
  if (form.method !== "post") return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  setTimeout(() => delete form.dataset.sent, 5000); // a download leaves the page where it is
});
window.addEventListener("pageshow", () => {
  document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent);
});

// A choice may ask for more: what it reveals is shown, and sent, only while it is chosen. Typed words stay.
// (The design system's own way marks a radio as expanded, which radios may not be.)
function reveal() {
  const wanted = new Map();
  document.querySelectorAll("[data-reveals]").forEach((input) => {
    wanted.set(input.dataset.reveals, wanted.get(input.dataset.reveals) || input.checked);
  });
  wanted.forEach((shown, id) => {
    const part = document.getElementById(id);
    part.hidden = !shown;
    part.querySelectorAll("input, select, textarea").forEach((input) => { input.disabled = !shown; });
  });
}
if (document.querySelector("[data-reveals]")) {
  document.addEventListener("change", reveal);
  window.addEventListener("pageshow", reveal);
  reveal();
}

document.querySelectorAll("button[data-print]").forEach((button) => {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
});
