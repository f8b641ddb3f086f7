// The card of a block.

import { el } from "../../dom.js";
import { short, strip } from "../../hash.js";
import { number, t } from "../../i18n.js";

/** @import { Child, Head } from "../../../types/page.d.ts" */

/**
 * The card of a block.
 * @param {number} index
 * @param {Head | null} header null until it has been read
 * @param {Child[]} about what the rules say of the block
 * @param {(index: number) => void} open
 */
export function blockCard(index, header, about, open) {
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
    el("span", { class: "quiet last" }, ...about),
  );
}

/**
 * The hash of the block, and that of the one before it.
 * @param {Head} header
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
