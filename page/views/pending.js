// Waiting payments, and a form to send one.

import { el } from "../dom.js";
import { t } from "../i18n.js";
import { paymentTable } from "./payments.js";
import { paymentForm } from "./pending/form.js";

/** @import { Context } from "../../types/page.d.ts" */

/** Waiting payments that are shown. */
const SHOWN = 50;

/** @param {Context} context */
export function pendingView(context) {
  const list = el("div", { id: "pending" });
  const count = el("span", { class: "quiet" });
  const element = el(
    "section",
    { "aria-labelledby": "pending-title" },
    el("div", { class: "head" }, el("h2", { id: "pending-title" }, t("pending"), " ", count)),
    el("p", { class: "quiet" }, t("pendingHelp")),
    paymentForm(context),
    list,
  );
  return {
    element,
    async refresh() {
      const answer = await context.api.pending(SHOWN);
      count.textContent = t("payments", answer.total);
      list.replaceChildren(
        answer.total === 0
          ? el("p", { class: "quiet" }, t("pendingNone"))
          : paymentTable(answer.transactions, answer.total),
      );
    },
  };
}
