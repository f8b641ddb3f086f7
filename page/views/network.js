// Other nodes: how they stand to this one, and what came of asking for the longest chain.

import { el } from "../dom.js";
import { t } from "../i18n.js";
import { connectForm } from "./network/connect.js";
import { peerItem } from "./network/peer.js";
import { replacementNotice, roundReport } from "./network/replacement.js";

/** @import { Context } from "../../types/page.d.ts" */
/** @import { Replacement } from "../../types/v1.d.ts" */

/** @param {Context} context */
export function networkView({ api, problem, length }) {
  const list = el("ul", { class: "plain", id: "peers" });
  const said = el("div", { role: "status", id: "network-status" });
  const replaced = el("div", { role: "status", id: "replacement" });
  const head = header({ refresh: () => attempt(refresh), replace: () => attempt(replace) });
  const form = connectForm(api, said, refresh);
  const element = el("section", { "aria-labelledby": "network-title" }, head, replaced, said, list, form);

  /** @param {() => Promise<void>} work */
  async function attempt(work) {
    try {
      await work();
    } catch (error) {
      problem(error);
    }
  }

  async function replace() {
    said.replaceChildren(...roundReport(await api.replace()));
    await refresh();
  }

  /** @param {string} address */
  async function forget(address) {
    await api.disconnect(address);
    await refresh();
  }

  async function refresh() {
    const { peers } = await api.peers();
    const items = peers.map((peer) => peerItem(peer, length(), () => attempt(() => forget(peer.address))));
    list.replaceChildren(...(items.length ? items : [el("li", { class: "quiet" }, t("networkNone"))]));
  }

  return {
    element,
    refresh,
    /**
     * The chain was replaced: what was given up, and what waits again.
     * @param {Replacement} replacement
     */
    show(replacement) {
      replaced.replaceChildren(replacementNotice(replacement));
    },
  };
}

/** @param {{ refresh: () => void, replace: () => void }} actions */
function header({ refresh, replace }) {
  const title = t("longestHelp");
  return el(
    "div",
    { class: "head" },
    el("h2", { id: "network-title" }, t("network")),
    el(
      "span",
      { class: "row" },
      el("button", { type: "button", id: "refresh", onclick: refresh }, t("refresh")),
      el("button", { type: "button", class: "main", id: "longest", onclick: replace, title }, t("longest")),
    ),
  );
}
