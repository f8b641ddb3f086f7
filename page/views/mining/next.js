// The block that is mined next, as a box that fills with the payments that wait.

import { el, foreign } from "../../dom.js";
import { short, strip } from "../../hash.js";
import { number, t } from "../../i18n.js";
import { KEPT } from "./waiting.js";

/** @import { Header, Transaction } from "../../../types/v1.d.ts" */
/** @import { Waiting } from "./waiting.js" */

/** The least width of a token, the height of one, and the gap between two, in rem; as in mining.css. */
const TOKEN = { width: 9.5, height: 1.6, gap: 0.3 };
/** Characters of a name and of an amount that a token shows at most; its title holds more. */
const LONGEST = { name: 40, amount: 40, title: 300 };

/** @typedef {{ index: number, before: Header | null, miner: string, waiting: Waiting }} Next */

export class NextBlock {
  /** @param {() => void} resized told when another number of payments fits */
  constructor(resized) {
    this.title = el("h3", {});
    this.before = el("div", { class: "before" });
    this.tokens = el("ul", { class: "tokens" });
    this.count = el("span", { class: "quiet" });
    this.more = el("li", { class: "more quiet" });
    this.reward = el("div", { class: "token reward" });
    this.lid = el("div", { class: "lid", "aria-hidden": "true" });
    this.element = el(
      "article",
      { class: "next", id: "next", "data-state": "open" },
      el("div", { class: "row between" }, this.title, this.count),
      this.before,
      this.tokens,
      this.reward,
      this.lid,
    );
    /** How many payments fit. */
    this.room = 6;
    new ResizeObserver(() => this.measure() && resized()).observe(this.tokens);
    /** The block that the box stands for. */
    this.index = 0;
    /** The payments that it shows. @type {Transaction[]} */
    this.shown = [];
  }

  /** Counts how many payments fit; whether that is another number than before. */
  measure() {
    const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
    const { clientWidth, clientHeight } = this.tokens;
    const columns = Math.max(1, Math.floor((clientWidth / rem + TOKEN.gap) / (TOKEN.width + TOKEN.gap)));
    const rows = Math.max(1, Math.floor((clientHeight / rem + TOKEN.gap) / (TOKEN.height + TOKEN.gap)));
    const room = Math.min(KEPT, columns * rows);
    const isOther = room !== this.room;
    this.room = room;
    return isOther;
  }

  /**
   * Shows what waits for the next block. Only what has changed is drawn.
   * @param {Next} next
   */
  show({ index, before, miner, waiting }) {
    if (this.index !== index || this.element.dataset.state !== "open") {
      this.index = index;
      this.shown = [];
      this.element.dataset.state = "open";
      this.element.dataset.next = String(index);
      this.title.textContent = t("nextBlock", number(index));
      this.tokens.replaceChildren();
      this.lid.replaceChildren();
    }
    this.link(before);
    this.fill(waiting);
    this.reward.replaceChildren(
      el("span", { class: "pair" }, foreign(miner, LONGEST.name)),
      el("span", { class: "worth" }, "+1"),
      el("span", { class: "quiet" }, t("reward")),
    );
  }

  /** @param {Header | null} before the newest block of the chain */
  link(before) {
    if (this.before.dataset.hash === before?.hash) return;
    this.before.dataset.hash = before?.hash;
    this.before.replaceChildren(
      el("span", { class: "quiet", "aria-hidden": "true" }, "↓"),
      el("span", { class: "unseen" }, t("previousHash")),
      ...(before ? [strip(before.hash), short(before.hash)] : []),
    );
  }

  /** @param {Waiting} waiting */
  fill({ first, total }) {
    // The last place says how many more there are.
    const shown = first.slice(0, total > this.room ? this.room - 1 : this.room);
    const isSame = this.shown.length <= shown.length && this.shown.every((payment, at) => payment === shown[at]);
    if (!isSame || this.shown.length === 0) this.tokens.replaceChildren();
    const begin = isSame ? this.shown.length : 0;
    this.more.remove();
    this.tokens.append(...shown.slice(begin).map((payment) => el("li", {}, token(payment))));
    this.shown = shown;
    this.element.dataset.payments = String(total);
    this.count.textContent = total > 0 ? t("payments", total) : "";
    this.more.textContent = t("morePayments", total - shown.length);
    if (total === 0) this.tokens.replaceChildren(el("li", { class: "quiet none" }, t("waitingNone")));
    else if (total > shown.length) this.tokens.append(this.more);
  }

  /**
   * The block has been mined: the box closes, and has the colours of its hash.
   * @param {Header} header
   */
  close(header) {
    this.lid.replaceChildren(
      strip(header.hash),
      el("strong", {}, t("block", number(header.index))),
      short(header.hash),
    );
    this.element.dataset.state = "closed";
  }
}

/**
 * A payment that waits.
 * @param {Transaction} payment
 */
function token({ sender, receiver, amount }) {
  const [from, to] = [sender, receiver].map((name) => foreign(name, LONGEST.name));
  const title = [foreign(sender, LONGEST.title), " → ", foreign(receiver, LONGEST.title), ": ", foreign(amount, 60)];
  return el(
    "div",
    { class: "token", title: title.map((part) => (typeof part === "string" ? part : part.textContent)).join("") },
    el("span", { class: "pair" }, from, " → ", to),
    el("span", { class: "worth" }, foreign(amount, LONGEST.amount)),
  );
}
