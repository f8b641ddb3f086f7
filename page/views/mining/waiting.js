// The first of the payments that wait, kept up by events.

/** @import { Shell } from "../../../types/page.d.ts" */

/** How many payments are kept, at most. */
export const KEPT = 36;
/** How long to wait before reading again, in milliseconds. */
const REST = 250;

/**
 * Payments of some rules.
 * @template Paid
 */
export class Waiting {
  /**
   * @param {Shell & { api: { pending(limit: number): Promise<{ transactions: Paid[], total: number }> } }} context
   * @param {() => void} changed told when the payments have been read
   */
  constructor({ api, keep }, changed) {
    this.api = api;
    this.changed = changed;
    /**
     * What is known, also in another language. `blocks` counts the blocks: what was asked for before a block is not true after it.
     * @type {{ first: Paid[], total: number, blocks: number }}
     */
    this.known = keep("waiting payments", () => ({ first: [], total: 0, blocks: 0 }));
    /** Whether what is known has to be read anew. */
    this.isStale = false;
    this.isReading = false;
  }

  get first() {
    return this.known.first;
  }

  get total() {
    return this.known.total;
  }

  /** Whether some of the first are not known. */
  get isShort() {
    return this.first.length < Math.min(KEPT, this.total);
  }

  /** The chain may be another one: reads what waits. */
  restart() {
    this.known.blocks += 1;
    this.isStale = true;
    this.read();
  }

  /** Reads the first payments until they are known, one request at a time. */
  async read() {
    if (this.isReading) return;
    this.isReading = true;
    while (this.isShort || this.isStale) {
      const { blocks } = this.known;
      try {
        const { transactions, total } = await this.api.pending(KEPT);
        if (blocks === this.known.blocks) {
          this.known.first = transactions;
          this.known.total = total;
          this.isStale = false;
          this.changed();
        }
      } catch {
        // The page reads everything anew when the node is back.
        break;
      }
      if (this.isShort || this.isStale) await new Promise((resume) => setTimeout(resume, REST));
    }
    this.isReading = false;
  }

  /**
   * A payment waits.
   * @param {Paid} payment
   * @param {number} total how many wait now
   */
  add(payment, total) {
    this.known.total = total;
    // What was read may hold the payment already.
    if (this.first.length < KEPT && this.first.length < total) this.first.push(payment);
    this.read();
  }

  /**
   * A block holds the first of them now.
   * @param {number} count
   */
  leave(count) {
    this.known.blocks += 1;
    this.known.total = Math.max(0, this.total - count);
    this.known.first = [];
    this.read();
  }
}
