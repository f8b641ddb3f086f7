// A block of the copy: a field for everything in it, and what the rules say of it.

import { el } from "../../dom.js";
import { short, strip } from "../../hash.js";
import { t } from "../../i18n.js";
import { JsonNumber } from "../../ledger/json.js";

/** @import { Block, Fault, Json } from "../../../types/ledger.d.ts" */

/** @typedef {(field: string, typed: string, transaction?: number) => void} Edited */
/** @typedef {{ node: HTMLInputElement, field: string, transaction: number | undefined }} Input */

/** How many payments of a block can be changed; a block may hold thousands. */
const PAYMENTS = 8;

export class CopyCard {
  /**
   * @param {Block} block
   * @param {number} place
   * @param {{ edited: Edited, findProof: () => void }} actions
   */
  constructor(block, place, { edited, findProof }) {
    this.edited = edited;
    /** @type {Input[]} */
    this.inputs = [];
    this.hash = el("span", {});
    this.verdict = el("p", {});
    this.title = el("h3", {});
    this.prove = el("button", { type: "button", onclick: findProof }, t("findProof"));
    const payments = block.get("transactions").slice(0, PAYMENTS);
    this.element = el(
      "article",
      { class: "copy", "data-place": place },
      this.title,
      ...["index", "previous_hash", "proof", "timestamp"].map((field) => this.input(field)),
      ...payments.map((_, at) => this.payment(at)),
      this.hash,
      this.verdict,
      this.prove,
    );
  }

  /** @param {number} at which transaction */
  payment(at) {
    return el(
      "fieldset",
      {},
      el("legend", { class: "quiet" }, `${t("payment")} ${at + 1}`),
      ...["amount", "sender", "receiver"].map((field) => this.input(field, at)),
    );
  }

  /**
   * @param {string} field
   * @param {number} [transaction] the transaction that has the field; the block has it when there is none
   */
  input(field, transaction) {
    const node = el("input", {
      spellcheck: "false",
      autocomplete: "off",
      "data-field": field,
      oninput: () => this.edited(field, node.value, transaction),
    });
    this.inputs.push({ node, field, transaction });
    return el("label", {}, field, node);
  }

  /**
   * Shows the block as it is now.
   * @param {Block} block
   * @param {string} hash
   * @param {boolean} changed
   * @param {Fault[]} faults
   */
  show(block, hash, changed, faults) {
    const wrong = faults.length > 0;
    this.element.classList.toggle("wrong", wrong);
    this.element.dataset.faults = faults.map((fault) => fault.code).join(" ");
    const tag = changed ? el("span", { class: "tag" }, t("changed")) : "";
    this.title.replaceChildren(t("block", fieldText(block, "index")), " ", tag);
    this.hash.replaceChildren(strip(hash), short(hash));
    this.hash.dataset.hash = hash;
    this.verdict.className = wrong ? "bad" : "good";
    this.verdict.textContent = wrong ? faults.map((fault) => t("fault", fault.code, fault.data)).join(" ") : t("valid");
    this.prove.hidden = !faults.some((fault) => fault.code === "proof");
    for (const { node, field, transaction } of this.inputs) {
      const value = fieldText(transaction === undefined ? block : block.get("transactions")[transaction], field);
      // What is being typed stays as it was typed.
      if (node !== document.activeElement && node.value !== value) node.value = value;
    }
  }
}

/**
 * A field as it is typed.
 * @param {Map<string, Json>} map
 * @param {string} field
 */
function fieldText(map, field) {
  const value = map.get(field);
  return value instanceof JsonNumber ? value.text : String(value);
}
