// What the page knows of its node, and who is told when that changes.

/** @import { NodeEvent } from "../types/page.d.ts" */
/** @import { Header } from "../types/sound.d.ts" */
/** @import { Access, Network, Status } from "../types/v1.d.ts" */

/** @type {Status | null} */
let status = null;
/** @type {Network | null} */
let network = null;
let length = 0;
// The page itself came from the node, so the node counts as running until a request fails.
let answering = true;
/** @type {Set<() => void>} */
const listeners = new Set();

/** The state of the page's node. */
export const state = {
  /** The latest status; null until it has been read. */
  status: () => status,
  /** The latest picture of the network; null until it has come. */
  network: () => network,
  /** How many blocks the chain has. */
  length: () => length,
  /** Whether the node answers. */
  alive: () => answering,
  /** What this browser may do. @returns {Access} */
  access: () => status?.access ?? "all",

  /**
   * How the node is called that has this node address; null when none is known.
   * @param {unknown} address
   * @returns {string | null}
   */
  nameOf(address) {
    const found = network?.nodes.find((node) => node.node_address !== null && node.node_address === address);
    return found?.name ?? null;
  },

  /**
   * How the node at an address is called, as the picture of the network lists it; null when that is not known.
   * @param {string} address
   * @returns {string | null}
   */
  nameAt: (address) => network?.nodes.find((node) => node.address === address)?.name ?? null,

  /**
   * Calls `listener` whenever `status`, `network`, `alive` or `access` may have changed.
   * @param {() => void} listener
   */
  onState(listener) {
    listeners.add(listener);
  },

  /** Forgets who listens: the views are made anew. */
  forgetListeners() {
    listeners.clear();
  },

  /** @param {Status} read */
  setStatus(read) {
    status = read;
    length = read.length;
    tell();
  },
  /** @param {Network} read */
  setNetwork(read) {
    network = read;
    tell();
  },
  /**
   * What an event says of the node.
   * @param {NodeEvent} event
   */
  follow([name, data]) {
    if (name === "block") length = data.header.index;
    else if (name === "replacement") length = data.replacement.length;
    else if (name === "mining" && status) status = { ...status, mining: data.mining };
  },
  /**
   * What the last block says of the work, where the rules tell it.
   * @param {Header} tip
   */
  setTip({ work, bits }) {
    if (status?.rules !== "sound") return;
    /** @type {Status & Pick<Header, "work" | "bits">} */
    const told = { ...status, work, bits };
    status = told;
    tell();
  },
  /** @param {boolean} is */
  setAlive(is) {
    if (is === answering) return;
    answering = is;
    tell();
  },
};

function tell() {
  for (const listener of listeners) listener();
}
