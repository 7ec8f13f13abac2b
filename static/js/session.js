// Warns before a session ends and lets it be prolonged with one click. When it is over, a form that was begun is
// sent as it stands, only to be kept for whoever typed it; otherwise the page is asked for anew, which leads to
// the sign-in page and takes what was on the screen away.

const dialog = document.getElementById("session-end");
const part = (name) => dialog.querySelector(`[data-session-${name}]`);
const warn = Number(dialog.dataset.warn) * 1000;
const ASK_AGAIN = 15; // seconds while the warning stands: another page may prolong the session meanwhile
let ends;
let endsInAll;
let timer;
let dismissed = false; // the end after so many hours can't be put off, only known
let begun = null; // the form in which something was last changed
let spoken = "";
let counted = 0;

const final = () => endsInAll - ends < 1000;

function know({ left, in_all: inAll }) {
  ends = Date.now() + left * 1000;
  endsInAll = Date.now() + inAll * 1000;
  if (!final()) dismissed = false;
}

function wait(ms, next) {
  clearTimeout(timer);
  timer = setTimeout(next, Math.max(0, Math.min(ms, 2 ** 31 - 1)));
}

// What comes next, from what is known of the end.
function go() {
  const left = ends - Date.now();
  if (left <= 0) wait(1000, ask);
  else if (dismissed) wait(left, ask);
  else if (left > warn) {
    if (dialog.open) dialog.close();
    wait(left - warn, ask);
  } else {
    if (!dialog.open) show();
    count();
  }
}

async function ask() {
  clearTimeout(timer);
  try {
    const answer = await fetch(dialog.dataset.ask, { credentials: "same-origin" });
    if (answer.status === 204 || answer.redirected) {
      leave();
      return;
    }
    if (!answer.ok) throw new Error("no answer");
    know(await answer.json());
    go();
  } catch {
    wait(10000, ask); // the line is down: nothing is lost as long as the page stands
  }
}

function show() {
  const last = final();
  part("idle").hidden = last;
  part("total").hidden = !last;
  part("stay").hidden = last;
  part("close").hidden = !last;
  spoken = "";
  dialog.showModal();
}

function count() {
  const seconds = Math.max(0, Math.ceil((ends - Date.now()) / 1000));
  const about = seconds > 60 ? `${Math.ceil(seconds / 60)} minutes` : "";
  part("clock").textContent = about || `${seconds} ${seconds === 1 ? "second" : "seconds"}`;
  const say = about || (seconds > 20 ? "1 minute" : "20 seconds");
  if (say !== spoken) part("said").textContent = `You will be signed out in ${say}.`;
  spoken = say;
  counted += 1;
  wait(1000, seconds === 0 || counted % ASK_AGAIN === 0 ? ask : go);
}

function leave() {
  if (begun && begun.isConnected) {
    const mark = document.createElement("input");
    mark.type = "hidden";
    mark.name = "only_keep";
    mark.value = "1";
    begun.append(mark);
    HTMLFormElement.prototype.submit.call(begun);
  } else {
    window.location.replace(window.location.pathname + window.location.search);
  }
}

async function stay(event) {
  event.preventDefault();
  dialog.close();
  const form = event.target;
  try {
    const answer = await fetch(form.action, { method: "POST", body: new FormData(form), credentials: "same-origin" });
    if (!answer.ok || answer.redirected) throw new Error("no answer");
    know(await answer.json());
    go();
  } catch {
    ask();
  }
}

function dismiss() {
  dismissed = true;
  dialog.close();
  go();
}

document.addEventListener("input", (event) => {
  const { form } = event.target;
  if (form && form.method === "post" && !dialog.contains(form)) begun = form;
});
part("stay").addEventListener("submit", stay);
part("close").addEventListener("click", dismiss);
dialog.addEventListener("cancel", (event) => {
  event.preventDefault();
  if (final()) dismiss();
});
document.addEventListener("visibilitychange", () => {
  // A machine that slept has not counted.
  if (document.visibilityState === "visible" && !dismissed && ends - Date.now() < warn) ask();
});
window.addEventListener("pageshow", (event) => {
  if (event.persisted) ask();
});

know({ left: Number(dialog.dataset.left), in_all: Number(dialog.dataset.inAll) });
go();
