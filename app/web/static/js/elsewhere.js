/*
 * Keeps <section data-elsewhere="/address"> in step with the form around it: what was typed is sent
 * a moment after the last key, and the answer, a piece of page made by the server, takes the place
 * of what is in [data-elsewhere-list]. How many there are is told in [data-elsewhere-told], for who
 * listens, and only when that number changed. Without this file the server fills the list itself.
 */
(function () {
  "use strict";

  const WAIT_MS = 600;

  const section = document.querySelector("[data-elsewhere]");
  const list = section && section.querySelector("[data-elsewhere-list]");
  const told = section && section.querySelector("[data-elsewhere-told]");
  const title = document.querySelector('form [name="title"]');
  const form = title && title.form;
  if (!list || !form) {
    return;
  }

  let timer = 0;
  let running = null;
  let sent = asked();

  /* What the answer is made from; a choice of dates or people makes no difference. */
  function asked() {
    const typed = new URLSearchParams();
    new FormData(form).forEach(function (value, name) {
      if (name === "csrf_token" || name === "title" || name === "text" || /^skills-\d+-label$/.test(name)) {
        typed.append(name, value);
      }
    });
    return typed.toString();
  }

  function count() {
    return list.querySelectorAll("li").length;
  }

  function show(answer) {
    const before = count();
    list.innerHTML = answer;
    const now = count();
    if (told && now !== before) {
      told.textContent =
        now === 0
          ? "Geen opgave van een andere gemeente lijkt hierop."
          : now === 1
            ? "1 opgave van een andere gemeente lijkt hierop."
            : now + " opgaven van andere gemeenten lijken hierop.";
    }
  }

  function ask() {
    const typed = asked();
    if (typed === sent) {
      return;
    }
    sent = typed;
    if (running) {
      running.abort();
    }
    running = new AbortController();
    fetch(section.dataset.elsewhere, {
      method: "POST",
      body: new URLSearchParams(typed),
      signal: running.signal,
      headers: { Accept: "text/html" },
    })
      .then(function (response) {
        if (!response.ok) {
          throw new Error(String(response.status));
        }
        return response.text();
      })
      .then(show)
      .catch(function (problem) {
        if (problem.name !== "AbortError") {
          /* What stands there stays; the next key asks again. */
          sent = "";
        }
      });
  }

  form.addEventListener("input", function () {
    window.clearTimeout(timer);
    timer = window.setTimeout(ask, WAIT_MS);
  });
})();
