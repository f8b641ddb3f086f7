// The events of the sound rules, in words.

import { el } from "../../dom.js";
import { coins, t } from "../../i18n.js";
import { commonWords } from "../log/common.js";
import { replacedText } from "../network/replacement.js";
import { shortAddress } from "./address.js";
import { DEEP } from "./deep.js";
import { leftIds } from "./pending.js";

/** @import { Child, Shell } from "../../../types/page.d.ts" */
/** @import { EventData, NodeEvent } from "../../../types/sound.d.ts" */

/**
 * @param {NodeEvent} event
 * @param {Shell["nameAt"]} nameAt
 * @returns {Child[]}
 */
export function soundWords(event, nameAt) {
  const [name, data] = event;
  switch (name) {
    case "block":
      return [t(data.mined_here ? "logBlock" : "logBlockCame", data.header.index, data.header.transactions)];
    case "transaction":
      return transactionWords(data);
    case "left":
      return [t("left", data.why, data.ids.length), " ", ...leftIds(data)];
    case "replacement":
      return replacementWords(data, nameAt);
    default:
      return commonWords(event, nameAt);
  }
}

/** @param {EventData["transaction"]} event */
const transactionWords = ({ transaction: { sender, receiver, amount, fee } }) => [
  t("logTransaction"),
  " ",
  shortAddress(sender),
  " → ",
  shortAddress(receiver),
  `: ${coins(amount)}, ${t("fee")} ${coins(fee)}`,
];

/**
 * @param {EventData["replacement"]} event
 * @param {Shell["nameAt"]} nameAt
 */
function replacementWords({ replacement }, nameAt) {
  const { given_up, returned, not_returned } = replacement;
  const words = replacedText(replacement, nameAt);
  if (given_up.count === 0) return words;
  const deep = given_up.count > DEEP;
  return [
    ...words,
    " ",
    t("undone", given_up.count, returned.count, not_returned),
    deep && " ",
    deep && el("strong", { class: "bad" }, t("deep", given_up.count)),
  ];
}
