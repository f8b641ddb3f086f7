// Which blocks have the proof of an earlier one: the proofs that repeat are read once.

import { Cycle, FIRST, LAST_NEW, PERIOD } from "../../ledger/cycle.js";

/** @import { Context } from "../../../types/page.d.ts" */
/** @import { Header } from "../../../types/v1.d.ts" */

export class Earlier {
  /** @param {Context} context */
  constructor({ api }) {
    this.api = api;
    this.cycle = new Cycle();
    this.isLoading = false;
    /** Counts how often the chain was replaced, so that headers of the one before are not kept. */
    this.chain = 0;
    /** @type {(() => void)[]} */
    this.listeners = [];
  }

  /** @param {() => void} listener told when the proofs have been read */
  onArrival(listener) {
    this.listeners.push(listener);
  }

  /**
   * The first block whose proof a block has again; 0 for none, or while that is not known.
   * @param {Header} header
   */
  of(header) {
    if (header.index <= LAST_NEW) return 0;
    if (!this.cycle.isKnown) this.load();
    return this.cycle.earlier(header);
  }

  async load() {
    if (this.isLoading) return;
    this.isLoading = true;
    const chain = this.chain;
    try {
      const { headers } = await this.api.headers(FIRST, PERIOD);
      if (chain !== this.chain) return;
      this.cycle.learn(headers);
      if (this.cycle.isKnown) for (const listener of this.listeners) listener();
    } catch {
      // The next card that is drawn asks again.
    } finally {
      this.isLoading = false;
    }
  }

  /**
   * What is known of blocks after `fork` is not true any more.
   * @param {number} fork
   */
  forget(fork) {
    this.chain += 1;
    if (fork < LAST_NEW) this.cycle.forget();
  }
}
