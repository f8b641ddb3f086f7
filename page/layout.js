// Where the sections stand: two columns, or one on a phone, where the main actions are in a bar within the thumb's reach.

import { el } from "./dom.js";
import { t } from "./i18n.js";
import { remember } from "./remember.js";

/** @import { SectionName, Shortcut, Views } from "../types/page.d.ts" */

/** Up to this width there is one column; as in layout.css. */
const NARROW = matchMedia("(max-width: 60rem)");
/** The order in one column: what one does comes before what one reads. @type {SectionName[]} */
const ONE_COLUMN = ["mining", "pending", "network", "chain", "proofs", "accounts", "tamper", "log", "words"];
/** How the focus is set where something else scrolls. */
const STILL = { preventScroll: true };
/** The two columns, the wide sections above and below them. @type {Record<"above" | "left" | "right" | "below", SectionName[]>} */
const WIDE = {
  above: ["network"],
  left: ["mining", "chain", "proofs"],
  right: ["pending", "accounts", "log", "words"],
  below: ["tamper"],
};

/**
 * Puts the sections into `main`, now and when the width changes. The order is that of the document, so keys and screen readers follow it.
 * @param {Views["sections"]} sections
 */
export function arrange(sections) {
  const main = el("main", {});
  const those = (/** @type {SectionName[]} */ names) => names.flatMap((name) => sections[name] ?? []);
  const put = () => {
    if (NARROW.matches) {
      main.replaceChildren(...those(ONE_COLUMN));
      return;
    }
    const [left, right] = [WIDE.left, WIDE.right].map((names) => el("div", { class: "side" }, ...those(names)));
    main.replaceChildren(...those(WIDE.above), left, right, ...those(WIDE.below));
  };
  NARROW.onchange = () => {
    const restore = remember(main);
    put();
    restore();
  };
  for (const wide of those([...WIDE.above, ...WIDE.below])) wide.classList.add("wide");
  put();
  return main;
}

/**
 * The bar with the main actions, which is shown on a phone only.
 * @param {Shortcut[]} shortcuts
 */
export function actionBar(shortcuts) {
  const buttons = {
    mine: () => el("button", { type: "button", class: "main", onclick: () => press("mine") }, t("barMine")),
    pay: () => el("button", { type: "button", onclick: () => lead("pay-sender")?.focus(STILL) }, t("barPay")),
    longest: () => el("button", { type: "button", onclick: () => press("longest") }, t("barLongest")),
  };
  return el("nav", { class: "bar", "aria-label": t("actions") }, ...shortcuts.map((name) => buttons[name]()));
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
