// The card of a block.

import { el, foreign } from "../../dom.js";
import { short, strip } from "../../hash.js";
import { number, t } from "../../i18n.js";

/** @import { Header } from "../../../types/v1.d.ts" */

/**
 * The card of a block.
 * @param {number} index
 * @param {Header | null} header null until it has been read
 * @param {number} earlier the first block that has the same proof; 0 for none
 * @param {(index: number) => void} open
 */
export function blockCard(index, header, earlier, open) {
  return el(
    "button",
    {
      class: `card${index === 1 ? " first" : ""}`,
      type: "button",
      "data-index": index,
      "data-loaded": String(header !== null),
      onclick: () => open(index),
    },
    el("span", { class: "index" }, t("block", number(index))),
    header ? links(header) : el("span", { class: "quiet" }, t("loading")),
    el("span", { class: "quiet" }, header ? t("transactions", header.transactions) : ""),
    el(
      "span",
      { class: "quiet last" },
      header && foreign(header.timestamp, 40),
      header && el("span", {}, `${t("proof")} ${number(header.proof)}`),
      earlier > 0 && el("span", { class: "again" }, t("asBlock", number(earlier))),
    ),
  );
}

/**
 * The hash of the block, and that of the one before it.
 * @param {Header} header
 */
function links(header) {
  return el(
    "span",
    { class: "links" },
    el("span", { class: "quiet" }, t("hash")),
    strip(header.hash),
    short(header.hash),
    el("span", { class: "quiet" }, "↓"),
    strip(header.previous_hash),
    short(header.previous_hash),
  );
}
