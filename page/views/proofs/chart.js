// The chart: a column for each of the latest blocks, as high as the search for it was long.

import { el, foreign, svg } from "../../dom.js";
import { number, t } from "../../i18n.js";
import { DECADES, heightOf, summary, timeOfDay } from "./scale.js";

/** @import { Header } from "../../../types/v1.d.ts" */
/** @import { Earlier } from "../chain/earlier.js" */

/** The picture, in rem: its height, the room for the texts around the columns, and the height of a line of text. */
const SIZE = { height: 11.9, left: 4.7, right: 0.6, top: 0.75, bottom: 2.5, line: 1 };
/** The narrowest column with the gap beside it, and the widest, in pixels. */
const COLUMN = { least: 7, most: 30 };
/** The least width of columns below which two texts have room, in rem. */
const TWO_TEXTS = 10;
/** Blocks that the table shows. */
const ROWS = 20;

export class Chart {
  /** @param {Earlier} earlier */
  constructor(earlier) {
    this.earlier = earlier;
    this.picture = el("div", { class: "chart", id: "chart" });
    this.readout = el("p", { class: "quiet readout" });
    this.rows = el("tbody", {});
    const heads = [t("index"), t("triesHead"), t("made")];
    this.table = el(
      "details",
      { id: "chart-table", ontoggle: () => this.list() },
      el("summary", {}, t("asTable")),
      el(
        "div",
        { class: "scroll", tabindex: "0", role: "group", "aria-label": t("chart") },
        el(
          "table",
          {},
          el("thead", {}, el("tr", {}, ...heads.map((head) => el("th", { scope: "col" }, head)))),
          this.rows,
        ),
      ),
    );
    this.element = el("div", { class: "chart-box" }, this.picture, this.readout, this.table);
    /** The latest blocks, by rising index. The first was not searched for. @type {Header[]} */
    this.headers = [];
  }

  /** @param {Header[]} known by rising index */
  draw(known) {
    this.headers = known.filter(({ index }) => index > 1);
    this.list();
    const isEmpty = this.headers.length === 0;
    this.picture.hidden = isEmpty;
    this.table.hidden = isEmpty;
    if (isEmpty) this.readout.textContent = t("chartNone");
    const { clientWidth } = this.picture;
    if (clientWidth === 0) return;
    const frame = frameOf(clientWidth);
    const shown = this.headers.slice(-Math.max(1, Math.floor((frame.right - frame.left) / COLUMN.least)));
    const last = shown[shown.length - 1];
    this.readout.textContent = this.say(last);
    const { least, middle, most } = summary(shown.map(({ proof }) => proof));
    const label = t("chartSays", shown.length, number(least), number(middle), number(most));
    const picture = svg(
      "svg",
      {
        width: clientWidth,
        height: frame.height,
        role: "img",
        "aria-label": `${label} ${this.say(last)}`,
        onpointerleave: () => (this.readout.textContent = this.say(last)),
      },
      ...lines(frame),
      ...this.columns(shown, frame),
      ...ends(shown, frame),
    );
    this.picture.replaceChildren(picture);
  }

  /**
   * A column for each block.
   * @param {Header[]} shown
   * @param {Frame} frame
   */
  columns(shown, frame) {
    const { left, top, bottom } = frame;
    const step = stepOf(shown, frame);
    return shown.map((header, at) => {
      const x = left + at * step;
      const isAgain = this.earlier.of(header) > 0;
      const height = (bottom - top) * heightOf(header.proof);
      // The whole height answers to the pointer, not the column alone.
      const onpointerenter = () => (this.readout.textContent = this.say(header));
      const group = svg(
        "g",
        {
          class: `block${at === shown.length - 1 ? " latest" : ""}${isAgain ? " again" : ""}`,
          "data-tries": header.proof,
        },
        svg("rect", { class: "column", x: x + 1, y: bottom - height, width: step - 2, height, rx: 1 }),
        svg("rect", { class: "reach", x, y: top, width: step, height: bottom - top, onpointerenter }),
      );
      const mark = { class: "mark", cx: x + step / 2, cy: bottom - height - 5, r: Math.min(3, step / 3) };
      if (isAgain) group.append(svg("circle", mark));
      return group;
    });
  }

  /**
   * A block and its tries in words.
   * @param {Header} header
   */
  say(header) {
    const earlier = this.earlier.of(header);
    const again = earlier > 0 ? ` (${t("asBlock", number(earlier))})` : "";
    const time = timeOfDay(header.timestamp);
    return t("chartLine", number(header.index), header.proof, time) + again;
  }

  /** Fills the table while it is open. */
  list() {
    if (!this.table.open) return;
    const rows = this.headers.slice(-ROWS).reverse();
    this.rows.replaceChildren(
      ...rows.map(({ index, proof, timestamp }) =>
        el("tr", {}, el("td", {}, number(index)), el("td", {}, number(proof)), el("td", {}, foreign(timestamp, 40))),
      ),
    );
  }
}

/** @typedef {{ rem: number, left: number, right: number, top: number, bottom: number, height: number }} Frame */

/**
 * Where the columns stand, in pixels.
 * @param {number} width
 * @returns {Frame}
 */
function frameOf(width) {
  const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
  const height = SIZE.height * rem;
  return {
    rem,
    left: SIZE.left * rem,
    right: width - SIZE.right * rem,
    top: SIZE.top * rem,
    bottom: height - SIZE.bottom * rem,
    height,
  };
}

/**
 * How wide a column is with the gap beside it.
 * @param {Header[]} shown
 * @param {Frame} frame
 */
const stepOf = (shown, { left, right }) => Math.min(COLUMN.most, (right - left) / shown.length);

/**
 * A line for each power of ten.
 * @param {Frame} frame
 */
function lines({ rem, left, right, top, bottom }) {
  const powers = Array.from({ length: DECADES.to - DECADES.from + 1 }, (_, at) => DECADES.from + at);
  return powers.flatMap((power) => {
    const y = bottom - ((bottom - top) * (power - DECADES.from)) / (DECADES.to - DECADES.from);
    return [
      svg("line", { class: "grid", x1: left, x2: right, y1: y, y2: y }),
      svg("text", { class: "axis", x: left - 6, y: y + rem / 4, "text-anchor": "end" }, number(10 ** power)),
    ];
  });
}

/**
 * Which blocks the first and the last column are, and when they were made; only the last where there is no room for two.
 * @param {Header[]} shown
 * @param {Frame} frame
 */
function ends(shown, frame) {
  const { rem, left, bottom } = frame;
  const right = left + shown.length * stepOf(shown, frame);
  const hasTwo = right - left > TWO_TEXTS * rem;
  /** @type {[header: Header, x: number, anchor: string][]} */
  const texts = hasTwo
    ? [
        [shown[0], left, "start"],
        [shown[shown.length - 1], right, "end"],
      ]
    : [[shown[shown.length - 1], left, "start"]];
  return texts.flatMap(([header, x, anchor]) =>
    [t("block", number(header.index)), timeOfDay(header.timestamp)].map((text, row) =>
      svg("text", { class: "axis", x, y: bottom + (row + 1) * SIZE.line * rem, "text-anchor": anchor }, text),
    ),
  );
}
