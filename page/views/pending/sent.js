// What became of the payment that was sent last from this page.

import { t } from "../../i18n.js";

/** @import { Context } from "../../../types/page.d.ts" */
/** @import { NodeEvent, Pending, Transaction, Waiting } from "../../../types/v1.d.ts" */
/** @import { Notice } from "../../notice.js" */

/** A payment, the block that will hold it, and whether a replacement has made that uncertain. @typedef {{ transaction: Transaction, block: number, unsure: boolean }} Sent */

/**
 * Says where the payment is, as long as that is known.
 * @param {Notice} said
 * @param {Context} context
 */
export function lastSent(said, { keep, length }) {
  /** @type {{ sent: Sent | null }} */
  const kept = keep("sent payment", () => ({ sent: null }));

  /** @param {number} block */
  function waits(block) {
    said.say(() => t("sent", block));
  }

  /** @param {number} block */
  function isIn(block) {
    kept.sent = null;
    said.done(() => t("sentIn", block));
  }

  return {
    /** @param {Waiting} answer */
    took({ transaction, block }) {
      if (length() >= block) {
        isIn(block);
        return;
      }
      kept.sent = { transaction, block, unsure: false };
      waits(block);
    },
    /**
     * A block that this node has mined holds what was waiting. A chain from elsewhere may hold the payment or not.
     * @param {NodeEvent[]} events
     */
    hear(events) {
      for (const [name, data] of events) {
        if (!kept.sent) return;
        if (name === "replacement" || name === "reset") kept.sent.unsure = true;
        else if (name === "block" && !kept.sent.unsure && data.header.index >= kept.sent.block) isIn(kept.sent.block);
      }
    },
    /**
     * What waits was read anew: it tells whether the payment is still among it.
     * @param {Pending} pending
     */
    compare({ transactions }) {
      if (!kept.sent?.unsure) return;
      const { transaction } = kept.sent;
      if (transactions.some((one) => isSame(one, transaction))) {
        kept.sent = { transaction, block: length() + 1, unsure: false };
        waits(kept.sent.block);
      } else {
        // The other chain holds it, or it is not among those that were read: where it is, is not known.
        kept.sent = null;
        said.clear();
      }
    },
  };
}

/**
 * @param {Transaction} one
 * @param {Transaction} other
 */
const isSame = (one, other) =>
  String(one.sender) === String(other.sender) &&
  String(one.receiver) === String(other.receiver) &&
  String(one.amount) === String(other.amount);
