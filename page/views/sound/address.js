// Addresses: 63 characters, of which the beginning and the end are enough to tell them apart by eye.

import { el, foreign } from "../../dom.js";
import { t } from "../../i18n.js";

/** Characters that are shown at the beginning and at the end. */
const SHOWN = { first: 9, last: 6 };

/**
 * An address in few characters, with the whole one as a title. The first block pays nobody.
 * @param {string | null} address
 */
export function shortAddress(address) {
  if (address === null) return el("span", { class: "quiet" }, t("nobody"));
  const { first, last } = SHOWN;
  const isLong = address.length > first + last + 1;
  const shown = foreign(isLong ? `${address.slice(0, first)}…${address.slice(-last)}` : address);
  shown.title = address;
  return shown;
}

/**
 * A whole address.
 * @param {string | null} address
 */
export const wholeAddress = (address) => (address === null ? shortAddress(null) : el("code", {}, foreign(address)));
