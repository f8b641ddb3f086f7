// A peer as an item of the list.

import { el, foreign } from "../../dom.js";
import { t } from "../../i18n.js";
import { fork } from "./fork.js";

/** @import { AnsweringPeer, Peer } from "../../../types/v1.d.ts" */

/**
 * A peer, and how its chain stands to the own one.
 * @param {Peer} peer
 * @param {number} length how many blocks the own chain has
 * @param {() => void} forget
 */
export function peerItem(peer, length, forget) {
  return el(
    "li",
    { "data-address": peer.address, "data-relation": peer.relation ?? peer.state },
    el(
      "span",
      { class: "row" },
      el("a", { href: `http://${peer.address}/` }, foreign(peer.address)),
      el(
        "span",
        { class: peer.relation === "same" ? "good" : peer.state === "fails" ? "bad" : "" },
        relation(peer, length),
      ),
      peer.length !== null && el("span", { class: "quiet" }, t("blocks", peer.length)),
      el(
        "button",
        { type: "button", class: "plain", onclick: forget },
        el("span", { "aria-hidden": "true" }, "×"),
        el("span", { class: "unseen" }, t("remove", peer.address)),
      ),
    ),
    peer.kind === "listing" && el("span", { class: "quiet" }, t("listing")),
    peer.error !== null && el("span", { class: "quiet" }, foreign(peer.error, 600)),
    peer.relation === "parted" && branches(peer, length),
  );
}

/**
 * @param {Peer} peer
 * @param {number} length
 */
function relation(peer, length) {
  if (peer.state !== "answers") return t(peer.state);
  if (peer.relation === null || peer.length === null) return "";
  return t("relation", peer.relation, Math.abs(peer.length - length));
}

/**
 * @param {AnsweringPeer} peer
 * @param {number} length
 */
function branches(peer, length) {
  const common = peer.common?.index ?? 0;
  const [ours, theirs] = [length - common, (peer.length ?? 0) - common];
  return el(
    "div",
    {},
    fork(common, ours, theirs),
    el("p", { class: "quiet" }, t("partedAfter", common), " ", t("branches", ours, theirs)),
  );
}
