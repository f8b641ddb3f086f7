// The block that is mined next, as a box that fills with the payments that wait.

import { el, fill } from "../../dom.js";
import { short, strip } from "../../hash.js";
import { number, t } from "../../i18n.js";
import { KEPT } from "./waiting.js";

/** @import { Child, Head } from "../../../types/page.d.ts" */
/** @import { Waiting } from "./waiting.js" */

/** The least width of a token, the height of one, and the gap between two, in rem; as in mining.css. */
const TOKEN = { width: 9.5, height: 1.6, gap: 0.3 };

/** What is shown of the next block. @template Paid @typedef {{ index: number, before: Head | null, miner: string, waiting: Waiting<Paid> }} Next */
/** How payments and the reward are shown. @template Paid @typedef {{ payment: (payment: Paid) => HTMLElement, reward: (miner: string) => Child[] }} Tokens */

/** @template Paid payments of some rules */
export class NextBlock {
  /**
   * @param {Tokens<Paid>} tokens
   * @param {() => void} resized told when another number of payments fits
   */
  constructor(tokens, resized) {
    this.shape = tokens;
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
    /** The payments that it shows. @type {Paid[]} */
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
   * @param {Next<Paid>} next
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
    fill(this.reward, ...this.shape.reward(miner));
  }

  /** @param {Head | null} before the newest block of the chain */
  link(before) {
    if (this.before.dataset.hash === before?.hash) return;
    this.before.dataset.hash = before?.hash;
    this.before.replaceChildren(
      el("span", { class: "quiet", "aria-hidden": "true" }, "↓"),
      el("span", { class: "unseen" }, t("previousHash")),
      ...(before ? [strip(before.hash), short(before.hash)] : []),
    );
  }

  /** @param {Waiting<Paid>} waiting */
  fill({ first, total }) {
    // The last place says how many more there are.
    const shown = first.slice(0, total > this.room ? this.room - 1 : this.room);
    const isSame = this.shown.length <= shown.length && this.shown.every((payment, at) => payment === shown[at]);
    if (!isSame || this.shown.length === 0) this.tokens.replaceChildren();
    const begin = isSame ? this.shown.length : 0;
    this.more.remove();
    this.tokens.append(...shown.slice(begin).map((payment) => el("li", {}, this.shape.payment(payment))));
    this.shown = shown;
    this.element.dataset.payments = String(total);
    this.count.textContent = total > 0 ? t("payments", total) : "";
    this.more.textContent = t("morePayments", total - shown.length);
    if (total === 0) this.tokens.replaceChildren(el("li", { class: "quiet none" }, t("waitingNone")));
    else if (total > shown.length) this.tokens.append(this.more);
  }

  /**
   * The block has been mined: the box closes, and has the colours of its hash.
   * @param {Head} header
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
