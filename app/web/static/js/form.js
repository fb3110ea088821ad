/*
 * Small help for forms; every form works without it.
 *
 * - After a refused form the error summary gets the focus.
 * - <button data-add-row="skills"> adds a row from <template data-blank-row="skills"> to
 *   <div data-rows="skills">, with __index__ (from 0) and __number__ (from 1) filled in. Without
 *   this file the button posts the form and the server gives the extra row.
 */
(function () {
  "use strict";

  const summary = document.querySelector("[data-error-summary]");
  if (summary) {
    summary.focus();
  }

  function addRow(rows, template) {
    const index = Number(rows.dataset.next || rows.children.length);
    const holder = document.createElement("template");
    holder.innerHTML = template.innerHTML
      .replaceAll("__index__", String(index))
      .replaceAll("__number__", String(index + 1));
    rows.append(holder.content);
    rows.dataset.next = String(index + 1);
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
    const name = CSS.escape(button.dataset.addRow);
    const rows = document.querySelector("[data-rows=" + name + "]");
    const template = document.querySelector("[data-blank-row=" + name + "]");
    if (rows && template) {
      event.preventDefault();
      addRow(rows, template);
    }
  });
})();
