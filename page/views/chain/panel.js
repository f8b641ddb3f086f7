// The place above the cards where the detail of one block is shown.

import { el } from "../../dom.js";
import { notice } from "../../notice.js";
import { blockDetail } from "./detail.js";

/** @import { BlockId, Context } from "../../../types/page.d.ts" */
/** @import { Block } from "../../../types/v1.d.ts" */
/** @import { Sheet } from "./sheet.js" */

/**
 * @param {Context} context
 * @param {Sheet} sheet marks the block that is shown
 */
export function detailPanel({ api, keep }, sheet) {
  const said = notice(el("p", { id: "chain-status" }));
  const place = el("div", { "aria-live": "polite" });
  const element = el("div", { class: "panel" }, said.element, place);
  /** The block that is open, also in another language. @type {{ shown: { block: Block, text: string } | null }} */
  const kept = keep("open block", () => ({ shown: null }));

  /** @param {BlockId} id */
  async function open(id) {
    try {
      const [block, text] = await Promise.all([api.block(id), api.text(id)]);
      kept.shown = { block, text };
      said.clear();
      const detail = draw(block, text);
      detail.focus({ preventScroll: true });
      sheet.reveal(block.index);
    } catch (error) {
      said.fail(error);
    }
  }

  /**
   * @param {Block} block
   * @param {string} text
   */
  function draw(block, text) {
    sheet.current = block.index;
    sheet.active = block.index;
    const detail = blockDetail(block, text, { open, close });
    place.replaceChildren(detail);
    return detail;
  }

  function forget() {
    kept.shown = null;
    sheet.current = 0;
    sheet.active = 0;
    place.replaceChildren();
  }

  function close() {
    const index = sheet.current;
    forget();
    sheet.focus(index);
  }

  /** Shows the block that was open in the language before. */
  function reopen() {
    if (kept.shown) draw(kept.shown.block, kept.shown.text);
  }

  return { element, said, open, forget, reopen };
}
