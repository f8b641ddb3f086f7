// The page's language: the one that was chosen, or the first of the browser's that there is.

import en from "./languages/en.js";
import zhCN from "./languages/zh-CN.js";

/** @import { Text, Texts, TextValues } from "../types/texts.d.ts" */

/**
 * A further language is a file like these two, and an entry here.
 * @type {Record<string, Texts>}
 */
export const LANGUAGES = { en, "zh-CN": zhCN };
const KEY = "bcoin-language";

function chosen() {
  try {
    return localStorage.getItem(KEY);
  } catch {
    // A browser that keeps nothing for pages.
    return null;
  }
}

function pick() {
  const wishes = [new URLSearchParams(location.search).get("lang"), chosen(), ...navigator.languages];
  for (const wish of wishes) {
    if (!wish) continue;
    const found = Object.keys(LANGUAGES).find((tag) => tag === wish || tag.split("-")[0] === wish.split("-")[0]);
    if (found) return found;
  }
  return "en";
}

/** The tag of the page's language. */
export let language = "";
/** @type {Texts} */
let texts;
/** @type {Intl.NumberFormat} */
let numbers;
/** @type {Intl.NumberFormat} */
let milliseconds;
/** @type {Intl.DateTimeFormat} */
let times;
use(pick());

/** @param {string} tag */
function use(tag) {
  language = tag;
  texts = LANGUAGES[tag];
  numbers = new Intl.NumberFormat(tag);
  milliseconds = new Intl.NumberFormat(tag, { maximumSignificantDigits: 3 });
  times = new Intl.DateTimeFormat(tag, { timeStyle: "medium" });
  document.documentElement.lang = tag;
}

/**
 * The text for a key; functions make it from what they are given.
 * @template {keyof Texts} Key
 * @param {Key} key
 * @param {TextValues<Key>} values
 * @returns {Text<Key>}
 */
export function t(key, ...values) {
  /** @type {unknown} */
  const text = Object.hasOwn(texts, key) ? texts[key] : key;
  return /** @type {Text<Key>} */ (typeof text === "function" ? text(...values) : text);
}

/**
 * From here on all texts are in another language; what is drawn already stays as it is. The choice outlives the page.
 * @param {string} tag
 */
export function choose(tag) {
  use(tag);
  try {
    localStorage.setItem(KEY, tag);
  } catch {
    // The address carries it then.
  }
  const address = new URL(location.href);
  address.searchParams.set("lang", tag);
  history.replaceState(history.state, "", address);
}

/** A number as people of the language write it. */
export const number = (/** @type {number} */ value) => numbers.format(value);
/** A duration in milliseconds. */
export const ms = (/** @type {number} */ value) => t("milliseconds", milliseconds.format(value));
/** The time of day of a moment in RFC 3339. */
export const clock = (/** @type {string} */ time) => times.format(new Date(time));
