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
  const rows = payments.map(({ sender, receiver, amount }, at) =>
    el(
      "tr",
      {},
      el("td", {}, party(sender, `${at} sender`)),
      el("td", {}, party(receiver, `${at} receiver`)),
      el("td", { class: "amount" }, cut(amount, `${at} amount`)),
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
 * @param {string} [key] as of `cut`
 */
export function party(name, key) {
  const node = state.nameOf(name);
  if (node === null) return cut(name, key);
  const shown = cut(t("rewardsOf", node), key);
  shown.title = String(name);
  return shown;
}
