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

export const language = pick();
document.documentElement.lang = language;
const texts = LANGUAGES[language];

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
 * Shows the page in another language.
 * @param {string} tag
 */
export function choose(tag) {
  try {
    localStorage.setItem(KEY, tag);
  } catch {
    // The address carries it then.
  }
  const address = new URL(location.href);
  address.searchParams.set("lang", tag);
  location.assign(address);
}

const numbers = new Intl.NumberFormat(language);
export const number = (/** @type {number} */ value) => numbers.format(value);
const milliseconds = new Intl.NumberFormat(language, { maximumSignificantDigits: 3 });
export const ms = (/** @type {number} */ value) => `${milliseconds.format(value)} ms`;
const times = new Intl.DateTimeFormat(language, { timeStyle: "medium" });
export const clock = (/** @type {string} */ time) => times.format(new Date(time));
