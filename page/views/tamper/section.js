// What the section on tampering is made of: its buttons, the places for what is said, and the steps around them.

import { el } from "../../dom.js";
import { t } from "../../i18n.js";
import { notice } from "../../notice.js";
import { Steps } from "./steps.js";

/**
 * The elements of the section, without what a copy fills them with.
 * @param {Record<"begin" | "relink" | "offer" | "extend" | "cancel", () => void>} actions
 */
export function tamperSection({ begin, relink, offer, extend, cancel }) {
  const parts = {
    said: el("p", { role: "status", id: "verdict" }),
    cards: el("ol", { class: "copies", id: "copies" }),
    problem: notice(el("p", { role: "alert", id: "tamper-problem" })),
    start: el("button", { type: "button", class: "main", id: "copy", onclick: begin }),
    relink: button("relink", relink, t("relink"), "relink"),
    offer: button("offer", offer, t("tamperOffer"), "offer"),
    apart: el("p", { id: "tamper-apart" }),
    offered: notice(el("p", { role: "alert", id: "offer-problem" })),
    answers: el("div", { role: "status", id: "answers" }),
    extend: button("extend", extend, t("extend"), "win"),
    cancel: el("button", { type: "button", id: "extend-cancel", hidden: true, onclick: cancel }, t("cancel")),
    searched: notice(el("p", { role: "alert", id: "extend-problem" })),
    heights: el("p", { class: "quiet", id: "heights" }),
  };
  const steps = new Steps({
    relink: [parts.relink],
    offer: [parts.apart, parts.offer, parts.offered.element, parts.answers],
    win: [parts.heights, el("span", { class: "row" }, parts.extend, parts.cancel), parts.searched.element],
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
    el("div", { class: "head" }, title, el("span", { class: "row" }, parts.start)),
    el("p", { class: "quiet" }, t("tamperHelp")),
    parts.problem.element,
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
