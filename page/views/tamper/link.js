// The link between two blocks of the copy: whole, or broken with both hashes.

import { el } from "../../dom.js";
import { short, strip } from "../../hash.js";
import { t } from "../../i18n.js";

/** @import { Link } from "../../../types/ledger.d.ts" */

export class LinkLine {
  constructor() {
    this.text = el("div", { class: "said" });
    const joint = el("span", { class: "joint", "aria-hidden": "true" }, el("i"), el("i"));
    this.element = el("div", { class: "link" }, joint, this.text);
  }

  /**
   * @param {Link | null} link null when the block is the first of its chain
   * @param {number} index the index of the block after the link
   */
  show(link, index) {
    this.element.hidden = link === null;
    if (link === null) return;
    this.element.dataset.broken = String(!link.whole);
    if (link.whole) {
      this.text.replaceChildren(el("span", { class: "quiet" }, t("linkWhole", index, index - 1)));
      return;
    }
    this.text.replaceChildren(
      el("strong", {}, `✕ ${t("linkBroken")}`),
      hashLine(t("linkNames", index), link.named),
      link.hash === null
        ? el("span", { class: "side" }, t("linkUnreadable", index - 1))
        : hashLine(t("linkIs", index - 1), link.hash),
    );
  }
}

/**
 * A hash with its colours and what it is.
 * @param {string} label
 * @param {string} hash
 */
function hashLine(label, hash) {
  return el("span", { class: "side" }, el("span", {}, label), strip(hash), short(hash));
}
