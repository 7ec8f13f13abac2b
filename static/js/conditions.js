// Shows a question when its condition is met by the answers above it, and hides it otherwise.
// Nothing is cleared: an answer that is hidden comes back as it was. What counts is decided on the server.

const EXACT = "exact";

const groups = [...document.querySelectorAll("[data-show-if]")].map((element) => {
  const name = element.dataset.question;
  const dash = name.indexOf("-");
  return { element, suffix: dash < 0 ? "" : name.slice(dash), condition: JSON.parse(element.dataset.showIf) };
});

function shown(input) {
  return !input.closest("[data-show-if][hidden]");
}

function inputs(name) {
  return [...document.getElementsByName(name)].filter(shown);
}

// What a question says now: the values chosen or typed, and its number if it is a count.
function answer(name) {
  const values = inputs(name)
    .filter((input) => (["radio", "checkbox"].includes(input.type) ? input.checked : input.value.trim()))
    .map((input) => input.value.trim());
  const state = inputs(`${name}-state`).find((input) => input.checked);
  if (state) values.push(state.value);
  const figure = state && state.value === EXACT ? inputs(`${name}-value`)[0] : null;
  return { values, number: figure ? Number(figure.value.replaceAll(",", "")) : 0 };
}

// A condition names a question: the same body's, else the one asked once, else any body's.
function answers(code, suffix) {
  const there = (name) => document.getElementsByName(name).length || document.getElementsByName(`${name}-state`).length;
  if (suffix && there(code + suffix)) return [answer(code + suffix)];
  if (there(code)) return [answer(code)];
  const names = new Set();
  document.querySelectorAll(`[name^="${CSS.escape(code)}-"]`).forEach((input) => {
    names.add(input.name.replace(/-(state|value)$/, ""));
  });
  return names.size ? [...names].map(answer) : null;
}

function meets({ values, number }, wanted) {
  if (Array.isArray(wanted)) return values.some((value) => wanted.includes(value));
  if (wanted === "not_blank") return values.length > 0;
  const [operator, limit] = wanted.split(/:(.*)/s);
  if (operator === "gt") return number > Number(limit);
  if (operator === "not_only") return values.length > 0 && !(values.length === 1 && values[0] === limit);
  return true;
}

function settle() {
  // In the order of the page, so that what hangs on a hidden question is hidden with it.
  for (const { element, suffix, condition } of groups) {
    element.hidden = !Object.entries(condition).every(([code, wanted]) => {
      const given = answers(code, suffix);
      return given === null || given.some((one) => meets(one, wanted));
    });
  }
}

document.addEventListener("change", settle);
document.addEventListener("input", settle);
window.addEventListener("pageshow", settle);
settle();
