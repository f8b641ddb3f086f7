// Talks to the node, over /api/v1 alone.

import { JsonNumber, parse } from "./ledger/json.js";

/** @import { Json } from "../types/ledger.d.ts" */
/** @import { Api, CommonApi, Listener, NodeEvent, Plain, SoundApi } from "../types/page.d.ts" */
/** @import { Network, Problem as ProblemShape, Status } from "../types/v1.d.ts" */

const PREFIX = "/api/v1";
/** Fields of a transaction, which are shown as they stand in the block, digit by digit. */
const KEPT = ["amount", "receiver", "sender"];

/** What all types of problems begin with. */
const TYPES = "urn:bcoin:problem:";
/** How long an answer may take, in milliseconds: reading, mining (requests wait for one another), and asking all peers. */
const WAIT = { read: 20_000, mine: 180_000, peers: 90_000 };

/** A request that did not succeed. */
export class Problem extends Error {
  /**
   * @param {number} status 0 when the node has not answered
   * @param {string} kind the name of the problem as the contract lists them; `no-answer` and `too-slow` are the page's own
   * @param {string} detail the node's own sentence
   * @param {string | null} [value] which part of the request is not right
   * @param {string | null} [code] why it is not
   */
  constructor(status, kind, detail, value = null, code = null) {
    super(detail);
    this.status = status;
    this.kind = kind;
    this.detail = detail;
    this.value = value;
    this.code = code;
  }
}

/** What an error says. */
export const messageOf = (/** @type {unknown} */ error) => (error instanceof Error ? error.message : String(error));

/**
 * Plain objects from what the lossless reader found; they have no prototype, so no key means anything but itself.
 * @param {Json} value
 * @param {string} [key] the field that holds the value
 * @returns {Plain}
 */
function plain(value, key) {
  if (value instanceof JsonNumber) return key !== undefined && KEPT.includes(key) ? value : Number(value.text);
  if (Array.isArray(value)) return value.map((item) => plain(item));
  if (!(value instanceof Map)) return value;
  /** @type {{ [name: string]: Plain }} */
  const object = Object.create(null);
  for (const [name, field] of value) object[name] = plain(field, name);
  return object;
}

/**
 * Reads what the node wrote. That it has the shape that is asked for is what the node promises; it is not checked here.
 * @template Shape
 * @param {string} text
 * @returns {Shape}
 */
const read = (text) => /** @type {Shape} */ (plain(parse(text)));

/**
 * Sends a request; the text of the answer.
 * @param {string} path
 * @param {RequestInit} [options]
 * @param {number} [wait]
 */
async function request(path, options = {}, wait = WAIT.read) {
  const { ok, status, text } = await exchange(path, options, wait);
  if (ok) return text;
  /** @type {Partial<ProblemShape>} */
  const { type = "", detail = `${status}`, value, code } = text.startsWith("{") ? read(text) : { detail: text };
  throw new Problem(status, type.startsWith(TYPES) ? type.slice(TYPES.length) : type, detail, value, code);
}

/**
 * Sends a request and reads the whole answer. Browsers have different sentences for a node that is gone, none for pupils.
 * @param {string} path
 * @param {RequestInit} options
 * @param {number} wait
 */
async function exchange(path, options, wait) {
  try {
    const signal = AbortSignal.timeout(wait);
    const response = await fetch(PREFIX + path, { ...options, signal, headers: { Accept: "application/json" } });
    return { ok: response.ok, status: response.status, text: await response.text() };
  } catch (error) {
    const slow = error instanceof DOMException && error.name === "TimeoutError";
    throw new Problem(0, slow ? "too-slow" : "no-answer", messageOf(error));
  }
}

/**
 * @template Answer
 * @param {string} path
 * @param {RequestInit} [options]
 * @param {number} [wait]
 * @returns {Promise<Answer>}
 */
const ask = async (path, options, wait) => read(await request(path, options, wait));

/**
 * @template Answer
 * @param {string} method
 * @param {string} path
 * @param {unknown} [body]
 * @param {number} [wait]
 * @returns {Promise<Answer>}
 */
const send = (method, path, body, wait) =>
  ask(path, { method, body: body === undefined ? undefined : JSON.stringify(body) }, wait);

/**
 * The node at a glance.
 * @returns {Promise<Status>}
 */
export const readStatus = () => ask("/status");

/** @type {CommonApi} */
const common = {
  connect: (nodes) => send("POST", "/peers", { nodes }),
  disconnect: (address) => request(`/peers/${encodeURIComponent(address)}`, { method: "DELETE" }),
  setMining: (mining) => send("PUT", "/mining", mining),
};

/** What is asked in the same way under all rules; the answers differ. */
const alike = {
  headers: (/** @type {number} */ from, /** @type {number} */ limit) => ask(`/headers?from=${from}&limit=${limit}`),
  block: (/** @type {string | number} */ id) => ask(`/blocks/${encodeURIComponent(id)}`),
  mine: () => send("POST", "/blocks", undefined, WAIT.mine),
  pending: (/** @type {number} */ limit) => ask(`/pending?limit=${limit}`),
  accounts: (/** @type {number} */ limit) => ask(`/accounts?limit=${limit}`),
  account: (/** @type {string} */ name) => ask(`/accounts/${encodeURIComponent(name)}?limit=50`),
  replace: () => send("POST", "/replacements", undefined, WAIT.peers),
};

/** The routes under the printed rules. @type {Api} */
export const api = {
  ...common,
  .../** @type {Api} */ (/** @type {unknown} */ (alike)),
  text: (id) => request(`/blocks/${encodeURIComponent(id)}/text`),
  pay: (payment) => send("POST", "/pending", payment),
  // The texts are JSON already, and go as they are hashed.
  judge: (blocks) => ask("/peers/judgements", { method: "POST", body: `{"blocks": [${blocks.join(", ")}]}` }),
};

/** The routes under the sound rules. @type {SoundApi} */
export const soundApi = {
  ...common,
  .../** @type {SoundApi} */ (/** @type {unknown} */ (alike)),
  accountNext: (path) => ask(path.startsWith(PREFIX) ? path.slice(PREFIX.length) : path),
};

/** The events of all rules. @type {NodeEvent[0][]} */
const EVENTS = ["block", "payment", "transaction", "left", "replacement", "peers", "mining", "beyond_limit", "reset"];
/** How long to wait when the node refuses a stream, in milliseconds. */
const PAUSE = 2000;

/**
 * Listens to the node's events. The browser comes back by itself after a cut, and hears what it missed.
 * @param {string} lastId the id after which to begin
 * @param {Listener} listener
 */
export function listen(lastId, listener) {
  const { heard, alive, changed } = listener;
  let id = lastId;
  const source = new EventSource(`${PREFIX}/events?network=true&last_event_id=${encodeURIComponent(id)}`);
  source.addEventListener("open", () => alive(true));
  source.addEventListener("error", () => {
    alive(false);
    if (source.readyState === EventSource.CLOSED) setTimeout(() => listen(id, listener), PAUSE);
  });
  source.addEventListener("network", (event) => changed(/** @type {Network} */ (read(event.data))));
  for (const name of EVENTS) {
    source.addEventListener(name, (event) => {
      id = event.lastEventId;
      heard(/** @type {NodeEvent} */ (/** @type {unknown} */ ([name, read(event.data)])));
    });
  }
}
