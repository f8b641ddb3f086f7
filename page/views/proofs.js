// How much work the latest blocks took, and the proofs that repeat.

import { el } from "../dom.js";
import { t } from "../i18n.js";
import { Chart } from "./proofs/chart.js";
import { Repeats } from "./proofs/repeats.js";

/** @import { Context } from "../../types/page.d.ts" */
/** @import { Header } from "../../types/v1.d.ts" */
/** @import { Earlier } from "./chain/earlier.js" */
/** @import { Headers } from "./chain/headers.js" */

/** Blocks of which the chart shows the tries, at most. */
const SHOWN = 60;
/** How long the chart waits for further blocks, in milliseconds. */
const PAUSE = 100;

/**
 * @param {Context} context
 * @param {Headers<Header>} headers
 * @param {Earlier} earlier
 */
export function proofsView(context, headers, earlier) {
  const chart = new Chart(earlier);
  const repeats = new Repeats(earlier);
  let isDue = false;
  const element = el(
    "section",
    { class: "proofs", "aria-labelledby": "chart-title" },
    el("div", { class: "head" }, el("h2", { id: "chart-title" }, t("chart"))),
    el("p", { class: "quiet" }, t("chartHelp")),
    chart.element,
    repeats.element,
  );
  headers.onArrival(drawSoon);
  earlier.onArrival(drawSoon);
  new ResizeObserver(drawSoon).observe(chart.picture);

  function draw() {
    isDue = false;
    const length = context.length();
    // One request at most: the newest page is read for the cards, and the one before it here.
    if (headers.peek(length)) headers.get(Math.max(1, length - SHOWN + 1));
    /** @type {Header[]} */
    const known = [];
    for (let index = Math.max(1, length - SHOWN + 1); index <= length; index += 1) {
      const header = headers.peek(index);
      if (header) known.push(header);
    }
    chart.draw(known);
    repeats.draw(known, length);
  }

  /** Blocks that come together are drawn together, and not within the task in which a block joins the chain. */
  function drawSoon() {
    if (!isDue) setTimeout(draw, PAUSE);
    isDue = true;
  }

  return { element, drawSoon };
}
