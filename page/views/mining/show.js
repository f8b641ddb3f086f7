// The show of a search after a block has been mined: some of the tries once more, the zeros, and the box that closes. The page paces
// it; nothing waits for it.

import { ms, t } from "../../i18n.js";
import { attempt, best, sample } from "../../ledger/replay.js";
import { CLOSED } from "./pace.js";

/** @import { Header, Transaction } from "../../../types/v1.d.ts" */
/** @import { NextBlock } from "./next.js" */
/** @import { SearchPanel } from "./search.js" */

/** How long one step is seen, in milliseconds: as a rule, slowly, and where nothing may move. */
const STEP = { usual: 50, slow: 150, still: 600 };
/** Numbers that one step tries; the one with the most zeros is shown. */
const TRIES = 16;

/** @typedef {{ time: number, took_ms: number, slow: boolean, still: boolean }} Pace */

export class Show {
  /**
   * @param {SearchPanel} panel
   * @param {NextBlock<Transaction>} next
   */
  constructor(panel, next) {
    this.panel = panel;
    this.next = next;
    /** Ends the show that runs at once. @type {(() => void) | null} */
    this.end = null;
  }

  get isRunning() {
    return this.end !== null;
  }

  /** Ends the show that runs, if there is one. */
  finish() {
    this.end?.();
  }

  /**
   * Shows the search for a block.
   * @param {Header} header
   * @param {Header} before the block before it
   * @param {Pace} pace
   * @returns {Promise<void>} done when the show is over
   */
  run(header, before, { time, took_ms, slow, still }) {
    const { panel, next } = this;
    const step = slow ? (still ? STEP.still : STEP.slow) : STEP.usual;
    const steps = Math.max(1, Math.round(time / step));
    const { promise, resolve } = Promise.withResolvers();
    let timer = 0;
    let at = 0;
    panel.begin(header);
    const note = t(slow ? "nodeTookSlow" : "nodeTook", ms(took_ms));
    panel.note.textContent = note;

    const over = () => {
      clearTimeout(timer);
      this.end = null;
      panel.found(header, before, note);
      resolve(undefined);
    };
    const close = () => {
      panel.found(header, before, note);
      next.close(header);
      timer = setTimeout(over, slow ? CLOSED.slow : CLOSED.usual);
    };
    const advance = () => {
      at += 1;
      if (at >= steps) {
        close();
        return;
      }
      const trials = sample(header.proof, at / steps, TRIES).map((number) => attempt(before.proof, number));
      if (trials.length > 0) panel.trial(best(trials), before.proof, header.proof);
      timer = setTimeout(advance, step);
    };
    this.end = over;
    advance();
    return promise;
  }
}
