// What all rules tell of, in words.

import { t } from "../../i18n.js";
import { miningText } from "../mining/automatic.js";
import { aboutNode } from "../network/words.js";

/** @import { Child, Shell } from "../../../types/page.d.ts" */
/** @import { EventData } from "../../../types/v1.d.ts" */

/** @typedef {Pick<EventData, "peers" | "mining" | "beyond_limit" | "reset">} Common */
/** @typedef {{ [Name in keyof Common]: [name: Name, data: Common[Name]] }[keyof Common]} CommonEvent */

/**
 * @param {CommonEvent} event
 * @param {Shell["nameAt"]} nameAt
 * @returns {Child[]}
 */
export function commonWords([name, data], nameAt) {
  switch (name) {
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
