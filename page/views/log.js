// What happens, in words.

import { el, foreign } from "../dom.js";
import { clock, t } from "../i18n.js";
import { modeText } from "./mining.js";

/** @import { Context } from "../../types/page.d.ts" */
/** @import { NodeEvent } from "../../types/v1.d.ts" */

/** Lines that are kept. */
const LINES = 100;

/** @param {Context} context */
export function logView({ keep }) {
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
    list.prepend(...added.map(line).reverse());
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

/** @param {NodeEvent} event */
function line(event) {
  const [name, data] = event;
  return el("li", { "data-event": name }, el("time", { class: "quiet" }, clock(data.time)), " ", ...words(event));
}

/** @param {NodeEvent} event */
function words([name, data]) {
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
      return [
        data.replacement.from
          ? t("replacedBy", data.replacement.from, data.replacement.length)
          : t("replacedFile", data.replacement.length),
      ];
    case "peers":
      return [t("logPeers", data.peers)];
    case "mining":
      return [t("logMining", modeText(data.mining.mode))];
    case "beyond_limit":
      return [t("beyondLimit", data.peer, data.limit)];
    default:
      return [t("logReset")];
  }
}
