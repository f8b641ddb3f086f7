// Payments as a table, wherever the page shows some.

import { el, foreign } from "../dom.js";
import { t } from "../i18n.js";

/** @import { Transaction } from "../../types/v1.d.ts" */

/**
 * The first payments of `total`.
 * @param {Transaction[]} payments
 * @param {number} total
 */
export function paymentTable(payments, total) {
  const heads = [
    el("th", { scope: "col" }, t("from")),
    el("th", { scope: "col" }, t("to")),
    el("th", { scope: "col", class: "amount" }, t("amount")),
  ];
  const rows = payments.map(({ sender, receiver, amount }) =>
    el(
      "tr",
      {},
      el("td", {}, foreign(sender)),
      el("td", {}, foreign(receiver)),
      el("td", { class: "amount" }, foreign(amount)),
    ),
  );
  return el(
    "div",
    { class: "scroll", tabindex: "0", role: "group", "aria-label": t("payments", total) },
    el("table", {}, el("thead", {}, el("tr", {}, ...heads)), el("tbody", {}, ...rows)),
    total > payments.length && el("p", { class: "quiet" }, t("moreRows", total - payments.length)),
  );
}
