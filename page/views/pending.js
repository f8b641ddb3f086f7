// Waiting payments, and a form to send one.

import { el, replaceSteadily } from "../dom.js";
import { t } from "../i18n.js";
import { paymentTable } from "./payments.js";
import { paymentForm } from "./pending/form.js";

/** @import { Context } from "../../types/page.d.ts" */
/** @import { NodeEvent, Pending } from "../../types/v1.d.ts" */

/** Waiting payments that are shown. */
const SHOWN = 50;

/** @param {Context} context */
export function pendingView(context) {
  /** What was read last, for another language. @type {{ pending: Pending | null }} */
  const kept = context.keep("pending", () => ({ pending: null }));
  const list = el("div", { id: "pending" });
  const count = el("span", { class: "quiet" });
  const form = paymentForm(context);
  const element = el(
    "section",
    { "aria-labelledby": "pending-title" },
    el("div", { class: "head" }, el("h2", { id: "pending-title" }, t("pending"), " ", count)),
    el("p", { class: "quiet" }, t("pendingHelp")),
    form.element,
    list,
  );

  /** @param {Pending} pending */
  function draw(pending) {
    count.textContent = t("payments", pending.total);
    replaceSteadily(
      list,
      pending.total === 0
        ? el("p", { class: "quiet" }, t("pendingNone"))
        : paymentTable(pending.transactions, pending.total),
    );
  }

  if (kept.pending) draw(kept.pending);
  return {
    element,
    async refresh() {
      const pending = await context.api.pending(SHOWN);
      kept.pending = pending;
      draw(pending);
      form.sent.compare(pending);
    },
    /** @param {NodeEvent[]} events */
    hear: (events) => form.sent.hear(events),
  };
}
