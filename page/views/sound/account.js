// One account with its payments that wait and its latest transactions.

import { el } from "../../dom.js";
import { coins, number, t } from "../../i18n.js";
import { wholeAddress } from "./address.js";
import { facts, transactionList } from "./transactions.js";

/** @import { AccountPage } from "../../../types/sound.d.ts" */

/**
 * @param {AccountPage} page
 * @param {{ close: () => void, more: () => void }} actions `more` reads further transactions
 */
export function accountNotice(page, { close, more }) {
  const { address, balance, immature, nonce, next_nonce, waiting, transactions, next } = page;
  const latest = waiting.toReversed();
  const shown = [...latest, ...transactions.map(({ transaction }) => transaction)];
  const place = (/** @type {number} */ at) =>
    at < latest.length ? t("waits") : t("block", number(transactions[at - latest.length].block));
  return el(
    "div",
    { class: "notice" },
    el(
      "div",
      { class: "head" },
      el("strong", {}, wholeAddress(address)),
      el("button", { type: "button", "data-key": "close", onclick: close }, t("close")),
    ),
    facts([
      [t("balance"), coins(balance)],
      [t("immature"), coins(immature)],
      [t("sentCount"), number(nonce)],
      [t("nextNonce"), number(next_nonce)],
    ]),
    shown.length === 0 ? el("p", { class: "quiet" }, t("accountEmpty")) : transactionList(shown, shown.length, place),
    next !== null && el("button", { type: "button", "data-key": "more", onclick: more }, t("older")),
  );
}
