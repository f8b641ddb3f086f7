// The texts of the languages, held against each other and against the contract. Run by tests/it/page.rs.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import en from "../../page/languages/en.js";
import zhCN from "../../page/languages/zh-CN.js";

const LANGUAGES = { en, "zh-CN": zhCN };

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
});

test("every problem of the contract, and the page's own, is said in every language", () => {
  const names = problems().filter((name) => name !== "not-for-guests");
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
