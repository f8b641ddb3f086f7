// Where a copy comes from: the last blocks of the chain of the page's node.

import { copyOfTexts } from "../../ledger/tamper.js";

/** @import { Copy } from "../../ledger/tamper.js" */
/** @import { Api } from "../../../types/page.d.ts" */

/**
 * The block to open at first: one with a payment and with a block after it.
 * @param {Copy} copy
 */
export function firstToChange(copy) {
  return copy.blocks.findIndex((block, place) => place < copy.length - 1 && block.get("transactions").length > 0);
}

/**
 * A copy of the last blocks of the chain.
 * @param {number} count how many
 * @param {number} length how many the chain has
 * @param {Api} api
 */
export async function copyOfLast(count, length, api) {
  const first = Math.max(1, length - count + 1);
  const indices = Array.from({ length: length - first + 1 }, (_, at) => first + at);
  const [before, ...texts] = await Promise.all([
    first > 1 ? api.text(first - 1) : null,
    ...indices.map((index) => api.text(index)),
  ]);
  return copyOfTexts(texts, before);
}
