// A form that connects other nodes.

import { messageOf } from "../../api.js";
import { el, foreign } from "../../dom.js";
import { t } from "../../i18n.js";

/** @import { Api } from "../../../types/page.d.ts" */

/**
 * @param {Api} api
 * @param {HTMLElement} said shows what came of it
 * @param {() => Promise<void>} refresh called when nodes were added
 */
export function connectForm(api, said, refresh) {
  const box = el("textarea", {
    id: "nodes",
    rows: "2",
    placeholder: t("connectHint"),
    "aria-label": t("connectHint"),
    spellcheck: "false",
  });

  /** @param {SubmitEvent} event */
  async function connect(event) {
    event.preventDefault();
    const nodes = addresses(box.value);
    if (nodes === null) {
      said.replaceChildren(el("p", { class: "bad" }, t("connectBad")));
      return;
    }
    try {
      const answer = await api.connect(nodes);
      said.replaceChildren(el("p", {}, t("connected", answer.added.length)));
      box.value = "";
      await refresh();
    } catch (error) {
      said.replaceChildren(el("p", { class: "bad" }, foreign(messageOf(error))));
    }
  }

  return el("form", { class: "row", onsubmit: connect }, box, el("button", {}, t("connect")));
}

/**
 * Addresses from what was pasted: nodes.json, or addresses one after the other; null when it is neither.
 * @param {string} text
 * @returns {string[] | null}
 */
function addresses(text) {
  const trimmed = text.trim();
  if (trimmed.startsWith("{")) {
    try {
      /** @type {unknown} */
      const nodes = JSON.parse(trimmed).nodes;
      return Array.isArray(nodes) && nodes.every((node) => typeof node === "string") ? nodes : null;
    } catch {
      return null;
    }
  }
  const all = trimmed.split(/[\s,]+/).filter(Boolean);
  return all.length > 0 ? all : null;
}
