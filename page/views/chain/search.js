// A form that asks for a block by its index or its hash.

import { el } from "../../dom.js";
import { t } from "../../i18n.js";

/** @param {(id: string) => Promise<void>} open */
export function searchForm(open) {
  const wanted = el("input", {
    name: "id",
    id: "find",
    "aria-label": t("goTo"),
    placeholder: t("goToHint"),
    autocomplete: "off",
    spellcheck: "false",
  });

  /** @param {SubmitEvent} event */
  async function search(event) {
    event.preventDefault();
    const id = wanted.value.trim();
    if (id) await open(id);
  }

  return el("form", { class: "row", role: "search", onsubmit: search }, wanted, el("button", {}, t("go")));
}
