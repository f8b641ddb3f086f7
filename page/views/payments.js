// Payments as a table, wherever the page shows some.

import { el, foreign } from "../dom.js";
import { t } from "../i18n.js";

/** @import { Context } from "../../types/page.d.ts" */
/** @import { Transaction } from "../../types/v1.d.ts" */

const unnamed = () => null;

/**
 * Who pays or is paid: a node by its name, as it pays the rewards.
 * @param {string} name
 * @param {Context["nameOf"]} nameOf names of nodes
 * @param {number} [longest] characters that are shown
 */
export function party(name, nameOf, longest) {
  const node = nameOf(name);
  if (node === null) return foreign(name, longest);
  return el("span", { class: "foreign", title: name }, foreign(t("rewardsOf", node), longest));
}

/**
 * The first payments of `total`.
 * @param {Transaction[]} payments
 * @param {number} total
 * @param {Context["nameOf"]} [nameOf] names of nodes
 */
export function paymentTable(payments, total, nameOf = unnamed) {
  const heads = [
    el("th", { scope: "col" }, t("from")),
    el("th", { scope: "col" }, t("to")),
    el("th", { scope: "col", class: "amount" }, t("amount")),
  ];
  const rows = payments.map(({ sender, receiver, amount }) =>
    el(
      "tr",
      {},
      el("td", {}, party(String(sender), nameOf)),
      el("td", {}, party(String(receiver), nameOf)),
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
