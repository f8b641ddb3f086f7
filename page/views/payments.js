// Payments as a table, wherever the page shows some.

import { cut, el } from "../dom.js";
import { t } from "../i18n.js";
import { state } from "../state.js";

/** @import { Field, Transaction } from "../../types/v1.d.ts" */

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
      el("td", {}, party(sender)),
      el("td", {}, party(receiver)),
      el("td", { class: "amount" }, cut(amount)),
    ),
  );
  return el(
    "div",
    { class: "scroll", tabindex: "0", role: "group", "aria-label": t("payments", total) },
    el("table", { class: "payments" }, el("thead", {}, el("tr", {}, ...heads)), el("tbody", {}, ...rows)),
    total > payments.length && el("p", { class: "quiet" }, t("moreRows", total - payments.length)),
  );
}

/**
 * Who pays or is paid: the address of a node is shown as the node's name.
 * @param {Field} name
 */
export function party(name) {
  const node = state.nameOf(name);
  if (node === null) return cut(name);
  const shown = cut(t("rewardsOf", node));
  shown.title = String(name);
  return shown;
}
