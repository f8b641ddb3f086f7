// The payments that wait, how they are sent, and which ones wait no more without being in a block.

import { el, replaceSteadily } from "../../dom.js";
import { short } from "../../hash.js";
import { t } from "../../i18n.js";
import { notice } from "../../notice.js";
import { transactionList } from "./transactions.js";

/** @import { SoundContext } from "../../../types/page.d.ts" */
/** @import { EventData, Pending } from "../../../types/sound.d.ts" */

/** Waiting payments that are shown. */
const SHOWN = 50;
/** Ids of payments that have left that are shown. */
const IDS = 5;

/** @param {SoundContext} context */
export function soundPendingView({ api, keep }) {
  /** What was read last, for another language. @type {{ pending: Pending | null }} */
  const kept = keep("pending", () => ({ pending: null }));
  const list = el("div", { id: "pending" });
  const count = el("span", { class: "quiet" });
  const left = notice(el("div", { id: "left" }));
  const element = el(
    "section",
    { "aria-labelledby": "pending-title" },
    el("div", { class: "head" }, el("h2", { id: "pending-title" }, t("pending"), " ", count)),
    el("p", { class: "quiet" }, t("pendingHelp")),
    el("p", { class: "quiet", id: "signed" }, ...t("signedElsewhere").map(codeAt)),
    left.element,
    list,
  );

  /** @param {Pending} pending */
  function draw({ transactions, total }) {
    count.textContent = t("payments", total);
    const none = el("p", { class: "quiet" }, t("pendingNone"));
    replaceSteadily(list, total === 0 ? none : transactionList(transactions, total));
  }

  if (kept.pending) draw(kept.pending);
  return {
    element,
    async refresh() {
      kept.pending = await api.pending(SHOWN);
      draw(kept.pending);
    },
    /**
     * Payments wait no more, although no block of the chain holds them.
     * @param {EventData["left"]} event
     */
    left(event) {
      left.say((place) =>
        el(
          "div",
          { class: "notice" },
          el(
            "div",
            { class: "head" },
            el("strong", {}, t("left", event.why, event.ids.length)),
            el("button", { type: "button", onclick: place.clear }, t("close")),
          ),
          el("span", {}, ...leftIds(event)),
        ),
      );
    },
  };
}

/**
 * The ids of payments that wait no more.
 * @param {EventData["left"]} event
 */
export const leftIds = ({ ids }) => [
  ...ids.slice(0, IDS).flatMap((id, at) => (at === 0 ? [short(id)] : [", ", short(id)])),
  ...(ids.length > IDS ? [` ${t("morePayments", ids.length - IDS)}`] : []),
];

/**
 * Every second part of a text is code.
 * @param {string} part
 * @param {number} at
 */
const codeAt = (part, at) => (at % 2 === 1 ? el("code", {}, part) : part);
