// Why something failed, in the page's language.

import { Problem, messageOf } from "./api.js";
import { foreign } from "./dom.js";
import { t } from "./i18n.js";
import { state } from "./state.js";

/** @import { Child } from "../types/page.d.ts" */

/** The fields of a payment, as `value` of a problem names them. */
const FIELDS = ["sender", "receiver", "amount"];

/**
 * Says why something failed. The node's own sentence stands only where the page has none.
 * @param {unknown} error
 * @returns {Child[]}
 */
export function explain(error) {
  if (!(error instanceof Problem)) return [foreign(messageOf(error), 600)];
  const { kind, value, code, detail } = error;
  if (kind === "not-for-guests") return [t("notForGuests", state.access())];
  if (value !== null && code !== null) {
    const field = fieldOf(error);
    const text = field ? t("paymentFault", code, field) : t("addressFault", code);
    if (text && field) return [text];
    if (text) return [foreign(value, 80), ": ", text];
  }
  const text = t("problem", kind);
  // What the page sends has the right shape, so a body is refused for a reason that only the node knows.
  if (kind === "bad-body") return [text, " ", foreign(detail, 600)];
  return [text || foreign(detail, 600)];
}

/**
 * The field of the payment form that a problem names; null when it names none.
 * @param {unknown} error
 */
export function fieldOf(error) {
  if (!(error instanceof Problem) || error.value === null) return null;
  return FIELDS.includes(error.value) ? error.value : null;
}
