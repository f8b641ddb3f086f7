// The drawing of one row: its part of the tree.

import { svg } from "../../dom.js";
import { colours } from "../../hash.js";

/** @import { Drawing, Row } from "../../../types/network.d.ts" */

/** Where the middle of the first line is, in the row's own size. */
const MIDDLE = "0.95em";
/** Half the side of a block. */
const HALF = 0.36;

/**
 * @param {Drawing} drawing
 * @param {Row} row
 */
export function twigs(drawing, row) {
  return svg(
    "svg",
    { class: "twigs", "aria-hidden": "true" },
    ...drawing.verticals.map(({ x, from, to, dashed }) =>
      svg("line", {
        x1: `${x}%`,
        x2: `${x}%`,
        y1: from === "top" ? "-1" : MIDDLE,
        y2: to === "bottom" ? "100%" : MIDDLE,
        class: dashed ? "dashed" : "",
      }),
    ),
    leader(drawing),
    ...lane(drawing),
    ...drawing.blocks.map((block) => (block.tip ? tip(block.x, block.kind, row.hash) : square(block.x, block.kind))),
    ...(drawing.mark === null ? [] : [at(drawing.mark, svg("circle", { r: "0.24em", class: "mark" }))]),
    ...(drawing.fan === null ? [] : [fan(drawing.fan)]),
  );
}

/**
 * A thin line from what is drawn to the names.
 * @param {Drawing} drawing
 */
function leader({ blocks, mark, fan: open }) {
  const from = blocks.at(-1)?.x ?? mark ?? open?.x ?? 100;
  return svg("line", { x1: `${from}%`, x2: "100%", y1: MIDDLE, y2: MIDDLE, class: "leader" });
}

/** @param {Drawing} drawing */
const lane = ({ line, breaks }) => [
  ...line.map(({ from, to, kind }) =>
    svg("line", { x1: `${from}%`, x2: `${to}%`, y1: MIDDLE, y2: MIDDLE, class: `lane ${kind}` }),
  ),
  ...breaks.map(({ x, kind }) =>
    at(x, svg("rect", { x: "-0.4em", y: "-0.3em", width: "0.8em", height: "0.6em", class: "gap" }), ...dots(kind)),
  ),
];

/** @param {string} kind */
const dots = (kind) =>
  [-0.22, 0, 0.22].map((x) => svg("circle", { cx: `${x}em`, cy: "0", r: "0.085em", class: `dot ${kind}` }));

/**
 * Something at a place of the row's line.
 * @param {number} x
 * @param {...SVGElement} parts
 */
const at = (x, ...parts) => svg("svg", { x: `${x}%`, y: MIDDLE, overflow: "visible" }, ...parts);

/**
 * @param {number} x
 * @param {string} kind
 */
function square(x, kind) {
  const side = { x: `-${HALF}em`, y: `-${HALF}em`, width: `${2 * HALF}em`, height: `${2 * HALF}em`, rx: "0.12em" };
  return at(x, svg("rect", { ...side, class: `block ${kind}` }));
}

/**
 * The last block of a chain, in the colours of its hash.
 * @param {number} x
 * @param {string} kind
 * @param {string} hash
 */
function tip(x, kind, hash) {
  const frame = { x: "-0.6em", y: "-0.6em", width: "1.2em", height: "1.2em", rx: "0.16em", class: `tip ${kind}` };
  const cells = colours(hash).map((fill, place) =>
    svg("rect", {
      x: `${-0.48 + (place % 4) * 0.24}em`,
      y: place < 4 ? "-0.48em" : "0em",
      width: "0.25em",
      height: "0.48em",
      fill,
    }),
  );
  return at(x, svg("rect", frame), ...cells);
}

/**
 * Several chains that part at one place, or that have nothing to do with each other.
 * @param {{ x: number, parted: boolean }} place
 */
function fan({ x, parted }) {
  const ends = [-0.55, 0, 0.55];
  const side = { width: "0.4em", height: "0.4em", class: "block other" };
  return at(
    x,
    ...(parted ? ends : []).map((y) =>
      svg("line", { x1: "0", y1: "0", x2: "1.5em", y2: `${y}em`, class: "lane other" }),
    ),
    ...ends.map((y) => svg("rect", { x: parted ? "1.3em" : "-0.2em", y: `${y - 0.2}em`, ...side })),
  );
}
