// The sheet with the cards, newest first. Only the cards that are seen are in the page.

import { el } from "../../dom.js";
import { t } from "../../i18n.js";
import { blockCard } from "./card.js";
import { moveByKey } from "./keyboard.js";

/** @import { Face, Head } from "../../../types/page.d.ts" */
/** @import { Headers } from "./headers.js" */

/** Cards beyond the edge that are drawn as well. */
const MARGIN = 4;
/** Browsers cannot make a sheet of any height: this many blocks are on it at a time. */
const SHEET = 100_000;

/** How high a card is with the gap below it, in pixels. */
function cardHeight() {
  const root = getComputedStyle(document.documentElement);
  return parseFloat(root.fontSize) * parseFloat(root.getPropertyValue("--card"));
}

/**
 * The index of the block whose card this is; 0 for anything else.
 * @param {EventTarget | null} target
 */
const indexOf = (target) => (target instanceof HTMLElement ? Number(target.dataset.index ?? 0) : 0);

/** @typedef {{ box: HTMLElement, button: HTMLButtonElement, key: string }} Card */

/**
 * The cards of some rules' blocks.
 * @template {Head} H
 */
export class Sheet {
  /**
   * @param {Headers<H>} headers
   * @param {Pick<Face<H, never>, "about" | "key">} face how blocks are shown
   * @param {(index: number) => void} open
   * @param {() => void} moved told when other blocks are seen than before
   */
  constructor(headers, face, open, moved) {
    this.headers = headers;
    this.face = face;
    this.open = open;
    this.moved = moved;
    /** @type {Map<number, Card>} */
    this.cards = new Map();
    /** How many blocks the chain has. */
    this.length = 0;
    /** The block at the top of the sheet. */
    this.newest = 0;
    /** The block that was opened or moved to last; 0 for none. */
    this.active = 0;
    /** The block whose card the tab key reaches: the active one while its card is drawn, otherwise the first that is drawn. */
    this.reached = 0;
    /** The block whose detail is shown; 0 for none. */
    this.current = 0;
    /** The block whose card is not to be seen yet, as its search is still shown; 0 for none. */
    this.held = 0;
    this.list = el("div", { class: "sheet", role: "list", "aria-label": t("chain") });
    this.element = el(
      "div",
      {
        class: "chain",
        id: "chain",
        onscroll: () => this.drawSoon(),
        onkeydown: (event) => moveByKey(event, indexOf(event.target) || this.reached, (index) => this.focus(index)),
        // Whatever scrolls then: the tab key leads back to the card that was reached last.
        onfocusin: (event) => (this.active = indexOf(event.target) || this.active),
      },
      this.list,
    );
    new ResizeObserver(() => this.draw()).observe(this.element);
  }

  /** How many blocks are on the sheet: from `newest` down to the first, or as far as a sheet goes. */
  get rows() {
    return Math.min(this.newest, SHEET);
  }

  /** Whether the newest block is seen. */
  get isAtTop() {
    return this.newest === this.length && this.element.scrollTop <= cardHeight();
  }

  drawSoon() {
    requestAnimationFrame(() => this.draw());
  }

  /**
   * Draws the cards that are seen.
   * @param {number} [fresh] the block that was mined just now
   */
  draw(fresh = 0) {
    const step = cardHeight();
    this.list.setAttribute("data-rows", String(this.rows));
    this.list.style.height = `${this.rows * step}px`;
    const { scrollTop, clientHeight } = this.element;
    const top = Math.max(0, Math.floor(scrollTop / step) - MARGIN);
    const bottom = Math.min(this.rows, Math.ceil((scrollTop + clientHeight) / step) + MARGIN);
    const place = this.newest - this.active;
    this.reached = place >= top && place < bottom ? this.active : this.newest - top;
    for (let row = top; row < bottom; row += 1) {
      const index = this.newest - row;
      const { button } = this.card(index, row, fresh);
      button.style.top = `${row * step}px`;
      button.tabIndex = index === this.reached ? 0 : -1;
      button.setAttribute("aria-current", String(index === this.current));
    }
    for (const index of [...this.cards.keys()]) {
      const row = this.newest - index;
      if (row < top || row >= bottom) this.remove(index);
    }
    this.moved();
  }

  /**
   * The card of a block, made anew when its header has arrived or is another one.
   * @param {number} index
   * @param {number} row its place on the sheet, from 0 at the top
   * @param {number} fresh the block that was mined just now; 0 for none
   * @returns {Card}
   */
  card(index, row, fresh) {
    const header = this.headers.get(index);
    const key = header ? this.face.key(header) : "";
    const old = this.cards.get(index);
    if (old && (!header || old.key === key)) return old;
    const focused = old?.button === document.activeElement;
    old?.box.remove();
    const button = blockCard(index, header, header ? this.face.about(header) : [], this.open);
    const box = el("div", { role: "listitem", "aria-posinset": row + 1, "aria-setsize": this.newest }, button);
    const made = { box, button, key };
    if (index === this.held) button.classList.add("held");
    else if (index === fresh) button.classList.add("new");
    this.cards.set(index, made);
    this.list.append(box);
    if (focused) button.focus({ preventScroll: true });
    return made;
  }

  /**
   * The search for a block has been shown: its card joins the others.
   * @param {number} index
   */
  release(index) {
    if (this.held === index) this.held = 0;
    this.cards.get(index)?.button.classList.replace("held", "new");
  }

  /** @param {number} index */
  remove(index) {
    this.cards.get(index)?.box.remove();
    this.cards.delete(index);
  }

  /** Removes all cards, so that every one is made anew. */
  clear() {
    for (const index of [...this.cards.keys()]) this.remove(index);
  }

  /**
   * Scrolls to a block unless its card is seen.
   * @param {number} index
   */
  reveal(index) {
    if (index > this.newest || index <= this.newest - this.rows) {
      this.newest = Math.min(this.length, index + SHEET / 2);
    }
    const step = cardHeight();
    const place = (this.newest - index) * step;
    const { scrollTop, clientHeight } = this.element;
    if (place < scrollTop || place + step > scrollTop + clientHeight) {
      this.element.scrollTop = Math.max(0, place - clientHeight / 3);
    }
    this.draw();
  }

  /** Leads back to the newest block. */
  toTop() {
    this.newest = this.length;
    this.element.scrollTop = 0;
    this.focus(this.length);
  }

  /** @param {number} index */
  focus(index) {
    this.active = Math.min(Math.max(index, 1), this.newest);
    this.reveal(this.active);
    this.cards.get(this.active)?.button.focus({ preventScroll: true });
  }

  /**
   * The chain has so many blocks now.
   * @param {number} blocks
   * @param {number} fresh the block that was mined just now; 0 for none
   */
  grow(blocks, fresh) {
    const atEnd = this.newest === this.length;
    const looked = this.element.scrollTop;
    const wasAtTop = this.isAtTop;
    const added = blocks - this.length;
    this.length = blocks;
    if (atEnd) this.newest = blocks;
    // Who looks at older blocks goes on looking at them. The sheet has to be higher first.
    if (atEnd && added > 0 && !wasAtTop) {
      this.list.style.height = `${this.rows * cardHeight()}px`;
      this.element.scrollTop = looked + added * cardHeight();
    }
    this.draw(fresh);
  }
}
