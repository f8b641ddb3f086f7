// Everything that a block of the sound rules holds.

import { el } from "../../dom.js";
import { strip } from "../../hash.js";
import { coins, large, moment, number, t } from "../../i18n.js";
import { bytesOf, feesOf, rewardOf, versionText } from "../../ledger/sound/block.js";
import { trialsOf } from "../../ledger/sound/work.js";
import { wholeAddress } from "./address.js";
import { facts, transactionList } from "./transactions.js";

/** @import { Block } from "../../../types/sound.d.ts" */

/** Transactions of a block that are shown. */
const MOST = 100;

/**
 * @param {Block} block
 * @param {{ open: (hash: string) => void, close: () => void }} actions
 */
export function soundDetail(block, { open, close }) {
  const { index, active, transactions } = block;
  return el(
    "article",
    { class: "detail", "aria-labelledby": "detail-title", tabindex: "-1" },
    el(
      "div",
      { class: "row between" },
      el("h3", { id: "detail-title" }, t("block", number(index)), index === 1 ? ` (${t("genesis")})` : ""),
      el("button", { type: "button", onclick: close }, t("close")),
    ),
    !active && el("p", { class: "bad" }, t("beside")),
    fields(block, open),
    transactionList(transactions.slice(0, MOST), transactions.length),
  );
}

/**
 * @param {Block} block
 * @param {(hash: string) => void} open
 */
function fields(block, open) {
  const { index, hash, previous_hash, merkle_root, timestamp, bits, proof, version, transactions } = block;
  const reward = rewardOf(transactions);
  const trials = trialsOf(bits);
  return facts([
    [t("hash"), strip(hash), el("code", { id: "block-hash" }, hash)],
    [t("previousHash"), strip(previous_hash), index === 1 ? el("code", {}, previous_hash) : link(block, open)],
    [t("merkleRoot"), el("code", {}, merkle_root)],
    [t("made"), `${moment(timestamp)} · `, el("span", { class: "quiet" }, t("unixSeconds", timestamp))],
    [t("bits"), el("code", {}, bits), trials !== null && ` · ${t("onAverage", large(trials))}`],
    [t("nonce"), number(proof)],
    [t("versionWord"), el("code", {}, versionText(version))],
    [t("size"), t("bytes", number(bytesOf(transactions)))],
    [t("rewardWord"), coins(reward?.amount ?? 0)],
    [t("feesIn"), coins(feesOf(transactions))],
    [t("to"), wholeAddress(reward?.receiver ?? null)],
  ]);
}

/**
 * The hash of the block before, which opens that block.
 * @param {Block} block
 * @param {(hash: string) => void} open
 */
const link = ({ index, previous_hash }, open) =>
  el(
    "button",
    {
      class: "plain",
      type: "button",
      id: "follow",
      title: t("followLink", index - 1),
      onclick: () => open(previous_hash),
    },
    el("code", {}, previous_hash),
  );
