// The button that mines a block, and what it says.

import { el } from "../../dom.js";
import { enabledWhen } from "../../enabled.js";
import { notice } from "../../notice.js";
import { ms, number, t } from "../../i18n.js";

/** @import { Shell } from "../../../types/page.d.ts" */

/** A block that was mined on request, under whichever rules. @typedef {{ block: { index: number }, tries: number, took_ms: number }} Mined */

/**
 * @param {Shell & { api: { mine(): Promise<Mined> } }} context
 * @param {{ asked: () => void, ended?: () => void, also?: () => string }} told that a block is asked for and that the search has ended, and
 * why no block can be mined now
 */
export function mineButton(context, { asked, ended = () => {}, also }) {
  const said = notice(el("p", { id: "mined" }));
  const button = el("button", { class: "main", type: "button", id: "mine", onclick: mine }, t("mine"));
  const state = enabledWhen(button, context, "use", also);
  /**
   * The block that was mined last on request, and the last one whose search is not to be shown any more, also in another language.
   * @type {{ mined: Mined | null, seen: number }}
   */
  const kept = context.keep("mined", () => ({ mined: null, seen: 0 }));

  async function mine() {
    asked();
    state.busy(true);
    kept.mined = null;
    said.say(() => t("mineBusy"));
    try {
      kept.mined = await context.api.mine();
      tell();
    } catch (error) {
      said.fail(error);
    } finally {
      state.busy(false);
      ended();
      // A disabled button loses the focus; nobody may have taken it meanwhile.
      if (document.activeElement === document.body) button.focus();
    }
  }

  /** Says what was mined, unless its search is still to be shown: the number of tries is how the show ends. */
  function tell() {
    const { mined, seen } = kept;
    if (mined === null || mined.block.index > seen) return;
    const { block, tries, took_ms } = mined;
    said.say(() => t("mined", number(block.index), number(tries), ms(took_ms)));
  }

  return {
    button,
    said: said.element,
    why: state.why,
    /**
     * The search for a block has been shown, or is not shown.
     * @param {number} index
     */
    seen(index) {
      if (index <= kept.seen) return;
      kept.seen = index;
      tell();
    },
    /**
     * The blocks after `fork` are not true any more.
     * @param {number} fork
     */
    forget(fork) {
      if (kept.seen > fork) kept.seen = fork;
      if (kept.mined === null || kept.mined.block.index <= fork) return;
      kept.mined = null;
      said.clear();
    },
  };
}
