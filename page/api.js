// Talks to the node, over /api/v1 alone.

import { JsonNumber, parse } from "./ledger/json.js";

const PREFIX = "/api/v1";
/** Fields of a transaction, which are shown as they stand in the block, digit by digit. */
const KEPT = ["amount", "receiver", "sender"];

/** An answer that is no success: the node's own sentence. */
export class Problem extends Error {
  constructor(status, kind, detail) {
    super(detail);
    this.status = status;
    this.kind = kind;
  }
}

/** Plain objects from what the lossless reader found; they have no prototype, so no key means anything but itself. */
function plain(value, key) {
  if (value instanceof JsonNumber) return KEPT.includes(key) ? value : Number(value.text);
  if (Array.isArray(value)) return value.map((item) => plain(item));
  if (!(value instanceof Map)) return value;
  const object = Object.create(null);
  for (const [name, field] of value) object[name] = plain(field, name);
  return object;
}

export const read = (text) => plain(parse(text));

async function ask(path, options = {}) {
  const response = await fetch(PREFIX + path, { ...options, headers: { Accept: "application/json" } });
  const text = await response.text();
  if (response.ok) return response.headers.get("Content-Type")?.startsWith("application/json") ? read(text) : text;
  const problem = text.startsWith("{") ? read(text) : { detail: text };
  throw new Problem(response.status, problem.type ?? "", problem.detail ?? `${response.status}`);
}

const send = (method, path, body) => ask(path, { method, body: body === undefined ? undefined : JSON.stringify(body) });

export const api = {
  status: () => ask("/status"),
  headers: (from, limit) => ask(`/headers?from=${from}&limit=${limit}`),
  block: (id) => ask(`/blocks/${encodeURIComponent(id)}`),
  text: (id) => ask(`/blocks/${encodeURIComponent(id)}/text`),
  mine: () => send("POST", "/blocks"),
  pending: (limit) => ask(`/pending?limit=${limit}`),
  pay: (payment) => send("POST", "/pending", payment),
  accounts: (limit) => ask(`/accounts?limit=${limit}`),
  account: (name) => ask(`/accounts/${encodeURIComponent(name)}?limit=50`),
  peers: () => ask("/peers"),
  connect: (nodes) => send("POST", "/peers", { nodes }),
  disconnect: (address) => send("DELETE", `/peers/${encodeURIComponent(address)}`),
  replace: () => send("POST", "/replacements"),
  setMining: (mining) => send("PUT", "/mining", mining),
};

const EVENTS = ["block", "payment", "replacement", "peers", "mining", "reset"];
/** How long to wait when the node refuses a stream, in milliseconds. */
const PAUSE = 2000;

/**
 * Listens to the node's events. The browser comes back by itself after a cut, and hears what it missed.
 * @param {string} lastId the id after which to begin
 * @param {(name: string, data: object) => void} heard
 * @param {(alive: boolean) => void} alive told when the node is gone and when it is back
 */
export function listen(lastId, heard, alive) {
  let id = lastId;
  const source = new EventSource(`${PREFIX}/events?last_event_id=${encodeURIComponent(id)}`);
  source.addEventListener("open", () => alive(true));
  source.addEventListener("error", () => {
    alive(false);
    if (source.readyState === EventSource.CLOSED) setTimeout(() => listen(id, heard, alive), PAUSE);
  });
  for (const name of EVENTS) {
    source.addEventListener(name, (event) => {
      id = event.lastEventId;
      heard(name, read(event.data));
    });
  }
}
