// How blocks of the sound rules are shown.

import { el, foreign } from "../../dom.js";
import { coins, moment, number, t } from "../../i18n.js";
import { soundDetail } from "./detail.js";

/** @import { Face, SoundContext } from "../../../types/page.d.ts" */
/** @import { Block, Header } from "../../../types/sound.d.ts" */

/**
 * @param {SoundContext} context
 * @returns {Face<Header, Block>}
 */
export const soundFace = ({ api }) => ({
  about: ({ timestamp, reward, bytes }) => [
    foreign(moment(timestamp)),
    el("span", {}, `${t("rewardWord")} ${coins(reward)}`),
    el("span", {}, t("bytes", number(bytes))),
  ],
  key: ({ hash }) => hash,
  // Nothing that a card shows comes later than its header.
  onArrival() {},
  forget() {},
  read: (id) => api.block(id),
  placeOf: ({ active, index }) => (active ? index : 0),
  detail: soundDetail,
});
