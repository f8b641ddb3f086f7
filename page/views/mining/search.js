// The search for a proof: the numbers that are tried, and the hashes that they give.

import { el } from "../../dom.js";
import { number, t } from "../../i18n.js";
import { ZEROS, attempt, canReplay } from "../../ledger/replay.js";

/** @import { Header } from "../../../types/v1.d.ts" */
/** @import { Trial } from "../../ledger/replay.js" */

/** Digits of a hash that are shown. */
const SHOWN = 16;

export class SearchPanel {
  constructor() {
    this.title = el("h3", {});
    this.tries = el("p", { class: "tries" });
    this.sum = el("p", { class: "sum mono" });
    this.lead = Array.from({ length: ZEROS }, () => el("span", { class: "digit" }));
    this.rest = el("span", { class: "rest" });
    this.bar = el("div", { class: "bar-done" });
    this.note = el("p", { class: "quiet", id: "search-note" });
    this.element = el(
      "article",
      { class: "search", id: "search", "data-state": "idle" },
      this.title,
      el("p", { class: "quiet" }, t("searchHelp")),
      this.sum,
      el("p", { class: "digits mono", id: "digits" }, ...this.lead, this.rest),
      el("div", { class: "bar-track", "aria-hidden": "true" }, this.bar),
      this.tries,
      this.note,
    );
    /** The block whose search is shown; 0 for none. */
    this.index = 0;
    this.clear();
  }

  /** Shows that nothing has been searched for yet. */
  clear() {
    this.index = 0;
    this.element.dataset.state = "idle";
    this.title.textContent = t("searchNone");
    for (const digit of this.lead) {
      digit.textContent = "0";
      digit.dataset.lit = "false";
    }
    this.rest.textContent = "…";
    this.sum.textContent = "n² − p²";
    this.tries.textContent = "";
    this.note.textContent = "";
    this.progress(0);
  }

  /**
   * Begins the show of a search.
   * @param {Header} header
   */
  begin(header) {
    this.index = header.index;
    this.element.dataset.state = "running";
    this.title.textContent = t("searchFor", number(header.index));
  }

  /**
   * Shows one try.
   * @param {Trial} trial
   * @param {number} previous the proof before
   * @param {number} proof the number that will be found
   */
  trial({ number: tried, difference, hash, zeros }, previous, proof) {
    this.sum.textContent = `${tried}² − ${previous}² = ${difference}`;
    this.lead.forEach((digit, at) => {
      digit.textContent = hash[at];
      digit.dataset.lit = String(at < zeros);
    });
    this.rest.textContent = `${hash.slice(ZEROS, SHOWN)}…`;
    this.tries.textContent = t("tryNumber", number(tried));
    this.progress(tried / proof);
  }

  /**
   * Shows what was found.
   * @param {Header | null} header null while it is not known
   * @param {Header | null} before the block before it
   * @param {string} [note] how long the node has searched
   */
  found(header, before, note = "") {
    if (!header || !before || before.hash !== header.previous_hash || !canReplay(before.proof, header.proof)) {
      // The first block was not searched for, and of others the one before has to be known.
      this.clear();
      return;
    }
    this.begin(header);
    this.trial(attempt(before.proof, header.proof), before.proof, header.proof);
    this.element.dataset.state = "found";
    this.title.textContent = t("searchFound", number(header.index));
    this.tries.textContent = t("triesAll", header.proof);
    this.note.textContent = note;
  }

  /** @param {number} share */
  progress(share) {
    this.bar.style.transform = `scaleX(${share})`;
  }
}
