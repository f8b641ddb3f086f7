// The next block and what waits for it, the block that came last, and mining by itself.

import { el } from "../../dom.js";
import { coins, t } from "../../i18n.js";
import { automaticForm } from "../mining/automatic.js";
import { mineButton } from "../mining/button.js";
import { NextBlock } from "../mining/next.js";
import { Waiting } from "../mining/waiting.js";
import { shortAddress } from "./address.js";
import { FoundPanel } from "./found.js";

/** @import { SoundContext } from "../../../types/page.d.ts" */
/** @import { EventData, Header, Transfer } from "../../../types/sound.d.ts" */
/** @import { Mining, Status } from "../../../types/v1.d.ts" */
/** @import { Headers } from "../chain/headers.js" */
/** @import { Tokens } from "../mining/next.js" */

/** How a node may mine by itself under the sound rules. @type {Mining["mode"][]} */
const MODES = ["off", "on_payment", "interval", "continuous"];

/** @type {Tokens<Transfer>} */
const TOKENS = {
  payment: ({ sender, receiver, amount, fee }) =>
    el(
      "div",
      { class: "token", title: `${sender} → ${receiver}: ${coins(amount)}, ${t("fee")} ${coins(fee)}` },
      el("span", { class: "pair" }, shortAddress(sender), " → ", shortAddress(receiver)),
      el("span", { class: "worth" }, coins(amount)),
    ),
  reward: (miner) => [
    el("span", { class: "pair" }, miner === "" ? t("nobody") : shortAddress(miner)),
    el("span", { class: "quiet" }, t("rewardAndFees")),
  ],
};

/**
 * @param {SoundContext} context
 * @param {Headers<Header>} headers
 */
export function soundMiningView(context, headers) {
  /** @type {Waiting<Transfer>} */
  const waiting = new Waiting(context, () => draw());
  /** @type {NextBlock<Transfer>} */
  const next = new NextBlock(TOKENS, () => draw());
  const found = new FoundPanel();
  const unpaid = () => (context.status()?.miner === "" ? t("noReceiver") : "");
  const button = mineButton(context, {
    asked: () => found.searching(true),
    ended: () => found.searching(false),
    also: unpaid,
  });
  const automatic = automaticForm(context, MODES, unpaid);
  /** The last block that was told of by an event, also in another language. @type {{ last: EventData["block"] | null }} */
  const kept = context.keep("last block", () => ({ last: null }));
  /** How many blocks the chain has. */
  let length = 0;
  let miner = "";
  let isDue = false;

  const element = el(
    "section",
    { class: "mining", "aria-labelledby": "mining-title" },
    el(
      "div",
      { class: "head" },
      el("h2", { id: "mining-title" }, t("mining")),
      button.said,
      el("div", { class: "row actions" }, button.button),
    ),
    button.why,
    el("div", { class: "bench" }, next.element, found.element),
    automatic.element,
  );
  headers.onArrival(drawSoon);

  function draw() {
    isDue = false;
    if (length === 0) return;
    const last = headers.peek(length);
    next.show({ index: length + 1, before: last, miner, waiting });
    if (last === null) found.clear();
    else found.show(last, kept.last?.header.hash === last.hash ? kept.last : null);
  }

  /** Events that come together are drawn together. */
  function drawSoon() {
    if (!isDue) requestAnimationFrame(draw);
    isDue = true;
  }

  /**
   * @param {number} blocks
   * @param {number} fork the last block that is still true
   */
  function restart(blocks, fork) {
    length = blocks;
    button.forget(fork);
    button.seen(blocks);
    // The newest block may be beyond the cards that are seen.
    headers.get(length);
    waiting.restart();
    draw();
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
    restart,
    /**
     * A payment waits.
     * @param {EventData["transaction"]} event
     */
    pay({ transaction, pending }) {
      waiting.add(transaction, pending);
      drawSoon();
    },
    /** Payments wait no more. */
    left: () => waiting.restart(),
    /**
     * A block follows the chain.
     * @param {EventData["block"]} event
     */
    add(event) {
      const { header } = event;
      length = header.index;
      kept.last = event;
      // A block from elsewhere may hold others than those that wait here.
      if (event.mined_here) waiting.leave(header.transactions - 1);
      else waiting.restart();
      button.seen(length);
      drawSoon();
    },
  };
}
