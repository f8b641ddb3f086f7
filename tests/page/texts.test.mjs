// The texts of the languages, held against each other and against the contract. Run by tests/it/page.rs.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import en from "../../page/languages/en.js";
import soundEn from "../../page/languages/sound/en.js";
import soundZhCN from "../../page/languages/sound/zh-CN.js";
import zhCN from "../../page/languages/zh-CN.js";

const LANGUAGES = { en, "zh-CN": zhCN };
/** What the languages say of a node under the sound rules. */
const SOUND = { en: { ...en, ...soundEn }, "zh-CN": { ...zhCN, ...soundZhCN } };
/** Problems that a node has under the sound rules alone. */
const SOUND_PROBLEMS = [
  "no-receiver",
  "clock-behind",
  "broken-rule",
  "bad-mode",
  "unknown-transaction",
  "not-confirmed",
  "too-many-blocks",
];

/** The names of problems that section 7 of the contract lists. */
function problems() {
  const contract = readFileSync(new URL("../../docs/contract.md", import.meta.url), "utf8");
  const paragraph = contract.split("- **Problem details.**")[1].split("- **Paging.**")[0];
  return [...paragraph.matchAll(/`([a-z]+(?:-[a-z]+)*)`/g)]
    .map(([, name]) => name)
    .filter((name) => !["type", "title", "status", "detail", "value", "code"].includes(name));
}

test("the languages have the same texts", () => {
  assert.deepEqual(Object.keys(zhCN), Object.keys(en));
  assert.deepEqual(Object.keys(soundZhCN), Object.keys(soundEn));
});

test("no text of the sound rules calls the longest chain the best, and the printed rules have none of their words", () => {
  for (const key of ["longest", "longestHelp", "kept", "barLongest", "newsMany", "pictureSummary", "accountsHelp"]) {
    for (const [language, texts] of Object.entries(SOUND)) {
      const said = [texts[key]].map((text) => (typeof text === "function" ? text(2, 1, 3) : text)).join();
      assert.doesNotMatch(said, /longest|最长/, `${key} in ${language}`);
      assert.notEqual(texts[key], LANGUAGES[language][key], `${key} in ${language}`);
    }
  }
  for (const texts of Object.values(SOUND)) {
    assert.doesNotMatch(JSON.stringify(texts.words), /longest|最长|0000/);
    for (const why of ["replaced", "evicted", "invalid", "undone"])
      assert.notEqual(texts.left(why, 2), texts.left("", 2));
    for (const code of ["adopted", "not_longer", "tie", "outdone", "other_network"]) {
      assert.doesNotMatch(texts.offer(code), /long|长/, code);
    }
    for (const kind of SOUND_PROBLEMS) assert.notEqual(texts.problem(kind), "", kind);
    assert.equal(texts.problem("something-new"), "");
  }
});

test("every problem of the contract, and the page's own, is said in every language", () => {
  const own = ["not-for-guests", ...SOUND_PROBLEMS];
  const names = problems().filter((name) => !own.includes(name));
  assert.ok(names.length >= 23, names.join());
  for (const [language, texts] of Object.entries(LANGUAGES)) {
    for (const name of [...names, "internal", "no-answer", "too-slow"]) {
      assert.notEqual(texts.problem(name), "", `${name} in ${language}`);
    }
    assert.equal(texts.problem("something-new"), "");
    assert.notEqual(texts.notForGuests("use"), texts.notForGuests("read"));
  }
});

test("every code of a payment or an address is said in every language", () => {
  const payment = ["empty", "not_positive", "not_a_number", "name", "amount", "too_long", "too_many_digits"];
  payment.push("not_finite", "not_a_scalar");
  const address = ["malformed", "scheme", "credentials", "not_asked", "ipv4_spelling"];
  address.push("port_zero", "port_too_large", "port_missing");
  for (const [language, texts] of Object.entries(LANGUAGES)) {
    for (const code of payment) assert.notEqual(texts.paymentFault(code, "amount"), "", `${code} in ${language}`);
    for (const code of address) assert.notEqual(texts.addressFault(code), "", `${code} in ${language}`);
  }
});
