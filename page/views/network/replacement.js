// What came of asking for the longest chain.

import { el, foreign } from "../../dom.js";
import { ms, number, t } from "../../i18n.js";
import { paymentTable } from "../payments.js";

/** @import { GivenUpBlocks, Offer, Replacement, Round } from "../../../types/v1.d.ts" */

/** Indices of blocks that were given up that are shown. */
const INDICES = 12;
/** Payments that wait again that are shown. */
const PAYMENTS = 20;

/**
 * Whether the chain was replaced, and what each peer offered.
 * @param {Round} round
 * @param {(address: string) => string | null} nameAt the name of the node at an address
 */
export function roundReport(round, nameAt) {
  return [
    el("p", {}, round.replaced ? t("replacedBy", round.replacement.from ?? "", round.length) : t("kept")),
    el("ul", { class: "offers" }, ...round.offers.map((offer) => offerItem(offer, nameAt(offer.address)))),
  ];
}

/**
 * @param {Offer} offer
 * @param {string | null} name
 */
function offerItem(offer, name) {
  return el(
    "li",
    { "data-code": offer.code },
    el("strong", { title: offer.address }, foreign(name ?? offer.address, 40)),
    offer.length !== null && ` · ${t("blocks", offer.length)}`,
    ` · ${t("outcome", offer.outcome)} · ${ms(offer.took_ms)}: `,
    el("span", {}, reason(offer)),
  );
}

/**
 * Why, in the page's language; the node's own sentence where the page does not know the word.
 * @param {Offer} offer
 */
function reason({ address, code, limit, reason }) {
  if (limit !== null) return t("beyondLimit", address, limit);
  return t("offer", code) ?? foreign(reason, 600);
}

/**
 * What was given up when the chain was replaced, and what waits again.
 * @param {Replacement} replacement
 */
export function replacementNotice({ from, length, given_up, returned, not_returned }) {
  return el(
    "div",
    { class: "notice" },
    el("strong", {}, from ? t("replacedBy", from, length) : t("replacedFile", length)),
    given_up.count > 0 && el("span", {}, `${t("givenUp")}: ${t("blocks", given_up.count)} (${indices(given_up)})`),
    given_up.count > 0 && el("span", { class: "quiet" }, keptText(given_up)),
    returned.count > 0
      ? el("span", {}, `${t("returned")}: ${t("payments", returned.count)}`)
      : el("span", { class: "quiet" }, t("nothingReturned")),
    not_returned > 0 && el("span", {}, t("notReturned", not_returned)),
    returned.count > 0 && paymentTable(returned.transactions.slice(0, PAYMENTS), returned.count),
  );
}

/** @param {GivenUpBlocks} given_up */
const keptText = ({ number }) => (number > 0 ? t("givenUpKept", number) : t("givenUpNotKept"));

/** @param {GivenUpBlocks} given_up */
function indices({ blocks, count }) {
  const shown = blocks.slice(0, INDICES).map((block) => number(block.index));
  return `${shown.join(", ")}${count > INDICES ? "…" : ""}`;
}
