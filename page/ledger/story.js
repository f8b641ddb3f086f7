// How far the story of a forged copy has come: which step is done, which is next, and what is to be said of each.

/** @import { Copy } from "./tamper.js" */
/** @import { StoryStep, Told } from "../../types/texts.d.ts" */
/** @import { Judgements } from "../../types/v1.d.ts" */

/** @typedef {{ step: StoryStep, state: "done" | "now" | "later", told: Told, data: Record<string, number> }} Step */

/**
 * @param {Copy} copy
 * @param {boolean} hasBroken whether a link has been broken since the copy was made
 * @param {Judgements | null} answers what the nodes said of the copy as it is now
 * @returns {Step[]}
 */
export function storyOf(copy, hasBroken, answers) {
  const states = copy.places().map((place) => copy.state(place));
  const broken = copy.brokenLinks();
  const faulty = copy.places().filter((place) => copy.ownFaults(place).length > 0);
  const changed = states.indexOf("changed");
  const isForged = states.some((state) => state !== "same" && state !== "mined");
  const isLast = changed === copy.length - 1;
  const agreeing = answers?.judgements.filter(({ judgement }) => judgement?.verdict === "longer") ?? [];
  // Another node may have a shorter chain, and call a copy longer on which nothing was mined: the own chain is what is to be beaten.
  const isWon = isForged && copy.length > copy.copied && agreeing.some(({ address }) => address === null);
  const first = copy.height - copy.length + 1;
  const data = {
    changed: first + Math.max(changed, 0),
    broken: first + (broken[0] ?? 0),
    faulty: first + (faulty[0] ?? 0),
    length: copy.height,
    agreeing: agreeing.filter(({ address }) => address !== null).length,
  };

  /** @type {[StoryStep, boolean, Told][]} */
  const steps = [
    ["change", isForged, isForged ? (changed < 0 ? "onlyLinks" : "isChanged") : "change"],
    ["break", isForged && hasBroken, breaking()],
    ["relink", isForged && hasBroken && broken.length === 0 && faulty.length === 0, relinking()],
    ["offer", answers !== null, offering()],
    ["win", isWon, isWon ? "won" : "win"],
  ];
  const next = steps.findIndex(([, isDone]) => !isDone);
  return steps.map(([step, isDone, told], at) => ({
    step,
    state: isDone ? "done" : at === next ? "now" : "later",
    told,
    data,
  }));

  /** @returns {Told} */
  function breaking() {
    if (broken.length > 0) return "isBroken";
    if (!isForged) return "break";
    if (hasBroken) return "wasBroken";
    return isLast ? "nothingFollows" : "break";
  }

  /** @returns {Told} */
  function relinking() {
    if (broken.length > 0) return "relink";
    if (faulty.length > 0) return "faulty";
    return isForged && hasBroken ? "isRelinked" : "noneBroken";
  }

  /** @returns {Told} */
  function offering() {
    if (answers !== null) return "isOffered";
    return copy.offer().length > 0 ? "offer" : "nothingToOffer";
  }
}
