// The chart: a column for each of the latest blocks, as high as the search for it was long.

import { el, foreign, svg } from "../../dom.js";
import { number, t } from "../../i18n.js";
import { DECADES, heightOf, summary, timeOfDay } from "./scale.js";

/** @import { Header } from "../../../types/v1.d.ts" */
/** @import { Earlier } from "../chain/earlier.js" */

/** The picture, in pixels: its height, and the room for the texts around the columns. */
const SIZE = { height: 190, left: 74, right: 10, top: 12, bottom: 40 };
/** The narrowest column with the gap beside it, and the widest, in pixels. */
const COLUMN = { least: 7, most: 30 };
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
    const room = clientWidth - SIZE.left - SIZE.right;
    const shown = this.headers.slice(-Math.max(1, Math.floor(room / COLUMN.least)));
    this.readout.textContent = this.say(shown[shown.length - 1]);
    this.picture.replaceChildren(this.paint(shown, clientWidth, room));
  }

  /**
   * @param {Header[]} shown at least one
   * @param {number} width
   * @param {number} room the width that the columns have
   */
  paint(shown, width, room) {
    const { least, middle, most } = summary(shown.map(({ proof }) => proof));
    const [first, last] = [shown[0], shown[shown.length - 1]];
    const label = t("chartSays", shown.length, number(least), number(middle), number(most));
    const picture = svg("svg", {
      width,
      height: SIZE.height,
      role: "img",
      "aria-label": `${label} ${this.say(last)}`,
      onpointerleave: () => (this.readout.textContent = this.say(last)),
    });
    const bottom = SIZE.height - SIZE.bottom;
    const tall = bottom - SIZE.top;
    for (let power = DECADES.from; power <= DECADES.to; power += 1) {
      const y = bottom - (tall * (power - DECADES.from)) / (DECADES.to - DECADES.from);
      picture.append(
        svg("line", { class: "grid", x1: SIZE.left, x2: width - SIZE.right, y1: y, y2: y }),
        svg("text", { class: "axis", x: SIZE.left - 6, y: y + 4, "text-anchor": "end" }, number(10 ** power)),
      );
    }
    const step = Math.min(COLUMN.most, room / shown.length);
    shown.forEach((header, at) => {
      const height = tall * heightOf(header.proof);
      const x = SIZE.left + at * step;
      const kind = `${header === last ? "latest" : ""} ${this.earlier.of(header) > 0 ? "again" : ""}`;
      const column = svg("rect", { class: "column", x: x + 1, y: bottom - height, width: step - 2, height, rx: 1 });
      // The whole height answers to the pointer, not the column alone.
      const onpointerenter = () => (this.readout.textContent = this.say(header));
      const reach = svg("rect", { class: "reach", x, y: SIZE.top, width: step, height: tall, onpointerenter });
      const group = svg("g", { class: `block ${kind}`, "data-tries": header.proof }, column, reach);
      if (this.earlier.of(header) > 0) {
        group.append(
          svg("circle", { class: "mark", cx: x + step / 2, cy: bottom - height - 5, r: Math.min(3, step / 3) }),
        );
      }
      picture.append(group);
    });
    const end = SIZE.left + shown.length * step;
    const ends = shown.length * step > 150 ? [first, last] : [last];
    for (const header of ends) {
      const x = header === first && ends.length > 1 ? SIZE.left : Math.max(end, SIZE.left + 60);
      const anchor = header === first && ends.length > 1 ? "start" : "end";
      picture.append(
        svg("text", { class: "axis", x, y: bottom + 16, "text-anchor": anchor }, t("block", number(header.index))),
        svg("text", { class: "axis", x, y: bottom + 32, "text-anchor": anchor }, timeOfDay(header.timestamp)),
      );
    }
    return picture;
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
