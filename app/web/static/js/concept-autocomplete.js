/*
 * Turns <input data-concepts="/begrippen"> into a typeahead.
 *
 * Without this file the input is a plain text box (with a datalist when it names one), and with it
 * the form posts exactly the same: same name, same id, and any text of your own stays allowed.
 * The address answers GET ?q=text with [{"label": "...", "hint": "ook: RO · Ruimte"}].
 */
(function () {
  "use strict";

  const WAIT_MS = 150;
  const MIN_LENGTH = 2;

  function escaped(text) {
    const holder = document.createElement("span");
    holder.textContent = text;
    return holder.innerHTML;
  }

  function labelOf(option) {
    return typeof option === "string" ? option : (option && option.label) || "";
  }

  function suggestion(option) {
    const hint = option && option.hint;
    const small = hint ? '<span class="dgvn-option__hint">' + escaped(hint) + "</span>" : "";
    return escaped(labelOf(option)) + small;
  }

  /*
   * Asks the server a moment after the last key, and forgets answers that come too late: after
   * another key, or when the reader has gone on to another field, over which the list would open.
   */
  function sourceFrom(address, id) {
    let timer = 0;
    let running = null;
    return function (query, populate) {
      window.clearTimeout(timer);
      if (running) {
        running.abort();
      }
      timer = window.setTimeout(function () {
        const url = new URL(address, window.location.href);
        url.searchParams.set("q", query);
        running = new AbortController();
        fetch(url, { signal: running.signal, headers: { Accept: "application/json" } })
          .then(function (response) {
            return response.ok ? response.json() : [];
          })
          .then(function (found) {
            if (document.activeElement && document.activeElement.id === id) {
              populate(found);
            }
          })
          .catch(function (problem) {
            if (problem.name !== "AbortError") {
              populate([]);
            }
          });
      }, WAIT_MS);
    };
  }

  /* The component writes aria-describedby itself; help and error text have to stay in it. */
  function keepDescription(input, description) {
    if (!description) {
      return;
    }
    const restore = function () {
      const now = input.getAttribute("aria-describedby") || "";
      if (!now.startsWith(description)) {
        input.setAttribute("aria-describedby", (description + " " + now).trim());
      }
    };
    restore();
    new MutationObserver(restore).observe(input, { attributeFilter: ["aria-describedby"] });
  }

  /*
   * A browser gives back what was typed to who comes back, except in boxes with autocomplete off;
   * the component sets that, against a second list of suggestions. Coming and leaving it is on.
   */
  function keepTyped(input) {
    const set = function (value) {
      input.setAttribute("autocomplete", value);
    };
    if (document.readyState !== "complete") {
      set("on");
    }
    window.addEventListener("pageshow", set.bind(null, "off"));
    window.addEventListener("pagehide", set.bind(null, "on"));
  }

  function enhance(plain) {
    const holder = document.createElement("div");
    const kept = ["maxlength", "aria-invalid", "autocapitalize", "spellcheck"].filter(function (name) {
      return plain.hasAttribute(name);
    });
    const label = document.querySelector('label[for="' + CSS.escape(plain.id) + '"]');
    plain.replaceWith(holder);
    window.accessibleAutocomplete({
      element: holder,
      id: plain.id,
      name: plain.name,
      defaultValue: plain.value,
      source: sourceFrom(plain.dataset.concepts, plain.id),
      minLength: MIN_LENGTH,
      autoselect: false,
      confirmOnBlur: false,
      showNoOptionsFound: false,
      displayMenu: "overlay",
      required: plain.required,
      inputClasses: plain.className,
      menuAttributes: { "aria-label": "Voorstellen" + (label ? " voor " + label.textContent.trim() : "") },
      templates: { inputValue: labelOf, suggestion: suggestion },
      tNoResults: function () {
        return "Geen voorstellen. Je eigen woord mag ook.";
      },
      tStatusQueryTooShort: function (length) {
        return "Typ " + length + " of meer letters voor voorstellen.";
      },
      tStatusNoResults: function () {
        return "Geen voorstellen. Je eigen woord mag ook.";
      },
      tStatusSelectedOption: function (option, length, index) {
        return option + ", " + (index + 1) + " van " + length + ", gekozen";
      },
      tStatusResults: function (length, content) {
        return (length === 1 ? "1 voorstel." : length + " voorstellen.") + " " + (content || "");
      },
      tAssistiveHint: function () {
        return "Zijn er voorstellen? Kies met pijl omhoog en omlaag en bevestig met enter. Je eigen woord mag ook.";
      },
    });
    const input = holder.querySelector("input[role=combobox]");
    kept.forEach(function (name) {
      input.setAttribute(name, plain.getAttribute(name));
    });
    keepDescription(input, plain.getAttribute("aria-describedby"));
    keepTyped(input);
  }

  function enhanceAll(root) {
    root.querySelectorAll("input[data-concepts]").forEach(enhance);
  }

  if (!window.accessibleAutocomplete) {
    return;
  }
  enhanceAll(document);
  new MutationObserver(function (changes) {
    changes.forEach(function (change) {
      change.addedNodes.forEach(function (node) {
        if (node.nodeType === Node.ELEMENT_NODE) {
          enhanceAll(node);
        }
      });
    });
  }).observe(document.body, { childList: true, subtree: true });
})();
