// Who received and sent how much.

import { el, foreign } from "../dom.js";
import { t } from "../i18n.js";
import { paymentTable } from "./chain.js";

/** Accounts that are shown. */
const SHOWN = 100;

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

  async function open(name) {
    try {
      const { account, transactions } = await api.account(name);
      one.replaceChildren(
        el(
          "div",
          { class: "notice" },
          el(
            "div",
            { class: "row" },
            el("strong", {}, foreign(account.name)),
            el("button", { type: "button", onclick: () => one.replaceChildren() }, t("close")),
          ),
          paymentTable(
            transactions.map((booked) => booked.transaction),
            account.payments,
          ),
        ),
      );
    } catch (error) {
      problem(error);
    }
  }

  return {
    element,
    async refresh() {
      const { accounts, total } = await api.accounts(SHOWN);
      if (total === 0) return list.replaceChildren(el("p", { class: "quiet" }, t("accountsNone")));
      list.replaceChildren(
        el(
          "div",
          { class: "scroll", tabindex: "0", role: "group", "aria-label": t("accounts") },
          el(
            "table",
            {},
            el(
              "thead",
              {},
              el(
                "tr",
                {},
                el("th", { scope: "col" }, t("accounts")),
                el("th", { scope: "col", class: "amount" }, t("balance")),
              ),
            ),
            el(
              "tbody",
              {},
              ...accounts.map((account) =>
                el(
                  "tr",
                  {},
                  el(
                    "td",
                    {},
                    el(
                      "button",
                      { type: "button", class: "plain", onclick: () => open(account.name) },
                      foreign(account.name, 60),
                    ),
                  ),
                  el("td", { class: "amount" }, foreign(account.balance, 40)),
                ),
              ),
            ),
          ),
          total > accounts.length && el("p", { class: "quiet" }, t("moreRows", total - accounts.length)),
        ),
      );
    },
  };
}
