// What came of asking for the longest chain.

import { el, foreign } from "../../dom.js";
import { ms, number, t } from "../../i18n.js";
import { aboutNode } from "./words.js";

/** @import { Head } from "../../../types/page.d.ts" */
/** @import { GivenUpBlocks, Offer, ReplacementOf, RoundOf, Status } from "../../../types/v1.d.ts" */

/** Indices of blocks that were given up that are shown. */
const INDICES = 12;
/** Payments that wait again that are shown. */
const PAYMENTS = 20;

/**
 * Whether the chain was replaced, and what each peer offered.
 * @param {RoundOf<ReplacementOf<Head, unknown>>} round
 * @param {(address: string) => string | null} nameAt the name of the node at an address
 */
export function roundReport(round, nameAt) {
  return [
    el("p", {}, ...(round.replaced ? replacedText(round.replacement, nameAt) : [t("kept")])),
    el("ul", { class: "offers" }, ...round.offers.map((offer) => offerItem(offer, nameAt))),
  ];
}

/**
 * @param {Offer} offer
 * @param {(address: string) => string | null} nameAt
 */
function offerItem(offer, nameAt) {
  return el(
    "li",
    { "data-code": offer.code },
    el("strong", { title: offer.address }, foreign(nameAt(offer.address) ?? offer.address, 40)),
    offer.length !== null && ` · ${t("blocks", offer.length)}`,
    ` · ${t("outcome", offer.outcome)} · ${ms(offer.took_ms)}: `,
    el("span", {}, ...reason(offer, nameAt)),
  );
}

/**
 * Why, in the page's language; the node's own sentence where the page does not know the word.
 * @param {Offer} offer
 * @param {(address: string) => string | null} nameAt
 */
function reason({ address, code, limit, reason }, nameAt) {
  if (limit !== null) return aboutNode((node) => t("beyondLimit", node, limit), address, nameAt);
  return [t("offer", code) ?? foreign(reason, 600)];
}

/**
 * That the chain was replaced, and by whose.
 * @param {Pick<ReplacementOf<Head, unknown>, "from" | "length">} replacement
 * @param {(address: string) => string | null} nameAt the name of the node at an address
 */
export function replacedText({ from, length }, nameAt) {
  return from === null ? [t("replacedFile", length)] : aboutNode((node) => t("replacedBy", node, length), from, nameAt);
}

/**
 * What was given up when the chain was replaced, and what waits again.
 * @template Paid
 * @param {ReplacementOf<Head, Paid>} replacement
 * @param {{ table: (payments: Paid[], total: number) => HTMLElement, deep: boolean }} shown how payments are shown, and whether to warn
 * @param {Status | null} status
 * @param {(address: string) => string | null} nameAt the name of the node at an address
 * @param {() => void} close
 */
export function replacementNotice(replacement, { table, deep }, status, nameAt, close) {
  const { given_up, returned, not_returned } = replacement;
  return el(
    "div",
    { class: deep ? "notice deep" : "notice" },
    el(
      "div",
      { class: "head" },
      el("strong", {}, ...replacedText(replacement, nameAt)),
      el("button", { type: "button", onclick: close }, t("close")),
    ),
    deep && el("strong", { class: "bad" }, t("deep", given_up.count)),
    given_up.count > 0 && el("span", {}, `${t("givenUp")}: ${t("blocks", given_up.count)} (${indices(given_up)})`),
    // A node without a folder keeps none.
    given_up.count > 0 && status?.data === "folder" && el("span", { class: "quiet" }, keptText(given_up)),
    returned.count > 0
      ? el("span", {}, `${t("returned")}: ${t("payments", returned.count)}`)
      : el("span", { class: "quiet" }, t("nothingReturned")),
    not_returned > 0 && el("span", {}, t("notReturned", not_returned)),
    returned.count > 0 && table(returned.transactions.slice(0, PAYMENTS), returned.count),
  );
}

/** @param {GivenUpBlocks<Head>} given_up */
const keptText = ({ number }) => (number > 0 ? t("givenUpKept", number, location.port || "80") : t("givenUpNotKept"));

/** @param {GivenUpBlocks<Head>} given_up */
function indices({ blocks, count }) {
  const shown = blocks.slice(0, INDICES).map((block) => number(block.index));
  return `${shown.join(", ")}${count > INDICES ? "…" : ""}`;
}
