// A form that sends a payment.

import { messageOf } from "../../api.js";
import { el, foreign } from "../../dom.js";
import { t } from "../../i18n.js";
import { JsonNumber, canonical, parse } from "../../ledger/json.js";

/** @import { Context } from "../../../types/page.d.ts" */

/** @typedef {"sender" | "receiver" | "amount"} Name */
/** @type {Name[]} */
const NAMES = ["sender", "receiver", "amount"];
/** @typedef {ReturnType<typeof paymentField>} Field */

/**
 * The form, and what it says.
 * @param {Context} context
 */
export function paymentForm({ api, problem }) {
  const said = el("p", { role: "status", id: "payment-status" });
  const fields = NAMES.map(paymentField);
  const form = el(
    "form",
    { onsubmit: send, novalidate: true, "aria-labelledby": "pending-title" },
    el("div", { class: "row" }, ...fields.map((one) => one.element), el("button", { class: "main" }, t("send"))),
    said,
  );

  /** @param {SubmitEvent} event */
  async function send(event) {
    event.preventDefault();
    if (!check(fields)) return;
    const [sender, receiver, amount] = fields.map((one) => one.input.value);
    try {
      const answer = await api.pay({ sender, receiver, amount: rawNumber(amount.trim()) });
      said.replaceChildren(t("sent", answer.block));
      for (const { input } of fields) input.value = "";
      fields[0].input.focus();
    } catch (error) {
      said.replaceChildren(el("span", { class: "bad" }, foreign(messageOf(error))));
      problem(error, true);
    }
  }

  return form;
}

/** @param {Name} name */
function paymentField(name) {
  const error = el("span", { class: "error", id: `${name}-error` });
  const input = el("input", {
    name,
    id: `pay-${name}`,
    autocomplete: "off",
    maxlength: name === "amount" ? 300 : 256,
    inputmode: name === "amount" ? "decimal" : "text",
    "aria-describedby": error.id,
  });
  const element = el("label", { class: "field" }, t(name), input, error);
  return { name, input, error, element };
}

/**
 * Says what is wrong with each field, and goes to the first that is wrong.
 * @param {Field[]} fields
 * @returns {boolean} whether none is wrong
 */
function check(fields) {
  let good = true;
  for (const { name, input, error } of fields) {
    const bad = name === "amount" ? !isAmount(input.value) : input.value === "";
    error.textContent = bad ? t(name === "amount" ? "needAmount" : "needName") : "";
    input.setAttribute("aria-invalid", String(bad));
    if (bad && good) input.focus();
    good &&= !bad;
  }
  return good;
}

/** @param {string} text */
function isAmount(text) {
  try {
    const value = parse(text);
    return value instanceof JsonNumber && !value.text.startsWith("-") && Number(value.text) > 0;
  } catch {
    return false;
  }
}

/**
 * A number that keeps its digits on the way: large ones travel as text.
 * @param {string} text
 */
function rawNumber(text) {
  const value = Number(text);
  return canonical(parse(text)) === String(value) ? value : text;
}
