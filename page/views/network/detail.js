// What is known of one node, above the picture, which does not move.

import { el, foreign } from "../../dom.js";
import { enabledWhen } from "../../enabled.js";
import { strip } from "../../hash.js";
import { clock, number, t } from "../../i18n.js";
import { miningText } from "../mining/automatic.js";
import { nameOf } from "./chip.js";
import { otherAddresses } from "./distinct.js";
import { elsewhere, timeOfDay } from "./words.js";

/** @import { Child, Shell } from "../../../types/page.d.ts" */
/** @import { Network, NetworkNode } from "../../../types/v1.d.ts" */

/** Room that the panel needs below its button, in pixels. */
const ROOM = 420;

/**
 * A panel for one node at a time.
 * @param {Shell} context
 * @param {{ pageOf: (address: string) => string | null, forget: (address: string) => Promise<void> }} actions
 */
export function nodeDetail(context, { pageOf, forget }) {
  const title = el("h3", {});
  const fields = el("dl", {});
  const link = el("a", {});
  const remove = el("button", { type: "button", class: "remove", id: "forget", onclick: forgetShown });
  const { why } = enabledWhen(remove, context, "all");
  const close = el("button", { type: "button", class: "close", "aria-label": t("close"), onclick: hide }, "×");
  const panel = el("div", { popover: "auto", class: "node-detail", id: "node-detail", role: "group" });
  panel.append(el("div", { class: "head" }, title, close), link, fields, remove, why);
  /** @type {Network | null} */
  let network = null;
  /** @type {string | null} */
  let shown = null;

  function hide() {
    panel.hidePopover();
  }

  async function forgetShown() {
    const address = shown;
    hide();
    if (address !== null) await forget(address);
  }

  function draw() {
    const node = network?.nodes.find((one) => one.address === shown);
    if (!node) return hide();
    const name = nameOf(node);
    title.replaceChildren(foreign(name));
    panel.setAttribute("aria-label", name);
    const href = node.address === null ? null : pageOf(node.address);
    link.hidden = href === null;
    if (href !== null) link.href = href;
    link.replaceChildren(t("openPage"));
    fields.replaceChildren(
      ...fieldsOf(node, otherAddresses(network?.nodes ?? [], node)).flatMap(([word, ...value]) => [
        el("dt", {}, word),
        el("dd", {}, ...value),
      ]),
    );
    remove.hidden = why.hidden = node.address === null;
    remove.textContent = t("remove", node.address ?? "");
  }

  return {
    panel,
    /** @param {Network} latest */
    update(latest) {
      network = latest;
      if (panel.matches(":popover-open")) draw();
    },
    /**
     * Fills the panel for a node, and puts it beside the button that is about to open it.
     * @param {string | null} address
     * @param {HTMLElement | undefined} button
     */
    open(address, button) {
      if (panel.matches(":popover-open") && address !== shown) hide();
      shown = address;
      draw();
      if (!button) return;
      const { left, top, bottom } = button.getBoundingClientRect();
      const above = bottom + ROOM > innerHeight && top > innerHeight / 2;
      panel.classList.toggle("above", above);
      panel.style.setProperty("--left", `${left + scrollX}px`);
      panel.style.setProperty("--top", `${(above ? top - 6 : bottom + 6) + scrollY}px`);
    },
  };
}

/**
 * @param {NetworkNode} node
 * @param {string[]} others its other addresses
 * @returns {[word: string, ...value: Child[]][]}
 */
function fieldsOf(node, others) {
  /** @type {[word: string, ...value: Child[]][]} */
  const fields = [[t("addressWord"), node.address === null ? t("thisNode") : foreign(node.address)]];
  if (others.length > 0) fields.push([t("alsoAt"), foreign(others.join(", "))]);
  if (node.state === "fails") fields.push([t("stateWord"), failure(node)]);
  if (node.state === "unasked") fields.push([t("stateWord"), t("unasked")]);
  if (node.kind === "listing") fields.push([t("stateWord"), t("listing")]);
  if (node.seen_at !== null) fields.push([t("seenWord"), clock(node.seen_at)]);
  if (node.length !== null) fields.push([t("chain"), t("blocks", node.length)]);
  if (node.tip_hash !== null) fields.push([t("tipWord"), strip(node.tip_hash), el("code", {}, node.tip_hash)]);
  if (node.timestamp !== null) fields.push([t("made"), foreign(timeOfDay(node.timestamp))]);
  if (node.last_mined !== null)
    fields.push([t("minedWord"), `${t("block", number(node.last_mined.index))}, ${clock(node.last_mined.time)}`]);
  if (node.mining !== null) fields.push([t("automatic"), miningText(node.mining)]);
  if (node.miner !== null) fields.push([t("miner"), foreign(node.miner)]);
  return fields;
}

/**
 * Why a node fails. One of another network answers, but not for this one.
 * @param {NetworkNode} node
 */
function failure(node) {
  if (node.error_code === null) return t("fails");
  const reason = t("peerError", node.error_code);
  return elsewhere(node) !== null ? reason : `${t("fails")} – ${reason}`;
}
