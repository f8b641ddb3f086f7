// The next block, which fills with the payments that wait, the search for its proof, and mining by itself.

import { el } from "../dom.js";
import { ms, t } from "../i18n.js";
import { canReplay } from "../ledger/replay.js";
import { automaticForm } from "./mining/automatic.js";
import { mineButton } from "./mining/button.js";
import { NextBlock } from "./mining/next.js";
import { chapterTokens } from "./mining/tokens.js";
import { showTime } from "./mining/pace.js";
import { SearchPanel } from "./mining/search.js";
import { Show } from "./mining/show.js";
import { slowSwitch } from "./mining/slow.js";
import { Waiting } from "./mining/waiting.js";

/** @import { Context } from "../../types/page.d.ts" */
/** @import { EventData, Header, Mining, Status, Transaction } from "../../types/v1.d.ts" */
/** @import { Headers } from "./chain/headers.js" */

/** How a node may mine by itself under the printed rules. @type {Mining["mode"][]} */
const MODES = ["off", "on_payment", "interval"];

/**
 * @param {Context} context
 * @param {Headers<Header>} headers
 */
export function miningView(context, headers) {
  /** @type {Waiting<Transaction>} */
  const waiting = new Waiting(context, () => draw());
  /** @type {NextBlock<Transaction>} */
  const next = new NextBlock(chapterTokens, () => draw());
  const panel = new SearchPanel();
  const show = new Show(panel, next);
  const slow = slowSwitch();
  const button = mineButton(context, { asked: () => (isAsked = true) });
  const automatic = automaticForm(context, MODES);
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  /** How many blocks the chain has. */
  let length = 0;
  let miner = "";
  /** Whether somebody has pressed the button, and the block has not come yet. */
  let isAsked = false;
  /** When the last block came, in milliseconds. */
  let cameAt = -Infinity;
  let isDue = false;

  const element = el(
    "section",
    { class: "mining", "aria-labelledby": "mining-title" },
    el(
      "div",
      { class: "head" },
      el("h2", { id: "mining-title" }, t("mining")),
      button.said,
      el("div", { class: "row actions" }, slow.element, button.button),
    ),
    button.why,
    slow.help,
    el("div", { class: "bench" }, next.element, panel.element),
    automatic.element,
  );
  headers.onArrival(drawSoon);

  /** Draws the block that is mined next, unless the search for the last one is being shown. */
  function draw() {
    isDue = false;
    if (show.isRunning || length === 0) return;
    next.show({ index: length + 1, before: headers.peek(length), miner, waiting });
    if (panel.index !== length) panel.found(headers.peek(length), headers.peek(length - 1));
  }

  /** Payments that come together are drawn together. */
  function drawSoon() {
    if (!isDue) requestAnimationFrame(draw);
    isDue = true;
  }

  /**
   * @param {number} blocks
   * @param {number} fork the last block that is still true
   */
  function restart(blocks, fork) {
    show.finish();
    length = blocks;
    button.forget(fork);
    button.seen(blocks);
    panel.clear();
    // The newest block may be beyond the cards that are seen.
    headers.get(length);
    waiting.restart();
    draw();
  }

  /**
   * How long the search for a block is shown, in milliseconds; 0 for not at all.
   * @param {Header} header
   * @param {Header | null} before
   */
  function timeFor(header, before) {
    const now = performance.now();
    const gap = isAsked ? Infinity : now - cameAt;
    cameAt = now;
    isAsked = false;
    if (document.hidden || (still.matches && !slow.isOn()) || before?.hash !== header.previous_hash) return 0;
    return canReplay(before.proof, header.proof) ? showTime(gap, slow.isOn()) : 0;
  }

  return {
    element,
    /** Shows how the node is set to mine by itself. */
    show: automatic.show,
    /**
     * The page has read the node's status, or is made anew.
     * @param {Status} status
     * @param {number} blocks how many blocks the chain has
     * @param {number} [fork] the last block that is still true
     */
    reset(status, blocks, fork = 0) {
      miner = status.miner;
      automatic.show(status.mining);
      restart(blocks, fork);
    },
    /** The chain was replaced by one of so many blocks, of which those up to a fork were known. */
    restart,
    /**
     * A payment waits.
     * @param {Transaction} payment
     * @param {number} total how many wait now
     */
    pay(payment, total) {
      waiting.add(payment, total);
      drawSoon();
    },
    /**
     * A block was mined.
     * @param {EventData["block"]} block
     * @returns {Promise<void> | null} until when its search is shown; null when it is not
     */
    add({ header, took_ms }) {
      // A show that still runs is over: the newest block counts.
      show.finish();
      const before = headers.peek(header.index - 1);
      const time = timeFor(header, before);
      length = header.index;
      // The box holds what the block holds, also if it stood for another one until now.
      if (time > 0) next.show({ index: header.index, before, miner, waiting });
      waiting.leave(header.transactions - 1);
      if (time === 0 || before === null) {
        panel.found(header, before, t("nodeTook", ms(took_ms)));
        drawSoon();
        button.seen(header.index);
        return null;
      }
      return show.run(header, before, { time, took_ms, slow: slow.isOn(), still: still.matches }).then(() => {
        // The chain may be a shorter one by now.
        button.seen(Math.min(header.index, length));
        draw();
      });
    },
  };
}
