// A node in the picture: its name and what is special about it.

import { el, foreign } from "../../dom.js";
import { strip } from "../../hash.js";
import { number, t } from "../../i18n.js";
import { elsewhere, timeOfDay } from "./words.js";

/** @import { NetworkNode } from "../../../types/v1.d.ts" */
/** @import { Member, Row, Ways } from "../../../types/network.d.ts" */

/** Characters of a name that are shown; the rest is in the detail. */
const LONGEST = 60;

/** A node as an element that stays the same while what is known of the node changes. */
export class Chip {
  /**
   * @param {NetworkNode} node
   * @param {Ways | null} ways what a visitor can do with the node; null when the picture is to be looked at only
   */
  constructor({ address }, ways) {
    this.ways = ways;
    this.drawn = "";
    this.name = el(ways && address !== null ? "a" : "span", { class: "name" });
    this.tags = el("span", { class: "tags" });
    this.element = el("li", { class: "chip", "data-address": address ?? "" });
    this.element.append(el("span", { class: "what" }, this.name, this.tags));
    if (ways) {
      this.button = el(
        "button",
        { type: "button", class: "more", onclick: () => ways.open(address, this.button) },
        "⋯",
      );
      this.button.popoverTargetElement = ways.panel;
      this.element.append(this.button);
    }
  }

  /**
   * @param {Member} member
   * @param {Row} row
   * @param {boolean} latest whether no other node has mined later
   */
  show(member, row, latest) {
    const { node } = member;
    const relation = node.state === "answers" ? (row.relation ?? "unknown") : node.state;
    const other = elsewhere(node);
    const shown = [node.name, relation, other, node.kind, node.mining?.mode, node.last_mined?.index];
    const own = row.kind === "fan" ? [member.length, member.hash, node.timestamp] : [];
    const drawn = JSON.stringify([shown, own, latest]);
    if (drawn === this.drawn) return;
    this.drawn = drawn;
    this.element.dataset.relation = relation;
    this.element.classList.toggle("here", node.state === "here");
    this.element.classList.toggle("gone", node.state === "fails" && other === null);
    this.element.classList.toggle("elsewhere", other !== null);
    const name = nameOf(node);
    this.name.replaceChildren(foreign(name, LONGEST));
    this.name.title = name;
    if (this.ways && node.address !== null) {
      const href = this.ways.pageOf(node.address);
      if (href !== null) this.name.setAttribute("href", href);
    }
    this.button?.setAttribute("aria-label", t("about", name));
    this.tags.replaceChildren(...tagsOf(member, row, latest, this.ways === null));
  }
}

/**
 * @param {Member} member
 * @param {Row} row
 * @param {boolean} latest
 * @param {boolean} large whether all is to be said, as nothing can be opened
 */
function tagsOf({ node, length, hash }, row, latest, large) {
  const other = elsewhere(node);
  const time = large && row.kind === "fan" && node.timestamp !== null ? timeOfDay(node.timestamp).slice(0, 5) : "";
  return [
    ...(row.kind === "fan" && length !== null ? [strip(hash), el("strong", {}, number(length))] : []),
    ...(time ? [foreign(time)] : []),
    ...(node.state === "here" && !large ? [el("span", {}, t("thisNode"))] : []),
    ...(other !== null ? [el("span", {}, t("elsewhereTag", other))] : []),
    ...(node.state === "fails" && other === null ? [el("span", { class: "bad" }, t("goneTag"))] : []),
    ...(node.state === "unasked" ? [el("span", {}, t("unasked"))] : []),
    ...(node.kind === "listing" ? [el("span", {}, t("listingTag"))] : []),
    ...(node.mining && node.mining.mode !== "off" ? [symbol("↻", t("minesTag"))] : []),
    ...(latest && node.last_mined ? [el("span", { class: "good" }, t("minedTag", node.last_mined.index))] : []),
  ];
}

/**
 * @param {string} sign
 * @param {string} meaning
 */
const symbol = (sign, meaning) =>
  el("span", { title: meaning }, el("span", { "aria-hidden": "true" }, sign), el("span", { class: "unseen" }, meaning));

/**
 * How a node is called: by its address when it has not said its name.
 * @param {NetworkNode} node
 */
export const nameOf = ({ name, address }) => name ?? address ?? t("thisNode");
