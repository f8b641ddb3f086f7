// Everything a block holds, and a check of its hash.

import { el, foreign } from "../../dom.js";
import { strip } from "../../hash.js";
import { number, t } from "../../i18n.js";
import { sha256 } from "../../ledger/sha256.js";
import { paymentTable } from "../payments.js";

/** @import { Block } from "../../../types/v1.d.ts" */

/** Payments of a block that are shown. */
const MOST_ROWS = 200;

/**
 * @param {Block} block
 * @param {string} text the text that was hashed
 * @param {{ open: (hash: string) => void, close: () => void }} actions
 */
export function blockDetail(block, text, { open, close }) {
  const payments = block.transactions.slice(0, MOST_ROWS);
  return el(
    "article",
    { class: "detail", "aria-labelledby": "detail-title", tabindex: "-1" },
    el(
      "div",
      { class: "row between" },
      el("h3", { id: "detail-title" }, t("block", number(block.index)), block.index === 1 ? ` (${t("genesis")})` : ""),
      el("button", { type: "button", onclick: close }, t("close")),
    ),
    fields(block, open),
    payments.length === 0
      ? el("p", { class: "quiet" }, t("nothingIn"))
      : paymentTable(payments, block.transactions.length),
    hashedText(block, text),
  );
}

/**
 * @param {Block} block
 * @param {(hash: string) => void} open
 */
function fields(block, open) {
  return el(
    "dl",
    {},
    el("dt", {}, t("hash")),
    el("dd", {}, strip(block.hash), el("code", { id: "block-hash" }, block.hash)),
    el("dt", {}, t("previousHash")),
    el("dd", {}, strip(block.previous_hash), link(block, open)),
    el("dt", {}, t("proof")),
    el("dd", {}, block.proof),
    el("dt", {}, t("made")),
    el("dd", {}, foreign(block.timestamp)),
  );
}

/**
 * The hash of the block before, which opens that block when there is one.
 * @param {Block} block
 * @param {(hash: string) => void} open
 */
function link(block, open) {
  if (block.index === 1) return el("code", {}, foreign(block.previous_hash));
  const title = t("followLink", block.index - 1);
  return el(
    "button",
    { class: "plain", type: "button", id: "follow", title, onclick: () => open(block.previous_hash) },
    el("code", {}, block.previous_hash),
  );
}

/**
 * @param {Block} block
 * @param {string} text
 */
function hashedText(block, text) {
  const same = sha256(text) === block.hash;
  return el(
    "details",
    { id: "hashed-text" },
    el("summary", {}, t("hashedText")),
    el("pre", { class: "hashed", tabindex: "0" }, text),
    el("p", { class: same ? "good" : "bad" }, t(same ? "sameHash" : "otherHash")),
  );
}
