// Who received and sent how much.

import { Problem } from "../api.js";
import { cut, el, replaceSteadily } from "../dom.js";
import { t } from "../i18n.js";
import { notice } from "../notice.js";
import { party, paymentTable } from "./payments.js";

/** @import { Context } from "../../types/page.d.ts" */
/** @import { AccountPage, Accounts } from "../../types/v1.d.ts" */

/** Accounts that are shown. */
const SHOWN = 100;

/** @param {Context} context */
export function accountsView(context) {
  const { api, keep, nameOf, onState } = context;
  /** What was read last, and the account that is open, for another language. @type {{ page: Accounts | null, open: AccountPage | null }} */
  const kept = keep("accounts", () => ({ page: null, open: null }));
  const said = notice(el("p", { id: "account-status" }));
  const list = el("div", { id: "accounts" });
  const one = el("div", { "aria-live": "polite", id: "account" });
  const element = el(
    "section",
    { "aria-labelledby": "accounts-title" },
    el("div", { class: "head" }, el("h2", { id: "accounts-title" }, t("accounts"))),
    el("p", { class: "quiet" }, t("accountsHelp")),
    said.element,
    one,
    list,
  );
  /** The names of nodes among the accounts, as they are drawn. */
  let drawn = "";
  const names = () => JSON.stringify(kept.page?.accounts.map(({ name }) => nameOf(name)));

  /** @param {string} name */
  async function open(name) {
    try {
      kept.open = await api.account(name);
      said.clear();
      drawOpen();
    } catch (error) {
      said.fail(error);
    }
  }

  function close() {
    const name = kept.open?.account.name;
    kept.open = null;
    one.replaceChildren();
    const buttons = [...list.querySelectorAll("button")];
    buttons.find((button) => button.dataset.key === name)?.focus();
  }

  function draw() {
    if (!kept.page) return;
    drawn = names();
    const none = kept.page.total === 0;
    replaceSteadily(list, none ? el("p", { class: "quiet" }, t("accountsNone")) : accountTable(kept.page, open));
  }

  function drawOpen() {
    if (kept.open) replaceSteadily(one, accountNotice(kept.open, close));
  }

  /** Reads the account that is open anew; a chain that is another one may not name it. */
  async function refreshOpen() {
    const before = kept.open;
    if (!before) return;
    /** @type {AccountPage | null} */
    let latest = null;
    try {
      latest = await api.account(before.account.name);
    } catch (error) {
      if (!(error instanceof Problem) || error.kind !== "unknown-account") throw error;
    }
    // Another one may have been opened meanwhile.
    if (kept.open !== before || JSON.stringify(latest) === JSON.stringify(before)) return;
    kept.open = latest;
    if (latest) drawOpen();
    else one.replaceChildren();
  }

  draw();
  drawOpen();
  onState(() => {
    if (names() !== drawn) draw();
  });
  return {
    element,
    async refresh() {
      kept.page = await api.accounts(SHOWN);
      draw();
      await refreshOpen();
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
      { class: "head" },
      el("strong", {}, party(account.name)),
      el("button", { type: "button", "data-key": "close", onclick: close }, t("close")),
    ),
    paymentTable(payments, account.payments),
  );
}

/**
 * @param {Accounts} page
 * @param {(name: string) => void} open
 */
function accountTable({ accounts, total }, open) {
  const heads = [el("th", { scope: "col" }, t("account")), el("th", { scope: "col", class: "amount" }, t("balance"))];
  const rows = accounts.map(({ name, balance }) => {
    const shown = party(name);
    // The button has the focus already.
    shown.removeAttribute("tabindex");
    const button = el("button", { type: "button", class: "plain", "data-key": name, onclick: () => open(name) }, shown);
    return el("tr", {}, el("td", {}, button), el("td", { class: "amount" }, cut(balance)));
  });
  return el(
    "div",
    { class: "scroll", tabindex: "0", role: "group", "aria-label": t("accounts") },
    el("table", { class: "accounts" }, el("thead", {}, el("tr", {}, ...heads)), el("tbody", {}, ...rows)),
    total > accounts.length && el("p", { class: "quiet" }, t("moreRows", total - accounts.length)),
  );
}
