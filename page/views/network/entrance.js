// How others get in: the addresses of this node for other machines.

import { el, foreign } from "../../dom.js";
import { t } from "../../i18n.js";

/** @import { Joining } from "../../../types/network.d.ts" */

/**
 * @param {string[]} addresses URLs by which other machines reach this node
 * @param {Joining} joining how a node is started that follows the same rules
 */
export function entrance(addresses, { flags, hint }) {
  if (addresses.length === 0)
    return el(
      "p",
      { class: "quiet entrance", id: "entrance" },
      t("entranceAlone"),
      " ",
      el("code", {}, "--host 0.0.0.0"),
    );
  return el(
    "div",
    { class: "entrance", id: "entrance" },
    el("h3", {}, t("entrance")),
    el("ul", {}, ...addresses.map(entry)),
    el("p", { class: "quiet" }, t("entranceJoin")),
    el("code", { class: "command" }, `bcoin ${flags}--host 0.0.0.0 --join ${hostOf(addresses[0])}`),
    hint !== "" && el("small", { class: "quiet" }, hint),
  );
}

/**
 * @param {string} address
 * @param {number} place
 */
function entry(address, place) {
  return el(
    "li",
    {},
    el("img", { src: `/api/v1/qr.svg?address=${place}`, alt: t("entranceQr", address), width: 112, height: 112 }),
    el("a", { href: address }, foreign(address)),
  );
}

/** @param {string} address */
const hostOf = (address) => address.replace(/^\w+:\/\//, "").replace(/\/$/, "");
