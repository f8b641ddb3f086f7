// The rows of the picture, in an order in which no lines cross. Pure, without the document.

import { grouped, isSingle, relationOf, standsOf } from "./lanes.js";

/** @import { NetworkNode } from "../../../types/v1.d.ts" */
/** @import { Lane, Member, Row, Stand, Tree } from "../../../types/network.d.ts" */

/** How much is gathered, from nothing to everything that parts from another chain. */
const LEVELS = [
  { name: "nothing", parts: 0, roots: 0 },
  { name: "what parts from the same block", parts: 1, roots: 1 },
  { name: "what parts from the same chain", parts: 2, roots: 1 },
  { name: "everything", parts: 3, roots: 2 },
];

/**
 * Rows of a tree: at most `most`, when gathering makes it possible.
 * @param {Tree} tree
 * @param {number} most
 * @returns {Row[]}
 */
export function rowsOf(tree, most) {
  /** @type {Row[]} */
  let rows = [];
  for (const level of LEVELS) {
    rows = gather(tree, level);
    if (rows.length <= most) break;
  }
  return rows;
}

/**
 * @param {Tree} tree
 * @param {typeof LEVELS[number]} level
 */
function gather(tree, level) {
  /** @type {Row[]} */
  const rows = [];
  const roots = tree.lanes.filter((lane) => lane.parent === null && lane !== tree.own);
  const alone = level.roots === 2 ? roots : level.roots === 1 ? roots.filter(isSingle) : [];
  const gathered = new Set(alone.length > 1 ? alone : []);
  const sorted = roots.filter((lane) => !gathered.has(lane)).sort((one, other) => weight(other) - weight(one));
  for (const lane of [tree.own, ...sorted]) if (lane) addLane(rows, tree, lane, null, level);
  if (gathered.size) rows.push(fanRow([...gathered].flatMap(standsOf), [], null, tree));
  if (tree.unknown.length) rows.push(unknownRow(tree.unknown));
  return rows;
}

/** @param {Lane} lane */
const weight = (lane) => standsOf(lane).reduce((sum, { stand }) => sum + stand.nodes.length, 0) * 1e9 + lane.length;

/**
 * A lane, then what leaves it: the latest first, so that a line down passes only rows that begin further to the right.
 * @param {Row[]} rows
 * @param {Tree} tree
 * @param {Lane} lane
 * @param {Row | null} parent
 * @param {typeof LEVELS[number]} level
 */
function addLane(rows, tree, lane, parent, level) {
  const end = lane.stands.find((stand) => stand.length === lane.length);
  const tip = row("tip", lane, end ?? { length: lane.length, hash: lane.tip_hash, nodes: [] }, tree);
  tip.attach = lane.parent && parent ? lane.fork : null;
  tip.parent = tip.attach === null ? null : parent;
  rows.push(tip);
  /** @type {{ at: number, order: number, add: () => void }[]} */
  const leaving = [];
  const behind = lane.stands.filter((stand) => stand !== end);
  const loneStands = behind.filter((stand) => stand.nodes.length === 1 && stand.nodes[0].state !== "here");
  for (const stand of behind) {
    if (level.parts >= 2 && loneStands.length > 1 && loneStands.includes(stand)) continue;
    const one = row("behind", lane, stand, tree);
    Object.assign(one, { attach: stand.length, parent: tip });
    leaving.push({ at: stand.length, order: 0, add: () => rows.push(one) });
  }
  const fans = fansOf(lane, level);
  if (level.parts >= 2 && loneStands.length > 1) fans.push({ lanes: [], stands: loneStands });
  const inFans = new Set(fans.flatMap((fan) => fan.lanes));
  for (const { lanes, stands } of fans) {
    const members = [...lanes.flatMap(standsOf), ...stands.map((stand) => ({ lane, stand }))];
    const one = fanRow(
      members,
      [...lanes.map((child) => child.fork), ...stands.map((stand) => stand.length)],
      tip,
      tree,
    );
    leaving.push({ at: one.attach ?? 0, order: 1, add: () => rows.push(one) });
  }
  for (const child of lane.children) {
    if (!inFans.has(child))
      leaving.push({ at: child.fork, order: 2, add: () => addLane(rows, tree, child, tip, level) });
  }
  leaving.sort((one, other) => other.at - one.at || one.order - other.order);
  for (const { add } of leaving) add();
}

/**
 * Which lanes that part from this one are gathered.
 * @param {Lane} lane
 * @param {typeof LEVELS[number]} level
 * @returns {{ lanes: Lane[], stands: Stand[] }[]}
 */
function fansOf({ children }, level) {
  if (level.parts === 0) return [];
  const all = level.parts === 3 ? children : children.filter(isSingle);
  const groups = grouped(all, (lane) => (level.parts === 1 ? lane.fork : 0));
  return groups.filter((lanes) => lanes.length > 1).map((lanes) => ({ lanes, stands: [] }));
}

/**
 * @param {"tip" | "behind"} kind
 * @param {Lane} lane
 * @param {Stand} stand
 * @param {Tree} tree
 * @returns {Row}
 */
function row(kind, lane, { length, hash, nodes }, tree) {
  const members = nodes.map((node) => ({ node, length, hash }));
  const { relation, common } = relationOf(tree, lane, length);
  return { kind, members, lane, length, hash, relation, common, attach: null, parent: null, range: [0, 0] };
}

/**
 * @param {{ lane: Lane, stand: Stand }[]} stands
 * @param {number[]} places where they leave the parent
 * @param {Row | null} parent
 * @param {Tree} tree
 * @returns {Row}
 */
function fanRow(stands, places, parent, tree) {
  /** @type {Member[]} */
  const members = stands.flatMap(({ stand: { nodes, length, hash } }) => nodes.map((node) => ({ node, length, hash })));
  members.sort((one, other) => (other.length ?? 0) - (one.length ?? 0));
  const relations = new Set(stands.map(({ lane, stand }) => relationOf(tree, lane, stand.length).relation));
  const commons = stands.map(({ lane, stand }) => relationOf(tree, lane, stand.length).common);
  const attach = parent ? Math.min(...places) : null;
  return {
    kind: "fan",
    members,
    lane: null,
    length: 0,
    hash: "",
    relation: relations.size === 1 ? [...relations][0] : "parted",
    common: Math.min(...commons),
    attach,
    parent,
    range: [Math.min(...commons), Math.max(...commons)],
  };
}

/**
 * @param {NetworkNode[]} nodes
 * @returns {Row}
 */
function unknownRow(nodes) {
  const members = nodes.map((node) => ({ node, length: node.length, hash: node.tip_hash ?? "" }));
  return {
    kind: "unknown",
    members,
    lane: null,
    length: 0,
    hash: "",
    relation: null,
    common: 0,
    attach: null,
    parent: null,
    range: [0, 0],
  };
}
