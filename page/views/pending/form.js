// A form that sends a payment.

import { el } from "../../dom.js";
import { enabledWhen } from "../../enabled.js";
import { t } from "../../i18n.js";
import { canonical, parse } from "../../ledger/json.js";
import { notice } from "../../notice.js";
import { fieldOf } from "../../problems.js";
import { Problem } from "../../api.js";
import { paymentField } from "./field.js";
import { lastSent } from "./sent.js";

/** @import { Context } from "../../../types/page.d.ts" */
/** @import { Field, Name } from "./field.js" */

/** @type {Name[]} */
const NAMES = ["sender", "receiver", "amount"];

/**
 * The form, and what became of the payment that was sent last.
 * @param {Context} context
 */
export function paymentForm(context) {
  const said = notice(el("p", { id: "payment-status" }));
  const sent = lastSent(said, context);
  const fields = NAMES.map(paymentField);
  const button = el("button", { class: "main", id: "send" }, t("send"));
  const enabled = enabledWhen(button, context, "use");
  // The answer empties the fields that are on the page: they are made anew when the language changes meanwhile.
  const kept = context.keep("payment form", () => ({ empty }));
  kept.empty = empty;
  const element = el(
    "form",
    { class: "pay", onsubmit: send, novalidate: true, "aria-labelledby": "pending-title" },
    el("div", { class: "fields" }, ...fields.map((one) => one.element), el("div", { class: "field go" }, button)),
    el("div", { class: "outcome" }, enabled.why, said.element),
  );

  /** @param {SubmitEvent} event */
  async function send(event) {
    event.preventDefault();
    const values = valuesOf(fields);
    if (!values) return;
    const [sender, receiver, amount] = values;
    enabled.busy(true);
    try {
      const answer = await context.api.pay({ sender, receiver, amount: rawNumber(amount) });
      kept.empty();
      sent.took(answer);
      fields[0].input.focus();
    } catch (error) {
      refuse(error);
    } finally {
      enabled.busy(false);
    }
  }

  function empty() {
    for (const { input } of fields) input.value = "";
  }

  /** @param {unknown} error */
  function refuse(error) {
    const field = fields.find((one) => one.name === fieldOf(error));
    if (field && error instanceof Problem && error.code !== null) {
      field.refuse(error.code);
      field.input.focus();
    } else {
      said.fail(error);
    }
  }

  return { element, sent };
}

/**
 * The values of all fields; null when one cannot be sent. What is wrong with each is said, and the first has the focus then.
 * @param {Field[]} fields
 */
function valuesOf(fields) {
  const values = fields.map((one) => one.value());
  fields.find((_, at) => values[at] === null)?.input.focus();
  return values.every((value) => value !== null) ? values : null;
}

/**
 * A number that keeps its digits on the way: large ones travel as text.
 * @param {string} text
 */
function rawNumber(text) {
  const value = Number(text);
  return canonical(parse(text)) === String(value) ? value : text;
}
