// A drawing of a fork.

import { svg } from "../../dom.js";
import { number, t } from "../../i18n.js";

/**
 * The two branches after the last common block.
 * @param {number} common how many blocks both chains have
 * @param {number} ours how many follow in the own chain
 * @param {number} theirs how many follow in the other one
 */
export function fork(common, ours, theirs) {
  const width = 460;
  const picture = svg("svg", {
    viewBox: `0 0 ${width} 110`,
    class: "fork",
    role: "img",
    "aria-label": `${t("partedAfter", common)} ${t("branches", ours, theirs)}`,
  });
  /** @type {(x1: number, y1: number, x2: number, y2: number) => void} */
  const line = (x1, y1, x2, y2) => picture.append(svg("line", { x1, y1, x2, y2 }));
  /** @type {(x: number, y: number, kind: string) => void} */
  const block = (x, y, kind) =>
    picture.append(svg("rect", { x: x - 11, y: y - 11, width: 22, height: 22, rx: 5, class: kind }));
  /** @type {(y: number, count: number, kind: string, name: string) => void} */
  const branch = (y, count, kind, name) => {
    const shown = Math.min(count, 7);
    if (common > 0) line(85, 55, 130, y);
    line(130, y, 130 + (shown - 1) * 36, y);
    for (let at = 0; at < shown; at += 1) block(130 + at * 36, y, kind);
    picture.append(
      svg("text", { x: 130 + shown * 36, y: y + 5 }, `${count > shown ? "… " : ""}${name} ${number(common + count)}`),
    );
  };
  branch(25, ours, "own", t("ours"));
  branch(85, theirs, "other", t("theirs"));
  if (common > 0) {
    line(30, 55, 85, 55);
    block(40, 55, "shared");
    block(85, 55, "shared");
    picture.append(svg("text", { x: 62, y: 90 }, number(common)));
  }
  return picture;
}
