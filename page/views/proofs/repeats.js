// The proofs that repeat: the way of the proofs as a line that runs into a circle, and the blocks that have the same one.

import { el, svg } from "../../dom.js";
import { number, t } from "../../i18n.js";
import { FIRST, LAST_NEW, PERIOD, earlierOf } from "../../ledger/cycle.js";

/** @import { Header } from "../../../types/v1.d.ts" */
/** @import { Earlier } from "../chain/earlier.js" */

/** Pairs of blocks that are shown. */
const PAIRS = 3;
/** The picture, in its own units: the line begins at `start` and runs into the circle around `centre`. */
const SHAPE = { width: 340, height: 170, start: 40, y: 85, centre: 250, radius: 62 };

export class Repeats {
  /** @param {Earlier} earlier */
  constructor(earlier) {
    this.earlier = earlier;
    this.picture = el("div", { class: "circle" });
    this.says = el("p", { id: "repeats-says" });
    this.rows = el("tbody", {});
    this.table = el(
      "table",
      { id: "repeats", hidden: true },
      el(
        "thead",
        {},
        el(
          "tr",
          {},
          el("th", { scope: "col" }, t("index")),
          el("th", { scope: "col" }, t("sameProofAs")),
          el("th", { scope: "col", class: "amount" }, t("proof")),
        ),
      ),
      this.rows,
    );
    this.element = el(
      "div",
      { class: "repeats" },
      el("h3", {}, t("repeats")),
      el("div", { class: "bench" }, this.picture, el("div", { class: "told" }, this.says, this.table)),
      el("p", { class: "quiet" }, t("repeatsWhy")),
    );
    this.drawn = "";
  }

  /**
   * @param {Header[]} known the latest blocks, by rising index
   * @param {number} length how many blocks the chain has
   */
  draw(known, length) {
    const newest = known.findLast(({ index }) => index === length);
    if (!newest) return;
    const again = known
      .filter((header) => this.earlier.of(header) > 0)
      .slice(-PAIRS)
      .reverse();
    const drawn = `${newest.hash} ${again.length} ${this.earlier.cycle.isKnown}`;
    if (drawn === this.drawn) return;
    this.drawn = drawn;
    this.table.hidden = again.length === 0;
    this.rows.replaceChildren(
      ...again.map((header) =>
        el(
          "tr",
          { "data-again": header.index },
          el("td", {}, t("block", number(header.index))),
          el("td", {}, t("block", number(this.earlier.of(header)))),
          el("td", { class: "amount" }, number(header.proof)),
        ),
      ),
    );
    this.say(newest);
  }

  /** @param {Header} newest */
  say(newest) {
    const { index, proof } = newest;
    const earlier = this.earlier.of(newest);
    // A chain from a peer may hold other proofs; then nothing is said of the newest one.
    const isKnown = index <= LAST_NEW || earlier > 0;
    this.picture.replaceChildren(painting(isKnown ? index : 0));
    if (index <= LAST_NEW) this.says.textContent = t("repeatsSoon", index, LAST_NEW + 1, FIRST);
    else if (earlier > 0) this.says.textContent = t("repeatsNow", number(index), number(earlier), number(proof));
    else this.says.textContent = this.earlier.cycle.isKnown ? t("repeatsNot", number(index)) : "";
  }
}

/**
 * The line and the circle, with the place of a block.
 * @param {number} index 0 for none
 */
function painting(index) {
  const { width, height, start, y, centre, radius } = SHAPE;
  const place = index > LAST_NEW ? earlierOf(index) : index;
  const label = t("circleSays", FIRST, LAST_NEW);
  const picture = svg("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": label });
  picture.append(
    svg("line", { class: "way", x1: start, y1: y, x2: centre - radius, y2: y }),
    svg("circle", { class: "way", cx: centre, cy: y, r: radius }),
  );
  for (let block = 1; block <= Math.min(index, LAST_NEW); block += 1) {
    const isAgain = block >= FIRST && block + PERIOD <= index;
    picture.append(dot(block, isAgain ? "passed twice" : "passed", isAgain ? 3.2 : 2.2));
  }
  for (const [block, dx, dy, anchor] of /** @type {[number, number, number, string][]} */ ([
    [1, 0, -12, "middle"],
    // On the side of the line where the label of the block is not.
    [FIRST, -8, place < FIRST ? -12 : 20, "end"],
  ])) {
    const [x, top] = placeOf(block);
    const text = block === FIRST ? `${FIRST} = ${LAST_NEW + 1}` : String(block);
    picture.append(
      dot(block, "stop", 5),
      svg("text", { class: "axis", x: x + dx, y: top + dy, "text-anchor": anchor }, text),
    );
  }
  picture.append(svg("text", { class: "axis", x: centre, y: y + 5, "text-anchor": "middle" }, t("blocks", PERIOD)));
  if (place > 0) {
    const [x, top] = placeOf(place);
    // The label stands outside the circle, and above the line.
    const [dx, dy] = place < FIRST ? [0, 22] : [((x - centre) / radius) * 22, ((top - y) / radius) * 16 + 4];
    picture.append(
      dot(place, "here", 7),
      svg("text", { class: "axis here", x: x + dx, y: top + dy, "text-anchor": "middle" }, number(index)),
    );
  }
  return picture;
}

/**
 * @param {number} block
 * @param {string} kind
 * @param {number} radius
 */
function dot(block, kind, radius) {
  const [x, y] = placeOf(block);
  return svg("circle", { class: kind, cx: x, cy: y, r: radius });
}

/**
 * Where a block from 1 to 225 stands: on the line up to the circle, then around it.
 * @param {number} block
 * @returns {[x: number, y: number]}
 */
function placeOf(block) {
  const { start, y, centre, radius } = SHAPE;
  if (block < FIRST) return [start + ((centre - radius - start) * (block - 1)) / (FIRST - 1), y];
  const turn = Math.PI + (2 * Math.PI * (block - FIRST)) / PERIOD;
  return [centre + radius * Math.cos(turn), y + radius * Math.sin(turn)];
}
