// Who received and sent how much.

import { el, foreign } from "../dom.js";
import { t } from "../i18n.js";
import { paymentTable } from "./payments.js";

/** @import { Context } from "../../types/page.d.ts" */
/** @import { AccountPage, Accounts } from "../../types/v1.d.ts" */

/** Accounts that are shown. */
const SHOWN = 100;

/** @param {Context} context */
export function accountsView({ api, problem }) {
  const list = el("div", { id: "accounts" });
  const one = el("div", { "aria-live": "polite" });
  const element = el(
    "section",
    { class: "late", "aria-labelledby": "accounts-title" },
    el("div", { class: "head" }, el("h2", { id: "accounts-title" }, t("accounts"))),
    el("p", { class: "quiet" }, t("accountsHelp")),
    one,
    list,
  );

  /** @param {string} name */
  async function open(name) {
    try {
      const page = await api.account(name);
      one.replaceChildren(accountNotice(page, () => one.replaceChildren()));
    } catch (error) {
      problem(error);
    }
  }

  return {
    element,
    async refresh() {
      const page = await api.accounts(SHOWN);
      list.replaceChildren(
        page.total === 0 ? el("p", { class: "quiet" }, t("accountsNone")) : accountTable(page, open),
      );
    },
  };
}

/**
 * An account with its latest payments.
 * @param {AccountPage} page
 * @param {() => void} close
 */
function accountNotice({ account, transactions }, close) {
  const payments = transactions.map((booked) => booked.transaction);
  return el(
    "div",
    { class: "notice" },
    el(
      "div",
      { class: "row" },
      el("strong", {}, foreign(account.name)),
      el("button", { type: "button", onclick: close }, t("close")),
    ),
    paymentTable(payments, account.payments),
  );
}

/**
 * @param {Accounts} page
 * @param {(name: string) => void} open
 */
function accountTable({ accounts, total }, open) {
  const heads = [el("th", { scope: "col" }, t("accounts")), el("th", { scope: "col", class: "amount" }, t("balance"))];
  const rows = accounts.map(({ name, balance }) => {
    const button = el("button", { type: "button", class: "plain", onclick: () => open(name) }, foreign(name, 60));
    return el("tr", {}, el("td", {}, button), el("td", { class: "amount" }, foreign(balance, 40)));
  });
  return el(
    "div",
    { class: "scroll", tabindex: "0", role: "group", "aria-label": t("accounts") },
    el("table", {}, el("thead", {}, el("tr", {}, ...heads)), el("tbody", {}, ...rows)),
    total > accounts.length && el("p", { class: "quiet" }, t("moreRows", total - accounts.length)),
  );
}
