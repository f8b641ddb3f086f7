// How a row stands to this node, in words.

import { foreign } from "../../dom.js";
import { t } from "../../i18n.js";

/** @import { Network, NetworkNode } from "../../../types/v1.d.ts" */
/** @import { Elsewhere, Picture, Row } from "../../../types/network.d.ts" */

/** A sign beside the words, which says the same as the colour. */
const SIGNS = { same: "=", ahead: "↑", behind: "↓", parted: "≠" };

/**
 * @param {Row} row
 * @param {number} here how many blocks this node has
 */
export function standing(row, here) {
  if (row.kind === "unknown" || row.relation === null) return t("unknownChain");
  const sign = `${SIGNS[row.relation]} `;
  if (row.kind === "fan") return sign + t("fan", row.relation, ...row.range);
  if (row.relation === "parted") return sign + (row.common === 0 ? t("apart") : t("parts", row.common));
  return sign + t("stands", row.relation, Math.abs(row.length - here));
}

/**
 * The time of day from the text that a block gives as its time, or the beginning of that text when it is another one.
 * @param {string} timestamp
 */
export const timeOfDay = (timestamp) => timestamp.match(/\b\d\d:\d\d:\d\d\b/)?.[0] ?? timestamp.slice(0, 19);

/**
 * Why a node that answers exchanges nothing with this one: it belongs to another network. Null for every other node.
 * @param {Pick<NetworkNode, "state" | "error_code">} node
 * @returns {Elsewhere | null}
 */
export const elsewhere = ({ state, error_code }) =>
  state === "fails" && (error_code === "other_rules" || error_code === "other_network") ? error_code : null;

/**
 * The network in one sentence.
 * @param {Network} network
 * @param {Picture} picture
 */
export function summary({ nodes, branches }, { rows }) {
  const longest = Math.max(...branches.map((branch) => branch.length), 0);
  const parted = new Set(
    rows.filter((row) => row.relation === "parted").flatMap((row) => row.members.map((member) => member.hash)),
  );
  return t("pictureSummary", nodes.length, parted.size, longest);
}

/**
 * The node that has mined last.
 * @param {NetworkNode[]} nodes
 */
export function latestMiner(nodes) {
  const mined = nodes.filter((node) => node.last_mined !== null);
  const time = (/** @type {NetworkNode} */ node) => Date.parse(node.last_mined?.time ?? "") || 0;
  return mined.reduce(
    (last, node) => (last === null || time(node) > time(last) ? node : last),
    /** @type {NetworkNode | null} */ (null),
  );
}

/** Stands for a node in a sentence until its name is put there; no text holds it. */
const PLACE = "\ufffc";

/**
 * A sentence about a node, by its name where that is known.
 * @param {(node: string) => string} sentence
 * @param {string} address
 * @param {(address: string) => string | null} nameAt the name of the node at an address
 */
export function aboutNode(sentence, address, nameAt) {
  const shown = foreign(nameAt(address) ?? address, 60);
  shown.title = address;
  return around(sentence, shown);
}

/**
 * A sentence with an element where it names a node.
 * @param {(node: string) => string} sentence
 * @param {HTMLElement} shown
 */
export function around(sentence, shown) {
  const [before, after = ""] = sentence(PLACE).split(PLACE);
  return [before, shown, after];
}
