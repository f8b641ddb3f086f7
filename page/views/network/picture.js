// The picture of the network: one list of rows, of which only what has changed is drawn anew.

import { el, foreign } from "../../dom.js";
import { strip } from "../../hash.js";
import { number, t } from "../../i18n.js";
import { Chip, nameOf } from "./chip.js";
import { pictureOf } from "./drawing.js";
import { twigs } from "./twigs.js";
import { around, latestMiner, timeOfDay, standing } from "./words.js";

/** @import { Network, NetworkNode } from "../../../types/v1.d.ts" */
/** @import { Drawing, Row, Ways } from "../../../types/network.d.ts" */

/** How many rows the picture may have: the largest number with which it fits. */
const ROWS = [22, 14, 8, 4];

/** A row as an element; it stays the same as long as its first node is in it. */
class RowElement {
  constructor() {
    this.drawn = "";
    this.place = el("div", { class: "place" });
    this.last = el("span", { class: "last" });
    this.names = el("ul", { class: "names" });
    this.twigs = el("span", { class: "twigs" });
    this.element = el(
      "li",
      { class: "stand" },
      this.twigs,
      this.place,
      el("div", { class: "members" }, this.last, this.names),
    );
  }

  /**
   * @param {Row} row
   * @param {Drawing} drawing
   * @param {number} here
   * @param {NetworkNode[]} nodes
   */
  show(row, drawing, here, nodes) {
    const first = row.members[0]?.node;
    const drawn = JSON.stringify([drawing, row.kind, row.hash, row.range, standing(row, here), first?.timestamp]);
    if (drawn === this.drawn) return;
    this.drawn = drawn;
    const grown = this.element.dataset.hash !== undefined && this.element.dataset.hash !== row.hash;
    this.element.dataset.hash = row.hash;
    this.element.dataset.kind = row.kind;
    this.element.dataset.standing = row.relation ?? "unknown";
    const picture = twigs(drawing, row);
    picture.classList.toggle("new", grown);
    this.twigs.replaceChildren(picture);
    this.place.replaceChildren(
      ...(row.length > 0 ? [strip(row.hash), el("strong", {}, number(row.length))] : []),
      el("span", { class: "words" }, standing(row, here)),
    );
    this.last.replaceChildren(...(row.length > 0 && first ? lastBlock(row, first, nodes) : []));
  }
}

/**
 * When the last block of a row was made, and by whom.
 * @param {Row} row
 * @param {NetworkNode} first
 * @param {NetworkNode[]} nodes
 */
function lastBlock(row, first, nodes) {
  const miner = nodes.find((node) => node.last_mined?.hash === row.hash);
  return [
    ...(first.timestamp === null ? [] : [foreign(timeOfDay(first.timestamp))]),
    ...(miner ? [" ", ...around((name) => t("by", name), foreign(nameOf(miner), 24))] : []),
  ];
}

/** @param {Ways | null} ways what a visitor can do with a node; null when the picture is to be looked at only */
export function networkPicture(ways) {
  const axis = el("div", { class: "axis", "aria-hidden": "true" });
  const list = el("ol", { class: "tree", "aria-label": t("pictureLabel") });
  const element = el("div", { class: "picture" }, axis, list);
  /** @type {Map<string, RowElement>} */
  let rows = new Map();
  /** @type {Map<string, Chip>} */
  let chips = new Map();

  /**
   * Draws a network in the most rows with which it fits.
   * @param {Network} network
   * @param {() => boolean} fits
   */
  function draw(network, fits) {
    let picture = drawRows(network, ROWS[0]);
    for (const most of ROWS.slice(1)) {
      if (picture.rows.length <= most || fits()) break;
      picture = drawRows(network, most);
    }
    return picture;
  }

  /**
   * @param {Network} network
   * @param {number} most rows
   */
  function drawRows(network, most) {
    const picture = pictureOf(network, most);
    const here = network.nodes[0]?.length ?? 0;
    const latest = latestMiner(network.nodes);
    const focused = document.activeElement;
    /** @type {typeof rows} */
    const nextRows = new Map();
    /** @type {typeof chips} */
    const nextChips = new Map();
    element.style.setProperty("--units", picture.units.toFixed(1));
    element.classList.toggle("dense", picture.units > 14);
    axis.replaceChildren(...picture.axis.map(axisNumber));
    picture.rows.forEach((row, at) => {
      const first = row.members[0]?.node;
      const key = `${row.kind} ${first ? (first.address ?? "here") : row.hash}`;
      const one = rows.get(key) ?? new RowElement();
      nextRows.set(key, one);
      one.show(row, picture.drawings[at], here, network.nodes);
      const elements = row.members.map((member) => {
        const address = member.node.address ?? "";
        const chip = chips.get(address) ?? new Chip(member.node, ways);
        nextChips.set(address, chip);
        chip.show(member, row, member.node === latest);
        return chip.element;
      });
      arrange(one.names, elements);
    });
    arrange(
      list,
      [...nextRows.values()].map((row) => row.element),
    );
    rows = nextRows;
    chips = nextChips;
    // A chip that moved to another row has lost the focus.
    if (focused instanceof HTMLElement && focused !== document.activeElement && element.contains(focused))
      focused.focus({ preventScroll: true });
    return picture;
  }

  return { element, draw };
}

/**
 * Makes these the children of an element; those that stand right already are not touched.
 * @param {Element} parent
 * @param {Element[]} children
 */
function arrange(parent, children) {
  const wanted = new Set(children);
  for (const child of [...parent.children]) if (!wanted.has(child)) child.remove();
  children.forEach((child, at) => {
    if (parent.children[at] !== child) parent.insertBefore(child, parent.children[at] ?? null);
  });
}

/** @param {{ x: number, index: number }} place */
function axisNumber({ x, index }) {
  const shown = el("span", {}, number(index));
  shown.style.left = `${x}%`;
  return shown;
}
