// What is drawn in each row of the picture, and where. Pure, without the document.

import { grouped, treeOf } from "./lanes.js";
import { rowsOf } from "./rows.js";

/** @import { Network } from "../../../types/v1.d.ts" */
/** @import { Drawing, Kind, Picture, Row, Tree } from "../../../types/network.d.ts" */

/** Columns from which blocks are left out that are neither tips nor places where chains part. */
const MANY = 30;
/** Room between two blocks between which others are left out. */
const JUMP = 1.7;
/** Room at both ends. */
const EDGE = 0.8;

/**
 * The picture of a network.
 * @param {Network} network
 * @param {number} most rows that fit
 * @returns {Picture}
 */
export function pictureOf(network, most) {
  const tree = treeOf(network);
  const rows = rowsOf(tree, most);
  const columns = columnsOf(rows);
  const drawings = rows.map((row) => drawRow(row, columns, tree));
  addVerticals(rows, drawings, columns);
  return { rows, drawings, units: columns.units, axis: axisOf(rows, columns) };
}

/** @typedef {{ all: number[], x: (index: number) => number, units: number }} Columns */

/**
 * The blocks that have a column: where chains end, part and begin, and the last ones; where others are left out, the step is wider.
 * @param {Row[]} rows
 * @returns {Columns}
 */
function columnsOf(rows) {
  const needed = new Set([1]);
  const wished = new Set([1]);
  for (const row of rows) {
    if (row.attach) needed.add(row.attach);
    if (row.kind !== "tip") continue;
    needed.add(row.length);
    if (row.attach !== null) wished.add(row.attach + 1);
    const first = (row.attach ?? 0) + 1;
    for (const before of [1, 2]) if (row.length - before >= first) wished.add(row.length - before);
  }
  const both = new Set([...needed, ...wished]);
  const all = [...(both.size > MANY ? needed : both)].sort((one, other) => one - other);
  /** @type {Map<number, number>} */
  const places = new Map();
  let place = EDGE;
  all.forEach((index, at) => {
    if (at > 0) place += index - all[at - 1] > 1 ? JUMP : 1;
    places.set(index, place);
  });
  const fans = rows.some((row) => row.kind === "fan");
  const units = place + EDGE + (fans ? JUMP : 0);
  return { all, units, x: (index) => ((places.get(index) ?? EDGE) * 100) / units };
}

/**
 * @param {Row} row
 * @param {Columns} columns
 * @param {Tree} tree
 * @returns {Drawing}
 */
function drawRow(row, columns, tree) {
  /** @type {Drawing} */
  const drawing = { verticals: [], line: [], blocks: [], breaks: [], fan: null, mark: null };
  const at = row.attach === null ? null : columns.x(row.attach);
  if (row.kind === "fan") drawing.fan = { x: at ?? columns.x(1), parted: at !== null };
  if (row.kind === "behind") drawing.mark = at;
  if (row.kind === "tip") drawLane(drawing, row, columns, tree);
  return drawing;
}

/**
 * @param {Drawing} drawing
 * @param {Row} row
 * @param {Columns} columns
 * @param {Tree} tree
 */
function drawLane(drawing, row, { all, x }, tree) {
  const fork = row.attach ?? 0;
  const shown = all.filter((index) => index > fork && index <= row.length);
  /** @type {(index: number) => Kind} */
  const kind = (index) => {
    if (row.lane === tree.own) return index <= tree.here ? "own" : "ahead";
    return row.relation === "ahead" ? "ahead" : "other";
  };
  drawing.blocks = shown.map((index) => ({ x: x(index), kind: kind(index), tip: index === row.length, index }));
  const line = row.attach === null ? shown : [row.attach, ...shown];
  for (let at = 1; at < line.length; at += 1) {
    const [from, to] = [x(line[at - 1]), x(line[at])];
    const segment = drawing.line.at(-1);
    if (segment?.kind === kind(line[at])) segment.to = to;
    else drawing.line.push({ from, to, kind: kind(line[at]) });
    if (line[at] - line[at - 1] > 1) drawing.breaks.push({ x: (from + to) / 2, kind: kind(line[at]) });
  }
}

/**
 * Lines from each row down to those that leave it.
 * @param {Row[]} rows
 * @param {Drawing[]} drawings
 * @param {Columns} columns
 */
function addVerticals(rows, drawings, { x }) {
  const place = new Map(rows.map((row, at) => [row, at]));
  rows.forEach((row, last) => {
    const first = row.parent && place.get(row.parent);
    if (row.attach === null || first === undefined || first === null) return;
    const dashed = row.kind === "behind";
    for (let at = first; at <= last; at += 1) {
      const from = at === first ? "middle" : "top";
      const to = at === last ? "middle" : "bottom";
      drawings[at].verticals.push({ x: x(row.attach), from, to, dashed });
    }
  });
  for (const drawing of drawings) drawing.verticals = withoutDoubles(drawing.verticals);
}

/**
 * Of several lines at one place only one: a solid one, and the longest.
 * @param {Drawing["verticals"]} verticals
 */
function withoutDoubles(verticals) {
  return grouped(verticals, ({ x, from }) => `${x} ${from}`).flatMap((lines) => {
    const solid = lines.filter((line) => !line.dashed);
    const best = solid.find((line) => line.to === "bottom") ?? solid[0];
    const longest = lines.find((line) => line.to === "bottom") ?? lines[0];
    if (!best) return [longest];
    return best.to === longest.to ? [best] : [best, longest];
  });
}

/**
 * Numbers for some of the columns: where chains part and end, as far as there is room.
 * @param {Row[]} rows
 * @param {Columns} columns
 */
function axisOf(rows, { x, units }) {
  const tips = rows.filter((row) => row.kind === "tip").map((row) => row.length);
  const forks = rows.flatMap((row) => (row.attach ? [row.attach] : []));
  const room = 150 / units;
  /** @type {{ x: number, index: number }[]} */
  const axis = [];
  for (const index of new Set([...tips.slice(0, 1), 1, ...forks, ...tips])) {
    if (index > 0 && axis.every((one) => Math.abs(one.x - x(index)) >= room)) axis.push({ x: x(index), index });
  }
  return axis.sort((one, other) => one.index - other.index);
}
