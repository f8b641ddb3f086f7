// The chain as cards joined by their hashes, a way to find a block, and the detail of the one that is open.

import { el } from "../dom.js";
import { t } from "../i18n.js";
import { Headers } from "./chain/headers.js";
import { newestButton } from "./chain/newest.js";
import { detailPanel } from "./chain/panel.js";
import { searchForm } from "./chain/search.js";
import { Sheet } from "./chain/sheet.js";

/** @import { Face, Head, Shell } from "../../types/page.d.ts" */

/**
 * @template {Head} H
 * @template Shown
 * @param {Shell & { api: { headers(from: number, limit: number): Promise<{ headers: H[] }> } }} context
 * @param {Face<H, Shown>} face how blocks are shown under the node's rules
 */
export function chainView(context, face) {
  /** @type {Headers<H>} */
  const headers = new Headers(context);
  const newest = newestButton(() => sheet);
  const sheet = new Sheet(headers, face, (index) => panel.open(index), newest.update);
  headers.onArrival(() => sheet.drawSoon());
  face.onArrival(() => sheet.drawSoon());
  const panel = detailPanel(context, face, sheet);
  const count = el("span", { class: "quiet", id: "length" });
  const title = el("h2", { id: "chain-title" }, t("chain"), " ", count);
  const head = el("div", { class: "head" }, title, searchForm(panel.open, panel.said));
  const help = el("p", { class: "quiet" }, t("chainHelp"));
  const cards = el("div", { class: "chain-box" }, newest.element, sheet.element);
  const element = el("section", { "aria-labelledby": "chain-title" }, head, help, panel.element, cards);

  /**
   * @param {number} blocks
   * @param {number} fresh the block that was mined just now; 0 for none
   */
  function grow(blocks, fresh) {
    count.textContent = t("blocks", blocks);
    count.dataset.length = String(blocks);
    sheet.grow(blocks, fresh);
  }

  panel.reopen();
  return {
    element,
    /** What is known of the blocks, for other views. */
    headers,
    /**
     * The chain has so many blocks; what is known of those after `fork` is not true any more.
     * @param {number} blocks
     * @param {number} [fork]
     */
    reset(blocks, fork = 0) {
      headers.forget(fork);
      face.forget(fork);
      sheet.clear();
      if (sheet.current > fork) panel.forget();
      grow(blocks, 0);
    },
    /**
     * A block follows the chain.
     * @param {H} header
     * @param {Promise<void> | null} shown until when its search is shown: its card is not to be seen before
     */
    add(header, shown) {
      headers.keep(header);
      sheet.held = shown ? header.index : 0;
      grow(header.index, header.index);
      shown?.then(() => sheet.release(header.index));
    },
  };
}
