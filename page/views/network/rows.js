// The rows of the picture, in an order in which no lines cross. Pure, without the document.

import { grouped, isSingle, relationOf, standsOf } from "./lanes.js";

/** @import { NetworkNode } from "../../../types/v1.d.ts" */
/** @import { Lane, Member, Row, Stand, Tree } from "../../../types/network.d.ts" */

/**
 * How much is gathered, from nothing to everything that parts from another chain. `join` is the number of neighbouring places of a chain whose
 * single nodes are put in one row; with `all`, not only single nodes are.
 */
const LEVELS = [
  { join: 0, all: false },
  { join: 1, all: false },
  { join: 2, all: false },
  { join: 4, all: false },
  { join: 8, all: false },
  { join: Infinity, all: false },
  { join: Infinity, all: true },
];

/** A row of which nothing is known. @type {Omit<Row, "kind" | "members">} */
const NOTHING = {
  lane: null,
  length: 0,
  hash: "",
  relation: null,
  common: 0,
  attach: null,
  parent: null,
  range: [0, 0],
};

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
  const alone = level.all ? roots : level.join > 0 ? roots.filter(isSingle) : [];
  const gathered = new Set(alone.length > 1 ? alone : []);
  const sorted = roots.filter((lane) => !gathered.has(lane)).sort((one, other) => weight(other) - weight(one));
  for (const lane of [tree.own, ...sorted]) if (lane) addLane(rows, tree, lane, null, level);
  const apart = [...gathered].map((lane) => ({ from: lane, at: 0, stands: standsOf(lane) }));
  if (apart.length) rows.push(fanRow(apart, null, tree));
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
  const fans = fansOf(lane, level);
  const gathered = new Set(fans.flat().map(({ from }) => from));
  for (const fan of fans) {
    const one = fanRow(fan, tip, tree);
    leaving.push({ at: one.attach ?? 0, order: 1, add: () => rows.push(one) });
  }
  for (const stand of lane.stands) {
    if (stand === end || gathered.has(stand)) continue;
    const one = row("behind", lane, stand, tree);
    Object.assign(one, { attach: stand.length, parent: tip });
    leaving.push({ at: stand.length, order: 0, add: () => rows.push(one) });
  }
  for (const child of lane.children) {
    if (!gathered.has(child))
      leaving.push({ at: child.fork, order: 2, add: () => addLane(rows, tree, child, tip, level) });
  }
  leaving.sort((one, other) => other.at - one.at || one.order - other.order);
  for (const { add } of leaving) add();
}

/** @typedef {{ from: Lane | Stand, at: number, stands: ReturnType<typeof standsOf> }} Leaf what leaves a lane at a place */

/**
 * What leaves a lane and is gathered: lanes that part from it, and single nodes that are behind on it; the last places first.
 * @param {Lane} lane
 * @param {typeof LEVELS[number]} level
 * @returns {Leaf[][]}
 */
function fansOf(lane, { join, all }) {
  if (join === 0) return [];
  /** @type {Leaf[]} */
  const leaves = lane.children
    .filter((child) => all || isSingle(child))
    .map((child) => ({ from: child, at: child.fork, stands: standsOf(child) }));
  for (const stand of lane.stands) {
    const { length, nodes } = stand;
    if (length < lane.length && nodes.length === 1 && nodes[0].state !== "here")
      leaves.push({ from: stand, at: length, stands: [{ lane, stand }] });
  }
  leaves.sort((one, other) => other.at - one.at);
  const places = grouped(leaves, ({ at }) => at);
  return grouped(places, (place) => Math.floor(places.indexOf(place) / join))
    .map((neighbours) => neighbours.flat())
    .filter((fan) => fan.length > 1);
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
  return { ...NOTHING, kind, members, lane, length, hash, relation, common };
}

/**
 * @param {Leaf[]} leaves
 * @param {Row | null} parent
 * @param {Tree} tree
 * @returns {Row}
 */
function fanRow(leaves, parent, tree) {
  const stands = leaves.flatMap((leaf) => leaf.stands);
  /** @type {Member[]} */
  const members = stands.flatMap(({ stand: { nodes, length, hash } }) => nodes.map((node) => ({ node, length, hash })));
  members.sort((one, other) => (other.length ?? 0) - (one.length ?? 0));
  const all = stands.map(({ lane, stand }) => relationOf(tree, lane, stand.length));
  const commons = all.map(({ common }) => common);
  return {
    ...NOTHING,
    kind: "fan",
    members,
    relation: all.every(({ relation }) => relation === all[0].relation) ? all[0].relation : "parted",
    common: Math.min(...commons),
    attach: parent ? Math.min(...leaves.map(({ at }) => at)) : null,
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
  return { ...NOTHING, kind: "unknown", members };
}
