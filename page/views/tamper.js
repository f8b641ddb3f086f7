// Try to tamper: a copy of the last blocks in which everything can be changed.

import { el } from "../dom.js";
import { t } from "../i18n.js";
import { parse } from "../ledger/json.js";
import { readBlock, tipOf } from "../ledger/rules.js";
import { Copy } from "../ledger/tamper.js";
import { CopyCard } from "./tamper/card.js";

/** @import { Api, Context } from "../../types/page.d.ts" */
/** @import { Block } from "../../types/ledger.d.ts" */
/** @import { Edited } from "./tamper/card.js" */

/** How many blocks a copy has. */
const BLOCKS = 6;

/** @param {Context} context */
export function tamperView({ api, problem, length }) {
  const { element, said, cards, start, relink } = section(begin, () => judge(t("relinked", copy.relink())));
  let copy = new Copy([], null);
  /** @type {CopyCard[]} */
  let shown = [];

  async function begin() {
    try {
      copy = await copyOfLast(BLOCKS, length(), api);
      shown = copy.blocks.map(card);
      cards.replaceChildren(...shown.map((one) => one.element));
      start.textContent = t("tamperAgain");
      relink.hidden = false;
      judge();
    } catch (error) {
      problem(error);
    }
  }

  /**
   * @param {Block} block
   * @param {number} place
   */
  function card(block, place) {
    /** @type {Edited} */
    const edited = (field, typed, transaction) => {
      copy.edit(place, field, typed, transaction);
      judge();
    };
    return new CopyCard(block, place, { edited, findProof: () => findProof(place) });
  }

  /** @param {number} place */
  async function findProof(place) {
    try {
      shown[place].prove.disabled = true;
      await copy.mine(place);
    } catch (error) {
      problem(error);
    } finally {
      shown[place].prove.disabled = false;
      judge();
    }
  }

  function judge(first = "") {
    const faults = shown.map((_, place) => copy.faults(place));
    const changed = shown.map((_, place) => copy.isChanged(place));
    shown.forEach((one, place) => one.show(copy.blocks[place], copy.hashes[place], changed[place], faults[place]));
    const wrong = faults.filter((found) => found.length > 0).length;
    const verdict = wrong > 0 ? t("broken", wrong) : t(changed.includes(true) ? "allRight" : "untouched");
    said.textContent = [first, verdict].filter(Boolean).join(" ");
    said.dataset.wrong = String(wrong);
  }

  return { element };
}

/**
 * @param {() => void} begin
 * @param {() => void} linkAnew
 */
function section(begin, linkAnew) {
  const said = el("p", { role: "status", id: "verdict" });
  const cards = el("div", { class: "copies", id: "copies" });
  const start = el("button", { type: "button", class: "main", id: "copy", onclick: begin }, t("tamperStart"));
  const relink = el("button", { type: "button", id: "relink", hidden: true, onclick: linkAnew }, t("relink"));
  const title = el("h2", { id: "tamper-title" }, t("tamper"));
  const head = el("div", { class: "head" }, title, el("span", { class: "row" }, relink, start));
  const help = el("p", { class: "quiet" }, t("tamperHelp"));
  const attributes = { class: "wide", "aria-labelledby": "tamper-title" };
  return { element: el("section", attributes, head, help, said, cards), said, cards, start, relink };
}

/**
 * A copy of the last blocks of the chain.
 * @param {number} count how many
 * @param {number} length how many the chain has
 * @param {Api} api
 */
async function copyOfLast(count, length, api) {
  const first = Math.max(1, length - count + 1);
  const indices = Array.from({ length: length - first + 1 }, (_, at) => first + at);
  const [before, ...texts] = await Promise.all([
    first > 1 ? api.text(first - 1) : null,
    ...indices.map((index) => api.text(index)),
  ]);
  return new Copy(texts, before === null ? null : tipOf(readBlock(parse(before))));
}
