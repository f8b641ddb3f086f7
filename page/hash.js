// Hashes as people can compare them: eight colours and a few digits.

import { el, svg } from "./dom.js";

/**
 * A strip of colours; the same hash always has the same one.
 * @param {string} hash
 */
export function strip(hash) {
  const picture = svg("svg", {
    viewBox: "0 0 64 8",
    class: "strip",
    "aria-hidden": "true",
    preserveAspectRatio: "none",
  });
  colours(hash).forEach((fill, at) => picture.append(svg("rect", { x: at * 8, y: 0, width: 8, height: 8, fill })));
  return picture;
}

/**
 * The eight colours of a hash: one for each of its first bytes; grey where there is none.
 * @param {string} hash
 */
export const colours = (hash) =>
  Array.from({ length: 8 }, (_, at) => {
    const byte = parseInt(hash.slice(at * 2, at * 2 + 2), 16);
    return Number.isNaN(byte) ? "hsl(0 0% 60%)" : `hsl(${Math.round((byte * 360) / 256)} 60% ${at % 2 ? 45 : 58}%)`;
  });

/**
 * The first digits of a hash, with all of them as a title.
 * @param {string} hash
 */
export function short(hash) {
  return el("code", { class: "hash", title: hash }, hash.length > 12 ? `${hash.slice(0, 10)}…` : hash);
}
