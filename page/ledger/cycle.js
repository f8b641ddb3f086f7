// The proofs that repeat. A puzzle depends on the proof before it alone, so a search that counts up from 1 answers it with the same
// proof each time it is set. Blocks 1 to 225 have different proofs; block 226 has that of block 68, and the rest follows.

/** @import { Header } from "../../types/v1.d.ts" */

/** The first block whose proof comes again. */
export const FIRST = 68;
/** After how many blocks a proof comes again. */
export const PERIOD = 158;
/** The last block whose proof is a new one. */
export const LAST_NEW = FIRST + PERIOD - 1;

/**
 * The first block that has the proof of block `index`, if every proof is the smallest; 0 when block `index` is that block itself.
 * @param {number} index
 */
export function earlierOf(index) {
  return index <= LAST_NEW ? 0 : FIRST + ((index - FIRST) % PERIOD);
}

/** The proofs of blocks 68 to 225 of one chain, and which later blocks of it have them too. */
export class Cycle {
  constructor() {
    /** @type {Map<number, number>} */
    this.proofs = new Map();
  }

  /** Whether all proofs are known that later ones are compared with. */
  get isKnown() {
    return this.proofs.size === PERIOD;
  }

  /** @param {Header[]} headers of blocks 68 to 225; others are ignored */
  learn(headers) {
    for (const { index, proof } of headers) {
      if (index >= FIRST && index <= LAST_NEW) this.proofs.set(index, proof);
    }
  }

  forget() {
    this.proofs.clear();
  }

  /**
   * The first block whose proof a block has again; 0 for none. A chain from a peer may hold other proofs than the smallest, so the
   * proofs themselves are compared. Beyond 2^53 the page does not know all digits of a proof, and says nothing.
   * @param {Header} header
   */
  earlier({ index, proof }) {
    const earlier = earlierOf(index);
    return Number.isSafeInteger(proof) && this.proofs.get(earlier) === proof ? earlier : 0;
  }
}
