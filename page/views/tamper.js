// Try to tamper: a copy of the last blocks in which everything can be changed, and the steps from a forged payment to a won chain.

import { el } from "../dom.js";
import { enabledWhen } from "../enabled.js";
import { t } from "../i18n.js";
import { storyOf } from "../ledger/story.js";
import { answersList } from "./tamper/answers.js";
import { CopyCard } from "./tamper/card.js";
import { LinkLine } from "./tamper/link.js";
import { tamperSection } from "./tamper/section.js";
import { copyOfLast, firstToChange } from "./tamper/source.js";

/** @import { Copy } from "../ledger/tamper.js" */
/** @import { Context } from "../../types/page.d.ts" */
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
  /** Whether the nodes are looking at the copy. */
  asking = false;
  /** Draws the copy in the section that is on the page: what has begun may end when the page was built anew. */
  draw = () => {};
}

/** @param {Context} context */
export function tamperView(context) {
  const { api, length } = context;
  const kept = context.keep("tamper", () => new Kept());
  const parts = tamperSection({ begin, relink, offer, extend, cancel: () => kept.search?.abort() });
  const able = enabledWhen(parts.start, context, "read", tooShort);
  parts.start.before(able.why);
  kept.draw = draw;
  /** @type {{ link: LinkLine, card: CopyCard }[]} */
  let shown = [];
  /** The copy that they show. @type {Copy | null} */
  let drawn = null;

  async function begin() {
    parts.problem.clear();
    able.busy(true);
    try {
      const copy = await copyOfLast(BLOCKS, length(), api);
      changing(null);
      Object.assign(kept, new Kept(), { copy, open: firstToChange(copy), draw: kept.draw });
      kept.draw();
    } catch (error) {
      parts.problem.fail(error);
    } finally {
      able.busy(false);
      // A disabled button loses the focus; nobody may have taken it meanwhile.
      if (document.activeElement === document.body) parts.start.focus({ preventScroll: true });
    }
  }

  /** Why no copy can be made; empty when one can. */
  function tooShort() {
    const missing = FEWEST - length();
    return missing > 0 ? t("tamperTooShort", missing) : "";
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
    parts.offered.clear();
    parts.searched.clear();
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
      if (!controller.signal.aborted) parts.searched.fail(error);
    } finally {
      if (kept.search === controller) {
        kept.search = null;
        kept.draw();
      }
    }
  }

  async function offer() {
    const { copy } = kept;
    if (!copy) return;
    const blocks = copy.offer();
    // These texts are ASCII: a byte for each character.
    const size = blocks.join(", ").length + BODY_BYTES;
    parts.offered.clear();
    if (size > MAX_OFFER_BYTES) {
      parts.offered.warn(() => t("offerTooLarge", Math.ceil(size / 1024), MAX_OFFER_BYTES >> 10));
      return;
    }
    kept.asking = true;
    draw();
    try {
      const answers = await api.judge(blocks);
      // An answer to a copy that has changed meanwhile is no longer true.
      if (kept.copy !== copy || copy.offer().join() !== blocks.join()) return;
      kept.answers = answers;
    } catch (error) {
      parts.offered.fail(error);
    } finally {
      kept.asking = false;
      kept.draw();
    }
  }

  function draw() {
    const { copy } = kept;
    parts.start.textContent = t(copy ? "tamperAgain" : "tamperStart");
    parts.stage.hidden = copy === null;
    if (copy === null) return;
    if (drawn !== copy) shown = [];
    drawn = copy;
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
    parts.offer.disabled = busy || kept.asking || copy.offer().length === 0;
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

  /** Says how long the chain of the node is now, beside the copy, and which nodes have another one. */
  function grown() {
    able.update();
    const others =
      context.network()?.nodes.filter(({ state, relation }) => state === "answers" && relation !== "same") ?? [];
    const isNext = kept.answers === null && (kept.copy?.offer().length ?? 0) > 0;
    parts.apart.textContent = isNext && others.length > 0 ? t("otherChains", others.length) : "";
    if (kept.copy) parts.heights.textContent = t("heights", kept.copy.height, length());
  }

  context.onState(grown);
  draw();
  return { element: parts.element, grown };
}
