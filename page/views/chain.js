// The chain as cards joined by their hashes, a way to find a block, and the detail of the one that is open.

import { el } from "../dom.js";
import { t } from "../i18n.js";
import { Headers } from "./chain/headers.js";
import { detailPanel } from "./chain/panel.js";
import { searchForm } from "./chain/search.js";
import { Sheet } from "./chain/sheet.js";

/** @import { Context } from "../../types/page.d.ts" */
/** @import { Header } from "../../types/v1.d.ts" */

/** @param {Context} context */
export function chainView(context) {
  const headers = new Headers(context, () => sheet.drawSoon());
  const sheet = new Sheet(headers, (index) => panel.open(index));
  const panel = detailPanel(context, sheet);
  const count = el("span", { class: "quiet", id: "length" });
  const title = el("h2", { id: "chain-title" }, t("chain"), " ", count);
  const head = el("div", { class: "head" }, title, searchForm(panel.open, panel.said));
  const help = el("p", { class: "quiet" }, t("chainHelp"));
  const element = el("section", { "aria-labelledby": "chain-title" }, head, help, panel.element, sheet.element);

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
    /**
     * The chain has so many blocks; what is known of those after `fork` is not true any more.
     * @param {number} blocks
     * @param {number} [fork]
     */
    reset(blocks, fork = 0) {
      headers.forget(fork);
      sheet.clear();
      if (sheet.current > fork) panel.forget();
      grow(blocks, 0);
    },
    /**
     * A block was mined.
     * @param {Header} header
     */
    add(header) {
      headers.keep(header);
      grow(header.index, header.index);
    },
  };
}
