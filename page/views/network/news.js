// What has changed in the network, in one sentence. Pure but for the texts.

import { t } from "../../i18n.js";
import { nameOf } from "./chip.js";
import { elsewhere } from "./words.js";

/** @import { Network, NetworkNode } from "../../../types/v1.d.ts" */

/**
 * @param {Network} before
 * @param {Network} after
 * @returns {string} nothing when nothing is to be said
 */
export function news(before, after) {
  const known = new Map(before.nodes.map((node) => [node.address, node]));
  const now = new Set(after.nodes.map((node) => node.address));
  const changed = after.nodes.filter((node) => sentence(known.get(node.address), node) !== "");
  const gone = before.nodes.filter((node) => !now.has(node.address));
  if (changed.length + gone.length === 0) return "";
  if (changed.length === 1 && gone.length === 0) return sentence(known.get(changed[0].address), changed[0]);
  if (changed.length === 0 && gone.length === 1) return t("newsForgotten", nameOf(gone[0]));
  const longest = Math.max(...after.branches.map((branch) => branch.length), 0);
  return t("newsMany", changed.length + gone.length, longest);
}

/**
 * @param {NetworkNode | undefined} before
 * @param {NetworkNode} after
 */
function sentence(before, after) {
  const name = nameOf(after);
  if (!before) return t("newsNode", name);
  if (before.state !== after.state && after.state === "fails") {
    const other = elsewhere(after);
    return other === null ? t("newsGone", name) : t("newsElsewhere", name, other);
  }
  if (before.state === "fails" && after.state === "answers")
    return elsewhere(before) === null ? t("newsBack", name) : t("newsNode", name);
  if (before.tip_hash !== after.tip_hash && after.length !== null) return t("newsBlocks", name, after.length);
  return "";
}
