// The button that mines a block, and what it says.

import { el } from "../../dom.js";
import { enabledWhen } from "../../enabled.js";
import { notice } from "../../notice.js";
import { ms, number, t } from "../../i18n.js";

/** @import { Context } from "../../../types/page.d.ts" */

/**
 * @param {Context} context
 * @param {() => void} asked told when a block is asked for
 */
export function mineButton(context, asked) {
  const said = notice(el("p", { id: "mined" }));
  const button = el("button", { class: "main", type: "button", id: "mine", onclick: mine }, t("mine"));
  const state = enabledWhen(button, context, "use");

  async function mine() {
    asked();
    state.busy(true);
    said.say(() => t("mineBusy"));
    try {
      const { block, tries, took_ms } = await context.api.mine();
      said.say(() => t("mined", number(block.index), number(tries), ms(took_ms)));
    } catch (error) {
      said.fail(error);
    } finally {
      state.busy(false);
      // A disabled button loses the focus; nobody may have taken it meanwhile.
      if (document.activeElement === document.body) button.focus();
    }
  }

  return { button, said: said.element, why: state.why };
}
