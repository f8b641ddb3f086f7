// Payments and rewards as a list, wherever the page shows some.

import { el, foreign } from "../../dom.js";
import { short } from "../../hash.js";
import { coins, number, t } from "../../i18n.js";
import { isTransfer } from "../../ledger/sound/block.js";
import { noteText } from "../../ledger/sound/note.js";
import { wholeAddress } from "./address.js";

/** @import { Child } from "../../../types/page.d.ts" */
/** @import { Reward, Transaction, Transfer } from "../../../types/sound.d.ts" */

/**
 * The first transactions of `total`.
 * @param {Transaction[]} transactions
 * @param {number} total
 * @param {(at: number) => Child} [place] where each stands
 */
export function transactionList(transactions, total, place = () => null) {
  return el(
    "div",
    { class: "scroll", tabindex: "0", role: "group", "aria-label": t("transactions", total) },
    el(
      "ul",
      { class: "plain" },
      ...transactions.map((one, at) => (isTransfer(one) ? transfer(one, place(at)) : reward(one, place(at)))),
    ),
    total > transactions.length && el("p", { class: "quiet" }, t("moreRows", total - transactions.length)),
  );
}

/** The payments that wait again. @type {(payments: Transfer[], total: number) => HTMLElement} */
export const transferList = (payments, total) => transactionList(payments, total);

/**
 * @param {Transfer} payment
 * @param {Child} place
 */
function transfer({ id, sender, receiver, amount, fee, nonce, note, signature }, place) {
  return el(
    "li",
    { class: "transaction", "data-id": id },
    head(t("transfer"), coins(amount), place),
    facts([
      [t("from"), wholeAddress(sender)],
      [t("to"), wholeAddress(receiver)],
      [t("fee"), coins(fee)],
      [t("nonce"), number(nonce)],
      ...noted(note),
      [t("id"), short(id)],
      [t("signature"), short(signature)],
    ]),
  );
}

/**
 * @param {Reward} reward
 * @param {Child} place
 */
function reward({ id, receiver, amount, note }, place) {
  return el(
    "li",
    { class: "transaction", "data-id": id },
    head(t("rewardWord"), coins(amount), place),
    facts([[t("to"), wholeAddress(receiver)], ...noted(note), [t("id"), short(id)]]),
  );
}

/**
 * @param {string} kind
 * @param {string} amount
 * @param {Child} place
 */
const head = (kind, amount, place) =>
  el(
    "div",
    { class: "row between" },
    el("span", {}, el("strong", {}, kind), place && " · ", place),
    el("strong", { class: "worth" }, amount),
  );

/**
 * A note as text where it is one, and in hexadecimal digits otherwise.
 * @param {string} hex
 * @returns {[word: string, value: Child][]}
 */
function noted(hex) {
  if (hex === "") return [];
  const text = noteText(hex);
  return [text === null ? [t("noteBytes"), el("code", {}, hex)] : [t("note"), foreign(text)]];
}

/**
 * Words and what they stand for.
 * @param {[word: string, ...value: Child[]][]} rows
 */
export const facts = (rows) =>
  el("dl", { class: "facts" }, ...rows.flatMap(([word, ...value]) => [el("dt", {}, word), el("dd", {}, ...value)]));
