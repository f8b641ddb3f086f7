// What happens, in words.

import { el, foreign } from "../dom.js";
import { clock, t } from "../i18n.js";
import { miningText } from "./mining.js";
import { replacedText } from "./network/replacement.js";
import { aboutNode } from "./network/words.js";

/** @import { Context } from "../../types/page.d.ts" */
/** @import { NodeEvent } from "../../types/v1.d.ts" */

/** Lines that are kept. */
const LINES = 100;

/** @param {Context} context */
export function logView({ keep, nameAt }) {
  /** The events that are shown, the latest last: words are made of them anew in another language. @type {NodeEvent[]} */
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

  /** @param {NodeEvent[]} added */
  function draw(added) {
    if (added.length === 0) return;
    if (empty) list.replaceChildren();
    empty = false;
    list.prepend(...added.map((event) => line(event, nameAt)).reverse());
    while (list.children.length > LINES) list.lastChild?.remove();
  }

  draw(events);
  return {
    element,
    /**
     * Adds events, the latest first; in a burst only the latest are drawn.
     * @param {NodeEvent[]} added
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
 * @param {Context["nameAt"]} nameAt
 */
function line(event, nameAt) {
  const [name, data] = event;
  return el(
    "li",
    { "data-event": name },
    el("time", { class: "quiet" }, clock(data.time)),
    " ",
    ...words(event, nameAt),
  );
}

/**
 * @param {NodeEvent} event
 * @param {Context["nameAt"]} nameAt
 */
function words([name, data], nameAt) {
  switch (name) {
    case "block":
      return [t("logBlock", data.header.index, data.header.transactions)];
    case "payment":
      return [
        t("logPayment", data.block),
        " ",
        foreign(data.transaction.sender, 60),
        " → ",
        foreign(data.transaction.receiver, 60),
        ": ",
        foreign(data.transaction.amount, 60),
      ];
    case "replacement":
      return replacedText(data.replacement, nameAt);
    case "peers":
      return [t("logPeers", data.peers)];
    case "mining":
      return [t("logMining", miningText(data.mining))];
    case "beyond_limit":
      return aboutNode((node) => t("beyondLimit", node, data.limit), data.peer, nameAt);
    default:
      return [t("logReset")];
  }
}
