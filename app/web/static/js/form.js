/*
 * Small help for forms; every form works without it.
 *
 * - After a refused form the error summary gets the focus.
 * - <button data-add-row="skills" ...> adds a row from <template id="skills-row"> to
 *   <... id="skills-rows">, with __index__ in names and ids replaced by the next number. Without
 *   this file the button posts the form and the server gives the extra row.
 */
(function () {
  "use strict";

  const summary = document.querySelector("[data-error-summary]");
  if (summary) {
    summary.focus();
  }

  function addRow(rows, template) {
    const next = Number(rows.dataset.next || rows.children.length);
    const holder = document.createElement("template");
    holder.innerHTML = template.innerHTML.replaceAll("__index__", String(next));
    rows.append(holder.content);
    rows.dataset.next = String(next + 1);
    /* Later, because a typeahead puts another input in the place of a plain one. */
    window.setTimeout(function () {
      const first = rows.lastElementChild.querySelector("input, select, textarea");
      if (first) {
        first.focus();
      }
    }, 0);
  }

  document.addEventListener("click", function (event) {
    const button = event.target.closest("[data-add-row]");
    if (!button) {
      return;
    }
    const name = button.dataset.addRow;
    const rows = document.getElementById(name + "-rows");
    const template = document.getElementById(name + "-row");
    if (rows && template) {
      event.preventDefault();
      addRow(rows, template);
    }
  });
})();
