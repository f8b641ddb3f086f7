// One node may be listed under several addresses. Pure, without the document.

/** @import { Network, NetworkNode } from "../../../types/v1.d.ts" */

/**
 * The network with every node once, in the place of its first address; by an address at which it answers, if there is one.
 * @param {Network} network
 * @returns {Network}
 */
export function distinct({ nodes, branches }) {
  const firsts = nodes.filter((node) => sameNodes(nodes, node)[0] === node);
  return { branches, nodes: firsts.map((first) => sameNodes(nodes, first).find(isThere) ?? first) };
}

/**
 * The addresses under which a node is listed besides this one.
 * @param {NetworkNode[]} nodes
 * @param {NetworkNode} node
 */
export const otherAddresses = (nodes, node) =>
  sameNodes(nodes, node).flatMap((one) => (one === node || one.address === null ? [] : [one.address]));

/**
 * All entries of the node that an entry stands for, itself among them. A node that has not said its node address is one of its own.
 * @param {NetworkNode[]} nodes
 * @param {NetworkNode} node
 */
const sameNodes = (nodes, node) =>
  node.node_address === null ? [node] : nodes.filter((one) => one.node_address === node.node_address);

/** @param {NetworkNode} node */
const isThere = ({ state }) => state === "here" || state === "answers";
