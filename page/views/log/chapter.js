// The events of the printed rules, in words.

import { foreign } from "../../dom.js";
import { t } from "../../i18n.js";
import { replacedText } from "../network/replacement.js";
import { commonWords } from "./common.js";

/** @import { Child, Shell } from "../../../types/page.d.ts" */
/** @import { NodeEvent } from "../../../types/v1.d.ts" */

/**
 * @param {NodeEvent} event
 * @param {Shell["nameAt"]} nameAt
 * @returns {Child[]}
 */
export function chapterWords(event, nameAt) {
  const [name, data] = event;
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
    default:
      return commonWords(event, nameAt);
  }
}
