// The first of the payments that wait, kept up by events.

/** @import { Context } from "../../../types/page.d.ts" */
/** @import { Transaction } from "../../../types/v1.d.ts" */

/** How many payments are kept, at most. */
export const KEPT = 36;
/** How long to wait before reading again, in milliseconds. */
const REST = 250;

export class Waiting {
  /**
   * @param {Context} context
   * @param {() => void} changed told when the payments have been read
   */
  constructor({ api }, changed) {
    this.api = api;
    this.changed = changed;
    /** @type {Transaction[]} */
    this.first = [];
    this.total = 0;
    /** Counts the blocks: what was asked for before a block is not true after it. */
    this.blocks = 0;
    this.isReading = false;
  }

  /** Whether some of the first are not known. */
  get isShort() {
    return this.first.length < Math.min(KEPT, this.total);
  }

  /** The chain is another one: reads what waits. */
  restart() {
    this.blocks += 1;
    this.total = Math.max(1, this.total);
    this.first = [];
    this.read();
  }

  /** Reads the first payments until they are known, one request at a time. */
  async read() {
    if (this.isReading) return;
    this.isReading = true;
    while (this.isShort) {
      const { blocks } = this;
      try {
        const { transactions, total } = await this.api.pending(KEPT);
        if (blocks === this.blocks) {
          this.first = transactions;
          this.total = total;
          this.changed();
        }
      } catch {
        // The page reads everything anew when the node is back.
        break;
      }
      if (this.isShort) await new Promise((resume) => setTimeout(resume, REST));
    }
    this.isReading = false;
  }

  /**
   * A payment waits.
   * @param {Transaction} payment
   * @param {number} total how many wait now
   */
  add(payment, total) {
    this.total = total;
    // What was read may hold the payment already.
    if (this.first.length < KEPT && this.first.length < total) this.first.push(payment);
    this.read();
  }

  /**
   * A block holds the first of them now.
   * @param {number} count
   */
  leave(count) {
    this.blocks += 1;
    this.total = Math.max(0, this.total - count);
    this.first = [];
    this.read();
  }
}
