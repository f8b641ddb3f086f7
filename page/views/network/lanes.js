// The tree of blocks as lanes: a lane is a branch with those that go on where it ends. Pure, without the document.

/** @import { Network, NetworkNode, Relation } from "../../../types/v1.d.ts" */
/** @import { Lane, Stand, Tree } from "../../../types/network.d.ts" */

/**
 * Reads the lanes, and where the nodes stand on them.
 * @param {Network} network
 * @returns {Tree}
 */
export function treeOf(network) {
  const { lanes, laneOf } = lanesOf(network);
  /** @type {NetworkNode[]} */
  const unknown = [];
  for (const node of network.nodes) {
    const lane = node.branch === null ? undefined : laneOf[node.branch];
    if (lane && node.length !== null) stand(lane, node, node.length);
    else unknown.push(node);
  }
  const own = lanes[0];
  const here = network.nodes[0]?.length ?? 0;
  for (const lane of lanes) lane.stands.sort((one, other) => other.length - one.length);
  return { lanes, unknown, own, here };
}

/** @param {Network} network */
function lanesOf({ branches }) {
  const next = continuations(branches);
  const goesOn = new Set(next.values());
  /** @type {Lane[]} */
  const lanes = [];
  /** @type {(Lane | undefined)[]} */
  const laneOf = branches.map(() => undefined);
  for (let first = 0; first < branches.length; first += 1) {
    if (goesOn.has(first)) continue;
    const { fork } = branches[first];
    /** @type {Lane} */
    const lane = { parent: null, fork, length: fork, tip_hash: "", children: [], stands: [] };
    for (let at = /** @type {number | undefined} */ (first); at !== undefined; at = next.get(at)) {
      laneOf[at] = lane;
      lane.length = branches[at].length;
      lane.tip_hash = branches[at].tip_hash;
    }
    lanes.push(lane);
  }
  branches.forEach(({ parent }, at) => {
    const lane = laneOf[at];
    const below = parent === null ? undefined : laneOf[parent];
    if (!lane || !below || lane === below) return;
    lane.parent = below;
    below.children.push(lane);
  });
  return { lanes, laneOf };
}

/**
 * Which branch goes on where another one ends: the longest of those that part from its tip.
 * @param {Network["branches"]} branches
 */
function continuations(branches) {
  /** @type {Map<number, number>} */
  const next = new Map();
  branches.forEach(({ parent, fork, length }, at) => {
    if (parent === null || fork !== branches[parent]?.length) return;
    const known = next.get(parent);
    if (known === undefined || branches[known].length < length) next.set(parent, at);
  });
  return next;
}

/**
 * @param {Lane} lane
 * @param {NetworkNode} node
 * @param {number} length
 */
function stand(lane, node, length) {
  const found = lane.stands.find((one) => one.length === length);
  if (found) found.nodes.push(node);
  else lane.stands.push({ length, hash: node.tip_hash ?? "", nodes: [node] });
}

/**
 * How a place on a lane stands to the last block of the node that is asked, and the last block that both have.
 * @param {Tree} tree
 * @param {Lane} lane
 * @param {number} length
 * @returns {{ relation: Relation, common: number }}
 */
export function relationOf({ own, here }, lane, length) {
  let common = length;
  for (let at = /** @type {Lane | null} */ (lane); at !== own; at = at.parent) {
    if (at === null || at.parent === null) return { relation: "parted", common: 0 };
    common = Math.min(common, at.fork);
  }
  common = Math.min(common, here);
  if (common < here && common < length) return { relation: "parted", common };
  return { relation: length === here ? "same" : length > here ? "ahead" : "behind", common };
}

/**
 * A lane that is one node alone, which neither other lanes part from nor other nodes stand on.
 * @param {Lane} lane
 */
export const isSingle = (lane) =>
  lane.children.length === 0 && lane.stands.length === 1 && lane.stands[0].nodes.length === 1;

/**
 * All nodes of a lane and of those that part from it.
 * @param {Lane} lane
 * @returns {{ lane: Lane, stand: Stand }[]}
 */
export const standsOf = (lane) => [
  ...lane.stands.map((one) => ({ lane, stand: one })),
  ...lane.children.flatMap((child) => standsOf(child)),
];

/**
 * Items that have the same key, in the order in which each key comes first.
 * @template Item
 * @param {Item[]} items
 * @param {(item: Item) => string | number} keyOf
 * @returns {Item[][]}
 */
export function grouped(items, keyOf) {
  /** @type {Map<string | number, Item[]>} */
  const groups = new Map();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return [...groups.values()];
}
