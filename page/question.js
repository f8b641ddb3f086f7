// What is said beside a field whose number cannot be used as it was typed.

import { el } from "./dom.js";
import { t } from "./i18n.js";

/** @import { Typed } from "./typed.js" */
/** @import { Notice } from "./notice.js" */

/**
 * Says why a typed number cannot be used, or asks which of two is meant; choosing one puts it into the field.
 * @param {Notice} place
 * @param {HTMLInputElement} input
 * @param {Typed} typed
 */
export function sayNumberFault(place, input, { reason, choices }) {
  if (reason === null) return;
  if (reason !== "ambiguous") {
    place.warn(() => t("numberFault", reason));
    return;
  }
  const { id } = input;
  place.warn((here) => [
    el("span", { class: "question" }, t("whichNumber")),
    ...choices.map((choice) => choiceButton(here, id, choice)),
  ]);
}

/**
 * @param {Notice} place
 * @param {string} id the id of the field: its element is another one when the language has changed
 * @param {string} choice
 */
function choiceButton(place, id, choice) {
  return el("button", { type: "button", class: "choice", onclick: choose }, choice);

  function choose() {
    const input = document.getElementById(id);
    if (!(input instanceof HTMLInputElement)) return;
    input.value = choice;
    input.removeAttribute("aria-invalid");
    place.clear();
    input.focus();
    // A value that a script sets is told to nobody.
    for (const type of ["input", "change"]) input.dispatchEvent(new Event(type, { bubbles: true }));
  }
}
