// Where the sections stand: two columns, or one on a phone, where the main actions are in a bar within the thumb's reach.

import { el } from "./dom.js";
import { t } from "./i18n.js";
import { remember } from "./remember.js";

/** The sections of the page by name. @typedef {Record<"network" | "mining" | "chain" | "proofs" | "pending" | "accounts" | "tamper" | "log" | "words", HTMLElement>} Sections */

/** Up to this width there is one column; as in layout.css. */
const NARROW = matchMedia("(max-width: 60rem)");
/** The order in one column: what one does comes before what one reads. @type {(keyof Sections)[]} */
const ONE_COLUMN = ["mining", "pending", "network", "chain", "proofs", "accounts", "tamper", "log", "words"];

/**
 * Puts the sections into `main`, now and when the width changes. The order is that of the document, so keys and screen readers follow it.
 * @param {Sections} sections
 */
export function arrange(sections) {
  const main = el("main", {});
  const put = () => {
    const { network, mining, chain, proofs, pending, accounts, log, words, tamper } = sections;
    if (NARROW.matches) {
      main.replaceChildren(...ONE_COLUMN.map((name) => sections[name]));
      return;
    }
    const left = el("div", { class: "side" }, mining, chain, proofs);
    const right = el("div", { class: "side" }, pending, accounts, log, words);
    main.replaceChildren(network, left, right, tamper);
  };
  NARROW.onchange = () => {
    const restore = remember(main);
    put();
    restore();
  };
  for (const wide of [sections.network, sections.tamper]) wide.classList.add("wide");
  put();
  return main;
}

/** The bar with the main actions, which is shown on a phone only. */
export function actionBar() {
  return el(
    "nav",
    { class: "bar", "aria-label": t("actions") },
    el("button", { type: "button", class: "main", onclick: () => press("mine") }, t("barMine")),
    el("button", { type: "button", onclick: () => lead("pay-sender")?.focus({ preventScroll: true }) }, t("barPay")),
    el("button", { type: "button", onclick: () => press("longest") }, t("barLongest")),
  );
}

/**
 * Leads to a button and presses it. When it is disabled, the reason beside it is seen then.
 * @param {string} id
 */
function press(id) {
  lead(id)?.click();
}

/** @param {string} id */
function lead(id) {
  const target = document.getElementById(id);
  target?.scrollIntoView({ block: "center" });
  return target;
}

/** What the words mean. */
export function glossary() {
  const words = t("words").flatMap(([word, meaning]) => [el("dt", {}, word), el("dd", {}, meaning)]);
  return el(
    "section",
    { "aria-label": t("glossary") },
    el("details", { id: "words" }, el("summary", {}, t("glossary")), el("dl", { class: "words" }, ...words)),
  );
}
