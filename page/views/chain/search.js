// A form that asks for a block by its index or its hash.

import { el } from "../../dom.js";
import { t } from "../../i18n.js";
import { sayNumberFault } from "../../question.js";
import { numberOf } from "../../typed.js";

/** @import { BlockId } from "../../../types/page.d.ts" */
/** @import { Notice } from "../../notice.js" */

/** A whole hash, as it is or in capital letters. */
const HASH = /^[0-9a-f]{64}$/i;

/**
 * @param {(id: BlockId) => Promise<void>} open
 * @param {Notice} said says why there is no such block
 */
export function searchForm(open, said) {
  const wanted = el("input", {
    name: "id",
    id: "find",
    "aria-label": t("goTo"),
    placeholder: t("goToHint"),
    autocomplete: "off",
    spellcheck: "false",
    "aria-describedby": said.element.id,
  });

  /** @param {SubmitEvent} event */
  async function search(event) {
    event.preventDefault();
    const id = wanted.value.normalize("NFKC").trim();
    const typed = numberOf(id);
    if (HASH.test(id)) await open(id.toLowerCase());
    else if (typed.reason === "ambiguous") sayNumberFault(said, wanted, typed);
    else if (id !== "") await open(typed.text === null ? id : Number(typed.text));
  }

  return el("form", { class: "row", role: "search", onsubmit: search }, wanted, el("button", {}, t("go")));
}
