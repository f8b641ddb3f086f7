// Addresses of nodes as links and as they are typed. Pure, without the document.

/** Hosts that mean the machine that is asked. */
const OWN = /^(localhost|127(\.\d+){3}|0\.0\.0\.0|\[::1?\]|\[::ffff:7f[0-9a-f:]+\])$/;

/**
 * The page of a node, as the visitor reaches it: a node on the machine of this one is found where this page was found.
 * @param {string} address host and port
 * @param {string} hostname by which the visitor reached this page
 * @param {string[]} own URLs of this node
 */
export function pageOf(address, hostname, own) {
  const url = urlOf(address);
  if (!url) return null;
  const hosts = own.map((one) => urlOf(one)?.hostname);
  if (OWN.test(url.hostname) || hosts.includes(url.hostname)) url.hostname = hostname;
  return `${url.origin}/`;
}

/**
 * Host and port, as a node lists them, from what was typed; a bare number is a port of this machine.
 * @param {string} typed
 */
export function addressOf(typed) {
  if (/^\d{1,5}$/.test(typed)) return `127.0.0.1:${Number(typed)}`;
  const url = urlOf(typed);
  return url ? `${url.hostname}:${url.port || "80"}` : typed;
}

/**
 * Whether an address names a port that there is not: the node says of it only that it is no address.
 * @param {string} address
 */
export const isPortTooLarge = (address) => Number(/:(\d+)(?:\/.*)?$/.exec(address)?.[1]) > 65535;

/** @param {string} address */
function urlOf(address) {
  try {
    return new URL(address.includes("://") ? address : `http://${address}`);
  } catch {
    return null;
  }
}

/** Chinese characters alone: words, or a number in words, but no host. */
const WORDS = /^\p{Script=Han}+$/u;
/** The colon before a port that stands alone. */
const PORT = /^:(?=\d+$)/;

/**
 * Addresses from what was pasted: nodes.json, or addresses one after the other; null when it is neither.
 * @param {string} text
 * @returns {string[] | null}
 */
export function addressesIn(text) {
  const trimmed = text.normalize("NFKC").trim();
  if (trimmed.startsWith("{")) {
    try {
      /** @type {unknown} */
      const nodes = JSON.parse(trimmed).nodes;
      return Array.isArray(nodes) && nodes.every((node) => typeof node === "string") ? nodes : null;
    } catch {
      return null;
    }
  }
  const all = trimmed.split(/[\s,;、]+/).filter(Boolean);
  if (all.length === 0 || all.some((one) => WORDS.test(one))) return null;
  return all.map((one) => one.replace(PORT, ""));
}
