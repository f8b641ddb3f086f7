// What the colours and signs of the picture mean.

import { el } from "../../dom.js";
import { t } from "../../i18n.js";

/** @import { Kind } from "../../../types/network.d.ts" */

/** @type {Kind[]} */
const KINDS = ["own", "ahead", "other"];

export const legend = () =>
  el(
    "div",
    { class: "legend" },
    ...KINDS.map((kind) => el("span", {}, el("i", { class: kind, "aria-hidden": "true" }), t("legend", kind))),
    el("span", {}, el("span", { "aria-hidden": "true" }, "↻ "), t("minesTag")),
  );
