// Who has how much, and the account that is open.

import { el, replaceSteadily } from "../../dom.js";
import { coins, number, t } from "../../i18n.js";
import { notice } from "../../notice.js";
import { accountNotice } from "./account.js";
import { shortAddress } from "./address.js";

/** @import { SoundContext } from "../../../types/page.d.ts" */
/** @import { AccountPage, Accounts } from "../../../types/sound.d.ts" */

/** Accounts that are shown. */
const SHOWN = 100;

/** @param {SoundContext} context */
export function soundAccountsView({ api, keep }) {
  /** What was read last, and the account that is open, for another language. @type {{ page: Accounts | null, open: AccountPage | null }} */
  const kept = keep("accounts", () => ({ page: null, open: null }));
  const said = notice(el("p", { id: "account-status" }));
  const list = el("div", { id: "accounts" });
  const one = el("div", { "aria-live": "polite", id: "account" });
  const wanted = el("input", {
    id: "address",
    "aria-label": t("addressOf"),
    placeholder: t("addressHint"),
    autocomplete: "off",
    spellcheck: "false",
    "aria-describedby": said.element.id,
  });
  const element = el(
    "section",
    { "aria-labelledby": "accounts-title" },
    el("div", { class: "head" }, el("h2", { id: "accounts-title" }, t("accounts"))),
    el("p", { class: "quiet" }, t("accountsHelp")),
    el("form", { class: "row", role: "search", onsubmit: search }, wanted, el("button", {}, t("go"))),
    said.element,
    one,
    list,
  );

  /** @param {SubmitEvent} event */
  async function search(event) {
    event.preventDefault();
    const address = wanted.value.trim();
    if (address !== "") await open(address);
  }

  /** @param {string} address */
  async function open(address) {
    try {
      kept.open = await api.account(address);
      said.clear();
      drawOpen();
    } catch (error) {
      said.fail(error);
    }
  }

  async function more() {
    const before = kept.open;
    if (!before?.next) return;
    try {
      const further = await api.accountNext(before.next);
      // Another one may have been opened meanwhile, or the chain have grown.
      if (kept.open !== before) return;
      const transactions = [...before.transactions, ...further.transactions];
      kept.open = { ...before, transactions, next: further.next };
      drawOpen();
    } catch (error) {
      said.fail(error);
    }
  }

  function close() {
    const address = kept.open?.address;
    kept.open = null;
    one.replaceChildren();
    const buttons = [...list.querySelectorAll("button")];
    buttons.find((button) => button.dataset.key === address)?.focus();
  }

  function draw() {
    if (!kept.page) return;
    const none = el("p", { class: "quiet" }, t("accountsNone"));
    replaceSteadily(list, kept.page.total === 0 ? none : accountTable(kept.page, open));
  }

  function drawOpen() {
    if (kept.open) replaceSteadily(one, accountNotice(kept.open, { close, more }));
  }

  /** Reads the account that is open anew: what it has may be another amount, and its latest transactions others. */
  async function refreshOpen() {
    const before = kept.open;
    if (!before) return;
    const latest = await api.account(before.address);
    if (kept.open !== before || isSame(before, latest)) return;
    kept.open = latest;
    drawOpen();
  }

  draw();
  drawOpen();
  return {
    element,
    async refresh() {
      kept.page = await api.accounts(SHOWN);
      draw();
      await refreshOpen();
    },
    refreshOpen,
  };
}

/**
 * Whether an account is as it was; further pages may have been read of it.
 * @param {AccountPage} before
 * @param {AccountPage} latest
 */
function isSame(before, latest) {
  const told = (/** @type {AccountPage} */ { balance, immature, nonce, next_nonce, waiting, transactions }) => {
    const first = transactions.slice(0, latest.transactions.length).map(({ transaction }) => transaction.id);
    return JSON.stringify([`${balance} ${immature} ${nonce} ${next_nonce}`, waiting.map(({ id }) => id), first]);
  };
  return told(before) === told(latest);
}

/**
 * @param {Accounts} page
 * @param {(address: string) => void} open
 */
function accountTable({ accounts, total }, open) {
  const heads = [
    el("th", { scope: "col" }, t("account")),
    el("th", { scope: "col", class: "amount" }, t("balance")),
    el("th", { scope: "col", class: "count" }, t("sentCount")),
  ];
  const rows = accounts.map(({ address, balance, nonce }) => {
    const shown = shortAddress(address);
    const onclick = () => open(address);
    const button = el("button", { type: "button", class: "plain", "data-key": address, onclick }, shown);
    return el(
      "tr",
      {},
      el("td", {}, button),
      el("td", { class: "amount" }, coins(balance)),
      el("td", { class: "count" }, number(nonce)),
    );
  });
  return el(
    "div",
    { class: "scroll", tabindex: "0", role: "group", "aria-label": t("accounts") },
    el("table", { class: "accounts" }, el("thead", {}, el("tr", {}, ...heads)), el("tbody", {}, ...rows)),
    total > accounts.length && el("p", { class: "quiet" }, t("moreRows", total - accounts.length)),
  );
}
