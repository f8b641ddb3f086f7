// What the box of the next block shows of payments and of the reward under the printed rules.

import { el, foreign } from "../../dom.js";
import { t } from "../../i18n.js";

/** @import { Transaction } from "../../../types/v1.d.ts" */
/** @import { Tokens } from "./next.js" */

/** Characters of a name and of an amount that a token shows at most; its title holds more. */
const LONGEST = { name: 40, amount: 40, title: 300 };

/** @type {Tokens<Transaction>} */
export const chapterTokens = {
  payment: token,
  reward: (miner) => [
    el("span", { class: "pair" }, foreign(miner, LONGEST.name)),
    el("span", { class: "worth" }, "+1"),
    el("span", { class: "quiet" }, t("reward")),
  ],
};

/**
 * A payment that waits.
 * @param {Transaction} payment
 */
function token({ sender, receiver, amount }) {
  const [from, to] = [sender, receiver].map((name) => foreign(name, LONGEST.name));
  const title = [foreign(sender, LONGEST.title), " → ", foreign(receiver, LONGEST.title), ": ", foreign(amount, 60)];
  return el(
    "div",
    { class: "token", title: title.map((part) => (typeof part === "string" ? part : part.textContent)).join("") },
    el("span", { class: "pair" }, from, " → ", to),
    el("span", { class: "worth" }, foreign(amount, LONGEST.amount)),
  );
}
