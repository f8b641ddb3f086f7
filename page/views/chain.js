// The chain as cards joined by their hashes, a way to find a block, and the detail of the one that is open.

import { el } from "../dom.js";
import { t } from "../i18n.js";
import { blockDetail } from "./chain/detail.js";
import { Headers } from "./chain/headers.js";
import { searchForm } from "./chain/search.js";
import { Sheet } from "./chain/sheet.js";

/** @import { BlockId, Context } from "../../types/page.d.ts" */
/** @import { Header } from "../../types/v1.d.ts" */

/** @param {Context} context */
export function chainView({ api, problem }) {
  const headers = new Headers({ api, problem, arrived: () => sheet.drawSoon() });
  const sheet = new Sheet({ headers, open });
  const detail = el("div", { "aria-live": "polite" });
  const count = el("span", { class: "quiet", id: "length" });
  const title = el("h2", { id: "chain-title" }, t("chain"), " ", count);
  const head = el("div", { class: "head" }, title, searchForm(open));
  const help = el("p", { class: "quiet" }, t("chainHelp"));
  const element = el("section", { "aria-labelledby": "chain-title" }, head, help, detail, sheet.element);

  /** @param {BlockId} id */
  async function open(id) {
    try {
      const [block, text] = await Promise.all([api.block(id), api.text(id)]);
      sheet.current = block.index;
      sheet.active = block.index;
      const box = blockDetail(block, text, { open, close });
      detail.replaceChildren(box);
      box.focus({ preventScroll: true });
      sheet.reveal(block.index);
    } catch (error) {
      problem(error);
    }
  }

  function close() {
    detail.replaceChildren();
    const index = sheet.current;
    sheet.current = 0;
    sheet.focus(index);
  }

  /**
   * @param {number} blocks
   * @param {number} [fresh] the block that was mined just now
   */
  function grow(blocks, fresh = 0) {
    count.textContent = t("blocks", blocks);
    count.dataset.length = String(blocks);
    sheet.grow(blocks, fresh);
  }

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
      if (sheet.current > fork) detail.replaceChildren();
      grow(blocks);
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
