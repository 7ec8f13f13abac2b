// Asks every two seconds how far a job is, and loads the page again once it is over.
(function () {
  "use strict";
  var box = document.querySelector("[data-job-progress]");
  if (!box || !window.fetch) return;
  var step = box.querySelector("#job-step");
  var bar = box.querySelector("progress");
  var percent = box.querySelector("[data-job-percent]");
  var wait = 2000;

  function show(job) {
    if (job.over) {
      window.location.reload();
      return;
    }
    if (step.textContent !== job.step) step.textContent = job.step; // said aloud only when it changes
    bar.value = job.percent;
    percent.textContent = job.percent;
    wait = 2000;
    window.setTimeout(ask, wait);
  }

  function ask() {
    fetch(box.dataset.jobProgress, { credentials: "same-origin", headers: { Accept: "application/json" } })
      .then(function (answer) {
        if (!answer.ok || answer.redirected) throw new Error("no answer");
        return answer.json();
      })
      .then(show)
      .catch(function () { // the connection or the session is gone: ask less and less often
        wait = Math.min(wait * 2, 60000);
        window.setTimeout(ask, wait);
      });
  }

  window.setTimeout(ask, wait);
})();
