// The page's language: the one that was chosen, or the first of the browser's that there is.

import { coinsOf } from "./ledger/sound/coins.js";
import en from "./languages/en.js";
import soundEn from "./languages/sound/en.js";
import soundZhCN from "./languages/sound/zh-CN.js";
import zhCN from "./languages/zh-CN.js";

/** @import { Units } from "../types/sound.d.ts" */
/** @import { AllTexts, SoundTexts, Text, Texts, TextValues } from "../types/texts.d.ts" */
/** @import { Rules } from "../types/v1.d.ts" */

/**
 * A further language is a file like these two, one for the sound rules, and an entry in both lists.
 * @type {Record<string, Texts>}
 */
export const LANGUAGES = { en, "zh-CN": zhCN };
/** What is said under the sound rules alone, or otherwise than under the printed ones. @type {Record<string, SoundTexts>} */
const SOUND = { en: soundEn, "zh-CN": soundZhCN };
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
/** @type {Rules} */
let rules = "chapter";
/** @type {Texts | AllTexts} */
let texts;
/** @type {Intl.NumberFormat} */
let numbers;
/** @type {Intl.NumberFormat} */
let milliseconds;
/** @type {Intl.DateTimeFormat} */
let times;
/** @type {Intl.DateTimeFormat} */
let moments;
/** @type {Intl.NumberFormat} */
let sums;
use(pick());

/** @param {string} tag */
function use(tag) {
  language = tag;
  texts = rules === "sound" ? { ...LANGUAGES[tag], ...SOUND[tag] } : LANGUAGES[tag];
  numbers = new Intl.NumberFormat(tag);
  milliseconds = new Intl.NumberFormat(tag, { maximumSignificantDigits: 3 });
  times = new Intl.DateTimeFormat(tag, { timeStyle: "medium" });
  moments = new Intl.DateTimeFormat(tag, { dateStyle: "medium", timeStyle: "medium" });
  sums = new Intl.NumberFormat(tag, { notation: "compact", maximumSignificantDigits: 4 });
  document.documentElement.lang = tag;
}

/**
 * From here on all texts are those of a node under these rules.
 * @param {Rules} followed
 */
export function speakOf(followed) {
  rules = followed;
  use(language);
}

/**
 * The text for a key; functions make it from what they are given.
 * @template {keyof AllTexts} Key
 * @param {Key} key
 * @param {TextValues<Key>} values
 * @returns {Text<Key>}
 */
export function t(key, ...values) {
  /** @type {unknown} */
  const text = Object.hasOwn(texts, key) ? /** @type {AllTexts} */ (texts)[key] : key;
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
export const number = (/** @type {number | bigint} */ value) => numbers.format(value);
/** A number that may be too large to be read, rounded to four digits then. */
export const large = (/** @type {bigint} */ value) => (value < 1_000_000_000n ? numbers : sums).format(value);
/** An amount in coins, to the last unit. */
export function coins(/** @type {Units | bigint} */ amount) {
  const { whole, part } = coinsOf(amount);
  return t("coins", number(whole) + (part && `.${part}`), whole === 1n && part === "");
}
/** The date and the time of Unix seconds. */
export const moment = (/** @type {number} */ seconds) => moments.format(new Date(seconds * 1000));
/** A duration in milliseconds. */
export const ms = (/** @type {number} */ value) => t("milliseconds", milliseconds.format(value));
/** The time of day of a moment in RFC 3339. */
export const clock = (/** @type {string} */ time) => times.format(new Date(time));
