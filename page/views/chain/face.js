// How blocks of the printed rules are shown.

import { el, foreign } from "../../dom.js";
import { number, t } from "../../i18n.js";
import { blockDetail } from "./detail.js";
import { Earlier } from "./earlier.js";

/** @import { Context, Face } from "../../../types/page.d.ts" */
/** @import { Block, Header } from "../../../types/v1.d.ts" */

/**
 * @param {Context} context
 * @returns {{ face: Face<Header, { block: Block, text: string }>, earlier: Earlier }} and which proofs repeat
 */
export function chapterFace(context) {
  const { api } = context;
  const earlier = new Earlier(context);
  const face = {
    about(/** @type {Header} */ header) {
      const again = earlier.of(header);
      return [
        foreign(header.timestamp, 40),
        el("span", {}, `${t("proof")} ${number(header.proof)}`),
        again > 0 && el("span", { class: "again" }, t("asBlock", number(again))),
      ];
    },
    key: (/** @type {Header} */ header) => `${header.hash} ${earlier.of(header)}`,
    onArrival: earlier.onArrival.bind(earlier),
    forget: earlier.forget.bind(earlier),
    async read(/** @type {string | number} */ id) {
      const [block, text] = await Promise.all([api.block(id), api.text(id)]);
      return { block, text };
    },
    placeOf: (/** @type {{ block: Block }} */ { block }) => block.index,
    detail: (
      /** @type {{ block: Block, text: string }} */ { block, text },
      /** @type {{ open: (hash: string) => void, close: () => void }} */ actions,
    ) => blockDetail(block, text, actions),
  };
  return { face, earlier };
}
