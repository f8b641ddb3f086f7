// The way back to the newest block, for those who look at older ones.

import { el } from "../../dom.js";
import { number, t } from "../../i18n.js";

/** @param {() => { isAtTop: boolean, length: number, toTop: () => void }} sheet the cards */
export function newestButton(sheet) {
  const element = el("button", { class: "newest", type: "button", id: "newest", hidden: true, onclick });
  /** How many blocks there were when the newest was last seen. */
  let seen = 0;

  function onclick() {
    sheet().toTop();
  }

  /** Says how many blocks have come since; it is there only while they are not seen. */
  function update() {
    const { isAtTop, length } = sheet();
    if (isAtTop || length < seen) seen = length;
    element.hidden = isAtTop;
    if (!isAtTop) element.textContent = t("newest", number(length), length - seen);
  }

  return { element, update };
}
