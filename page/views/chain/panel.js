// The place above the cards where the detail of one block is shown.

import { el } from "../../dom.js";
import { notice } from "../../notice.js";

/** @import { BlockId, Face, Head, Shell } from "../../../types/page.d.ts" */
/** @import { Sheet } from "./sheet.js" */

/**
 * @template {Head} H
 * @template Shown
 * @param {Shell} context
 * @param {Face<H, Shown>} face how blocks are shown
 * @param {Sheet<H>} sheet marks the block that is shown
 */
export function detailPanel({ keep }, face, sheet) {
  const said = notice(el("p", { id: "chain-status" }));
  const place = el("div", { "aria-live": "polite" });
  const element = el("div", { class: "panel" }, said.element, place);
  /** The block that is open, also in another language. @type {{ shown: Shown | null }} */
  const kept = keep("open block", () => ({ shown: null }));

  /** @param {BlockId} id */
  async function open(id) {
    try {
      const shown = await face.read(id);
      kept.shown = shown;
      said.clear();
      const detail = draw(shown);
      detail.focus({ preventScroll: true });
      // A block beside the chain has no card.
      if (sheet.current > 0) sheet.reveal(sheet.current);
      else sheet.draw();
    } catch (error) {
      said.fail(error);
    }
  }

  /** @param {Shown} shown */
  function draw(shown) {
    sheet.current = face.placeOf(shown);
    sheet.active = sheet.current;
    const detail = face.detail(shown, { open, close });
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
    if (kept.shown) draw(kept.shown);
  }

  return { element, said, open, forget, reopen };
}
