// Try to tamper: a copy of the last blocks in which everything can be changed, and the steps from a forged payment to a won chain.

import { el } from "../dom.js";
import { t } from "../i18n.js";
import { storyOf } from "../ledger/story.js";
import { copyOfTexts } from "../ledger/tamper.js";
import { explain } from "../problems.js";
import { answersList } from "./tamper/answers.js";
import { CopyCard } from "./tamper/card.js";
import { LinkLine } from "./tamper/link.js";
import { Steps } from "./tamper/steps.js";

/** @import { Copy } from "../ledger/tamper.js" */
/** @import { Api, Context } from "../../types/page.d.ts" */
/** @import { Judgements } from "../../types/v1.d.ts" */
/** @import { Actions } from "./tamper/card.js" */

/** How many blocks a copy has at first. */
const BLOCKS = 6;
/** The fewest blocks with which the story can be told: the first, one to change, and one that rests on it. */
const FEWEST = 3;
/** The largest request with blocks to judge, in bytes. */
const MAX_OFFER_BYTES = 256 << 10;
/** How much of it is around the blocks. */
const BODY_BYTES = '{"blocks": []}'.length;

/** What survives when the page is built anew. */
class Kept {
  /** @type {Copy | null} */
  copy = null;
  /** The place of the block that is open. */
  open = -1;
  hasBroken = false;
  /** What was done last. @type {(() => string) | null} */
  done = null;
  /** What the nodes said of the copy as it is now. @type {Judgements | null} */
  answers = null;
  /** Ends the search for a proof. @type {AbortController | null} */
  search = null;
}

/** @param {Context} context */
export function tamperView(context) {
  const { api, length } = context;
  const kept = context.keep("tamper", () => new Kept());
  // A search that another build of the page began cannot tell this one what it finds.
  kept.search?.abort();
  kept.search = null;
  const parts = section({ begin, relink, offer, extend, cancel: () => kept.search?.abort() });
  /** @type {{ link: LinkLine, card: CopyCard }[]} */
  let shown = [];

  async function begin() {
    parts.problem.replaceChildren();
    const blocks = length();
    if (blocks < FEWEST) {
      parts.problem.textContent = t("tamperTooShort", FEWEST - blocks);
      return;
    }
    try {
      const copy = await copyOfLast(BLOCKS, blocks, api);
      changing(null);
      Object.assign(kept, new Kept(), { copy, open: firstToChange(copy) });
      shown = [];
      draw();
    } catch (error) {
      parts.problem.replaceChildren(el("span", {}, ...explain(error)));
    }
  }

  /**
   * What stands before a block, and the block.
   * @param {number} place
   * @param {Copy} copy
   */
  function line(place, copy) {
    /** @type {Actions} */
    const actions = {
      toggle: () => {
        kept.open = kept.open === place ? -1 : place;
        draw();
      },
      edited: (field, typed, transaction) => {
        changing(null);
        copy.edit(place, field, typed, transaction);
        draw();
      },
      undo: () => {
        changing(null);
        copy.undo(place);
        draw();
        // The button that was pressed is gone.
        shown[place].card.fold.focus();
      },
      findProof: () => search((signal) => copy.mine(place, signal)),
    };
    return { link: new LinkLine(), card: new CopyCard(place, actions) };
  }

  /**
   * The copy is about to change: what was said of it is no longer true.
   * @param {(() => string) | null} done
   */
  function changing(done) {
    kept.search?.abort();
    kept.answers = null;
    kept.done = done;
    parts.offered.replaceChildren();
    parts.searched.replaceChildren();
  }

  function relink() {
    if (!kept.copy) return;
    changing(null);
    const count = kept.copy.relink();
    kept.done = () => t("relinked", count);
    draw();
  }

  async function extend() {
    const { copy } = kept;
    if (!copy) return;
    const found = search(
      (signal) => copy.extend(new Date(), signal),
      () => t("extended", copy.height),
    );
    // A button that is disabled or hidden gives the focus away.
    parts.cancel.focus();
    const hasFocus = () => document.activeElement === parts.cancel || document.activeElement === document.body;
    await found;
    if (hasFocus()) parts.extend.focus({ preventScroll: true });
  }

  /**
   * @param {(signal: AbortSignal) => Promise<void>} find
   * @param {() => string} [done]
   */
  async function search(find, done) {
    changing(null);
    const controller = new AbortController();
    kept.search = controller;
    draw();
    try {
      await find(controller.signal);
      kept.done = done ?? null;
    } catch (error) {
      if (!controller.signal.aborted) parts.searched.replaceChildren(el("span", {}, ...explain(error)));
    } finally {
      if (kept.search === controller) {
        kept.search = null;
        draw();
      }
    }
  }

  async function offer() {
    const { copy } = kept;
    if (!copy) return;
    const blocks = copy.offer();
    // These texts are ASCII: a byte for each character.
    const size = blocks.join(", ").length + BODY_BYTES;
    parts.offered.replaceChildren();
    if (size > MAX_OFFER_BYTES) {
      parts.offered.textContent = t("offerTooLarge", Math.ceil(size / 1024), MAX_OFFER_BYTES >> 10);
      return;
    }
    parts.offer.disabled = true;
    try {
      const answers = await api.judge(blocks);
      // An answer to a copy that has changed meanwhile is no longer true.
      if (kept.copy !== copy || copy.offer().join() !== blocks.join()) return;
      kept.answers = answers;
    } catch (error) {
      parts.offered.replaceChildren(el("span", {}, ...explain(error)));
    } finally {
      draw();
    }
  }

  function draw() {
    const { copy } = kept;
    parts.start.textContent = t(copy ? "tamperAgain" : "tamperStart");
    parts.stage.hidden = copy === null;
    if (copy === null) return;
    while (shown.length < copy.length) shown.push(line(shown.length, copy));
    if (parts.cards.children.length !== shown.length || parts.cards.firstChild !== shown[0].card.element.parentNode) {
      parts.cards.replaceChildren(...shown.map(({ link, card }) => el("li", {}, link.element, card.element)));
    }
    const broken = copy.brokenLinks();
    kept.hasBroken ||= broken.length > 0;
    const busy = kept.search !== null;
    shown.forEach(({ link, card }, place) => {
      link.show(copy.link(place), copy.height - copy.length + 1 + place);
      card.show({
        block: copy.blocks[place],
        hash: copy.hashes[place],
        original: copy.originals[place].hash,
        state: copy.state(place),
        faults: copy.ownFaults(place),
        codes: copy
          .faults(place)
          .map((fault) => fault.code)
          .join(" "),
        rests: broken.some((at) => at <= place),
        open: kept.open === place,
        busy,
      });
    });
    parts.steps.show(storyOf(copy, kept.hasBroken, kept.answers));
    verdict(copy, broken.length);
    parts.relink.disabled = broken.length === 0;
    parts.offer.disabled = busy || copy.offer().length === 0;
    parts.extend.disabled = busy || copy.tip(copy.length - 1) === null;
    parts.extend.textContent = t(busy ? "mineBusy" : "extend");
    parts.cancel.hidden = !busy;
    grown();
    parts.answers.replaceChildren(...(kept.answers ? [answersList(kept.answers)] : []));
  }

  /**
   * Says what the rules find.
   * @param {Copy} copy
   * @param {number} broken how many links are broken
   */
  function verdict(copy, broken) {
    const faulty = copy.places().filter((place) => copy.ownFaults(place).length > 0).length;
    const isForged = copy.places().some((place) => copy.isChanged(place));
    const found = broken + faulty > 0 ? t("copyWrong", broken, faulty) : t(isForged ? "allRight" : "untouched");
    parts.said.textContent = [kept.done?.(), found].filter(Boolean).join(" ");
    parts.said.dataset.wrong = String(broken + faulty);
  }

  /** Says how long the chain of the node is now, beside the copy. */
  function grown() {
    if (kept.copy) parts.heights.textContent = t("heights", kept.copy.height, length());
  }

  draw();
  return { element: parts.element, grown };
}

/** @param {Record<"begin" | "relink" | "offer" | "extend" | "cancel", () => void>} actions */
function section({ begin, relink, offer, extend, cancel }) {
  const parts = {
    said: el("p", { role: "status", id: "verdict" }),
    cards: el("ol", { class: "copies", id: "copies" }),
    problem: el("p", { class: "bad", role: "alert", id: "tamper-problem" }),
    start: el("button", { type: "button", class: "main", id: "copy", onclick: begin }),
    relink: button("relink", relink, t("relink"), "relink"),
    offer: button("offer", offer, t("tamperOffer"), "offer"),
    offered: el("p", { class: "bad", role: "alert", id: "offer-problem" }),
    answers: el("div", { role: "status", id: "answers" }),
    extend: button("extend", extend, t("extend"), "win"),
    cancel: el("button", { type: "button", id: "extend-cancel", hidden: true, onclick: cancel }, t("cancel")),
    searched: el("p", { class: "bad", role: "alert" }),
    heights: el("p", { class: "quiet", id: "heights" }),
  };
  const steps = new Steps({
    relink: [parts.relink],
    offer: [parts.offer, parts.offered, parts.answers],
    win: [parts.heights, el("span", { class: "row" }, parts.extend, parts.cancel), parts.searched],
  });
  const stage = el(
    "div",
    { class: "stage", hidden: true },
    steps.element,
    el("div", { class: "blocks" }, parts.said, parts.cards),
  );
  const title = el("h2", { id: "tamper-title" }, t("tamper"));
  const element = el(
    "section",
    { class: "wide late tamper", "aria-labelledby": "tamper-title" },
    el("div", { class: "head" }, title, parts.start),
    el("p", { class: "quiet" }, t("tamperHelp")),
    parts.problem,
    stage,
  );
  return { ...parts, steps, stage, element };
}

/**
 * A button whose step says what it does, and why it cannot work.
 * @param {string} id
 * @param {() => void} onclick
 * @param {string} text
 * @param {string} step
 */
const button = (id, onclick, text, step) =>
  el("button", { type: "button", id, onclick, "aria-describedby": `tamper-told-${step}` }, text);

/**
 * The block to open at first: one with a payment and with a block after it.
 * @param {Copy} copy
 */
function firstToChange(copy) {
  return copy.blocks.findIndex((block, place) => place < copy.length - 1 && block.get("transactions").length > 0);
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
  return copyOfTexts(texts, before);
}
