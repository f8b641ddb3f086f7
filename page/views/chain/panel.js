// The place above the cards where the detail of one block is shown.

import { el } from "../../dom.js";
import { blockDetail } from "./detail.js";

/** @import { BlockId, Context } from "../../../types/page.d.ts" */
/** @import { Sheet } from "./sheet.js" */

/**
 * @param {Context} context
 * @param {Sheet} sheet marks the block that is shown
 */
export function detailPanel({ api, problem }, sheet) {
  const element = el("div", { "aria-live": "polite" });

  /** @param {BlockId} id */
  async function open(id) {
    try {
      const [block, text] = await Promise.all([api.block(id), api.text(id)]);
      sheet.current = block.index;
      sheet.active = block.index;
      const detail = blockDetail(block, text, { open, close });
      element.replaceChildren(detail);
      detail.focus({ preventScroll: true });
      sheet.reveal(block.index);
    } catch (error) {
      problem(error);
    }
  }

  function close() {
    element.replaceChildren();
    const index = sheet.current;
    sheet.current = 0;
    sheet.focus(index);
  }

  return { element, open };
}
