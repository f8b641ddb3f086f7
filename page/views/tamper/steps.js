// The steps that lead through the story, each with its state and what can be done in it.

import { el } from "../../dom.js";
import { t } from "../../i18n.js";

/** @import { Step } from "../../ledger/story.js" */
/** @import { StoryStep } from "../../../types/texts.d.ts" */

/** @type {StoryStep[]} */
const STEPS = ["change", "break", "relink", "offer", "win"];

export class Steps {
  /** @param {Partial<Record<StoryStep, Node[]>>} actions what stands in the steps */
  constructor(actions) {
    this.lines = STEPS.map((step, at) => {
      const mark = el("span", { class: "mark", "aria-hidden": "true" });
      const state = el("span", { class: "unseen" });
      const told = el("p", { id: `tamper-told-${step}` });
      const title = el("h3", {}, t("stepTitle", step), state);
      const element = el("li", { "data-step": step }, mark, title, told, ...(actions[step] ?? []));
      return { element, mark, state, told, number: at + 1 };
    });
    this.element = el("ol", { class: "steps", "aria-label": t("steps") }, ...this.lines.map(({ element }) => element));
  }

  /** @param {Step[]} steps */
  show(steps) {
    steps.forEach(({ state, told, data }, at) => {
      const line = this.lines[at];
      line.element.dataset.state = state;
      if (state === "now") line.element.setAttribute("aria-current", "step");
      else line.element.removeAttribute("aria-current");
      line.mark.textContent = state === "done" ? "✓" : String(line.number);
      line.state.textContent = state === "done" ? ` (${t("stepDone")})` : "";
      line.told.textContent = t("story", told, data);
    });
  }
}
