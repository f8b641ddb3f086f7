// The block that came last, how hard it was to find, and that a search is under way.

import { el } from "../../dom.js";
import { short, strip } from "../../hash.js";
import { large, ms, number, t } from "../../i18n.js";
import { trialsOf } from "../../ledger/sound/work.js";
import { facts } from "./transactions.js";

/** @import { EventData, Header } from "../../../types/sound.d.ts" */

export class FoundPanel {
  constructor() {
    this.title = el("h3", {});
    this.facts = el("div", {});
    this.chance = el("p", { class: "quiet", id: "chance" });
    this.element = el(
      "article",
      { class: "search", id: "found", "data-state": "idle" },
      this.title,
      el("p", { class: "quiet" }, t("searchHelp")),
      this.facts,
      this.chance,
    );
    /** The block that is shown; 0 for none. */
    this.index = 0;
  }

  /** Shows that no block was read yet. */
  clear() {
    this.index = 0;
    this.title.textContent = t("searchNone");
    this.facts.replaceChildren();
    this.chance.textContent = "";
  }

  /**
   * Shows a block. How it was found is known of those that were mined here while the page was open.
   * @param {Header} header
   * @param {EventData["block"] | null} event
   */
  show(header, event) {
    this.index = header.index;
    const { index, hash, proof, bits } = header;
    this.title.textContent = t("lastBlock", number(index));
    this.facts.replaceChildren(
      facts([
        [t("hash"), strip(hash), short(hash)],
        [t("nonce"), number(proof)],
        [t("bits"), el("code", {}, bits)],
        ...howFound(event),
      ]),
    );
    const trials = trialsOf(bits);
    this.chance.textContent = trials === null ? "" : t("chance", large(trials));
  }

  /**
   * Whether a search is under way that somebody has asked for on this page.
   * @param {boolean} is
   */
  searching(is) {
    this.element.dataset.state = is ? "running" : "idle";
  }
}

/**
 * @param {EventData["block"] | null} event
 * @returns {[word: string, value: string][]}
 */
function howFound(event) {
  if (event === null) return [];
  if (!event.mined_here) return [[t("foundBy"), t("foundElsewhere")]];
  const { tries, took_ms } = event;
  const took = took_ms === null ? "" : t("inTime", ms(took_ms));
  return [[t("foundBy"), t("foundHere") + (tries === null ? "" : t("afterTries", number(tries))) + took]];
}
