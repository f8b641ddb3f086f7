// What happens, in words.

import { el } from "../dom.js";
import { clock, t } from "../i18n.js";

/** @import { Child, NodeEvent, Shell } from "../../types/page.d.ts" */

/** Lines that are kept. */
const LINES = 100;

/**
 * @template {NodeEvent} Told the events of some rules
 * @param {Shell} context
 * @param {(event: Told, nameAt: Shell["nameAt"]) => Child[]} words an event in words
 */
export function logView({ keep, nameAt }, words) {
  /** The events that are shown, the latest last: words are made of them anew in another language. @type {Told[]} */
  const events = keep("log", () => []);
  const list = el(
    "ol",
    { class: "plain log", reversed: true, id: "log", tabindex: "0", "aria-label": t("log") },
    el("li", { class: "quiet" }, t("logNone")),
  );
  const element = el(
    "section",
    { "aria-labelledby": "log-title" },
    el("div", { class: "head" }, el("h2", { id: "log-title" }, t("log"))),
    list,
  );
  let empty = true;

  /** @param {Told[]} added */
  function draw(added) {
    if (added.length === 0) return;
    if (empty) list.replaceChildren();
    empty = false;
    list.prepend(...added.map((event) => line(event, words(event, nameAt))).reverse());
    while (list.children.length > LINES) list.lastChild?.remove();
  }

  draw(events);
  return {
    element,
    /**
     * Adds events, the latest first; in a burst only the latest are drawn.
     * @param {Told[]} added
     */
    add(added) {
      events.push(...added);
      events.splice(0, events.length - LINES);
      draw(added.slice(-LINES));
    },
  };
}

/**
 * @param {NodeEvent} event
 * @param {Child[]} words
 */
const line = ([name, { time }], words) =>
  el("li", { "data-event": name }, el("time", { class: "quiet" }, clock(time)), " ", ...words);
