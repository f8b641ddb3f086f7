// A block of the copy: what became of it, and, when it is open, a field for everything in it.

import { el } from "../../dom.js";
import { short, strip } from "../../hash.js";
import { t } from "../../i18n.js";
import { JsonNumber } from "../../ledger/json.js";

/** @import { Block, BlockState, Fault, Json } from "../../../types/ledger.d.ts" */

/**
 * @typedef {object} Actions
 * @property {() => void} toggle opens or closes the block
 * @property {(field: string, typed: string, transaction?: number) => void} edited
 * @property {() => void} findProof
 * @property {() => void} undo
 */
/** @typedef {{ node: HTMLInputElement, field: string, transaction: number | undefined }} Input */
/**
 * @typedef {object} Shown
 * @property {Block} block
 * @property {string} hash
 * @property {string} original the hash that it had
 * @property {BlockState} state
 * @property {Fault[]} faults what is wrong apart from the link
 * @property {string} codes the codes of all faults
 * @property {boolean} rests whether it stands on a broken link
 * @property {boolean} open
 * @property {boolean} busy whether a proof is searched for
 */

/** How many payments of a block can be changed; a block may hold thousands. */
const PAYMENTS = 8;
const FIELDS = ["index", "proof", "timestamp", "previous_hash"];
const PAYMENT_FIELDS = ["amount", "sender", "receiver"];

export class CopyCard {
  /**
   * @param {number} place
   * @param {Actions} actions
   */
  constructor(place, actions) {
    this.place = place;
    this.actions = actions;
    /** @type {Input[]} */
    this.inputs = [];
    this.name = el("span", { class: "index" });
    this.tags = el("span", { class: "tags" });
    this.hash = el("span", { class: "now" });
    this.verdict = el("p", { class: "bad", hidden: true });
    this.body = el("div", { class: "body", id: `tamper-${place}`, hidden: true });
    this.undo = el("button", { type: "button", onclick: actions.undo, "data-undo": "" }, t("tamperUndo"));
    this.prove = el("button", { type: "button", onclick: actions.findProof, "data-prove": "" }, t("findProof"));
    this.fold = el(
      "button",
      {
        type: "button",
        class: "fold",
        id: `tamper-fold-${place}`,
        "aria-controls": this.body.id,
        onclick: actions.toggle,
      },
      this.name,
      this.tags,
      this.hash,
    );
    this.element = el(
      "article",
      { class: "copy", "data-place": place },
      el("h3", {}, this.fold),
      this.verdict,
      this.body,
      el("div", { class: "row" }, this.prove, this.undo),
    );
  }

  /** @param {Shown} shown */
  show({ block, hash, original, state, faults, codes, rests, open, busy }) {
    const { dataset } = this.element;
    dataset.state = state;
    dataset.rests = String(rests);
    dataset.faults = codes;
    this.element.classList.toggle("wrong", faults.length > 0);
    this.name.textContent = t("block", fieldText(block, "index"));
    this.tags.replaceChildren(...tagsOf(state, rests, faults.length > 0));
    const was = hash !== original && el("span", { class: "was" }, t("hashWas"), strip(original), short(original));
    this.hash.replaceChildren(el("span", { class: "is" }, t("hash"), strip(hash), short(hash)), ...(was ? [was] : []));
    this.hash.dataset.hash = hash;
    this.verdict.hidden = faults.length === 0;
    this.verdict.textContent = faults.map((fault) => t("fault", fault.code, fault.data)).join(" ");
    this.prove.hidden = !faults.some((fault) => fault.code === "proof");
    this.prove.disabled = busy;
    this.undo.hidden = state !== "changed" && !(state === "relinked" && open);
    this.fold.setAttribute("aria-expanded", String(open));
    this.body.hidden = !open;
    if (open) this.fill(block);
  }

  /** @param {Block} block */
  fill(block) {
    if (this.inputs.length === 0) this.body.append(...this.fields(block));
    for (const { node, field, transaction } of this.inputs) {
      const value = fieldText(transaction === undefined ? block : block.get("transactions")[transaction], field);
      // What is being typed stays as it was typed.
      if (node !== document.activeElement && node.value !== value) node.value = value;
    }
  }

  /** @param {Block} block */
  fields(block) {
    const payments = block.get("transactions");
    const more = payments.length - PAYMENTS;
    return [
      ...payments
        .slice(0, PAYMENTS)
        .map((_, at) =>
          el(
            "fieldset",
            {},
            el("legend", { class: "quiet" }, `${t("payment")} ${at + 1}`),
            ...PAYMENT_FIELDS.map((field) => this.input(field, at)),
          ),
        ),
      more > 0 ? el("p", { class: "quiet" }, t("moreRows", more)) : "",
      el("div", { class: "rest" }, ...FIELDS.map((field) => this.input(field))),
    ];
  }

  /**
   * @param {string} field
   * @param {number} [transaction] the transaction that has the field; the block has it when there is none
   */
  input(field, transaction) {
    const node = el("input", {
      id: `tamper-${this.place}-${field}-${transaction ?? ""}`,
      spellcheck: "false",
      autocomplete: "off",
      "data-field": field,
      oninput: () => this.actions.edited(field, node.value, transaction),
    });
    this.inputs.push({ node, field, transaction });
    const label = t("tamperField", field);
    // The name that stands in the hashed text, where the label is another word.
    const code = label.toLowerCase() !== field && el("code", {}, field);
    return el("label", { "data-of": field }, el("span", {}, label, " ", code), node);
  }
}

/**
 * @param {BlockState} state
 * @param {boolean} rests
 * @param {boolean} isWrong
 */
function tagsOf(state, rests, isWrong) {
  const tags = [];
  if (state !== "same") tags.push(el("span", { class: `tag ${state}` }, t("blockState", state)));
  if (rests) tags.push(el("span", { class: "tag rests" }, t("blockRests")));
  if (isWrong) tags.push(el("span", { class: "tag bad" }, `✕ ${t("blockWrong")}`));
  if (tags.length === 0) tags.push(el("span", { class: "good" }, `✓ ${t("blockSame")}`));
  return tags;
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
