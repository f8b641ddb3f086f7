// A field of the payment form: what it is called, what is typed, and what is wrong with that.

import { el } from "../../dom.js";
import { t } from "../../i18n.js";
import { notice } from "../../notice.js";
import { sayNumberFault } from "../../question.js";
import { numberOf } from "../../typed.js";

/** @typedef {"sender" | "receiver" | "amount"} Name */
/** @typedef {ReturnType<typeof paymentField>} Field */

/** How many characters a value may have. */
const LONGEST = { sender: 256, receiver: 256, amount: 4300 };

/** @param {Name} name */
export function paymentField(name) {
  const input = el("input", {
    name,
    id: `pay-${name}`,
    autocomplete: "off",
    spellcheck: "false",
    inputmode: name === "amount" ? "decimal" : "text",
    "aria-describedby": `${name}-error`,
    oninput: forgive,
  });
  const error = notice(el("span", { class: "error", id: `${name}-error` }));
  const label = el("label", { for: input.id }, t(name));
  const element = el("div", { class: "field" }, label, input, error.element);

  /** What was wrong is being changed. */
  function forgive() {
    input.removeAttribute("aria-invalid");
    error.clear();
  }

  /** @param {string} code as the node's problems name it */
  function refuse(code) {
    input.setAttribute("aria-invalid", "true");
    error.warn(() => t("paymentFault", code, name) || code);
    return null;
  }

  /** The value; null when it cannot be sent, which is said then. */
  function value() {
    const typed = input.value.trim();
    if (typed === "") return refuse("empty");
    if ([...typed].length > LONGEST[name]) return refuse("too_long");
    return name === "amount" ? amount(typed) : typed;
  }

  /** @param {string} typed */
  function amount(typed) {
    const found = numberOf(typed);
    if (found.reason === "ambiguous") {
      input.setAttribute("aria-invalid", "true");
      sayNumberFault(error, input, found);
      return null;
    }
    if (found.reason !== null) return refuse(found.reason);
    return isPositive(found.text) ? found.text : refuse("not_positive");
  }

  return { name, input, element, value, refuse };
}

/**
 * Whether a number in JSON's grammar is above 0, whatever its size.
 * @param {string} text
 */
const isPositive = (text) => !text.startsWith("-") && /[1-9]/.test(text.split("e")[0]);
