// Numbers as people type them. Run by tests/it/page.rs.

import assert from "node:assert/strict";
import { test } from "node:test";

import { numberOf } from "../../page/typed.js";

test("what is meant is clear", () => {
  const cases = {
    2.5: "2.5",
    "2,5": "2.5",
    "0,500": "0.500",
    "12,5000": "12.5000",
    "１２．５": "12.5",
    "１２，５": "12.5",
    "＋７": "7",
    "－７": "-7",
    "−7": "-7",
    "3。5": "3.5",
    "\u2009 10 \u202f": "10",
    "\u300010\u00a0": "10",
    "1 000": "1000",
    "1\u2009000\u2009000": "1000000",
    "1 000,500": "1000.500",
    "1'000'000": "1000000",
    "1,000,000": "1000000",
    "1,000.5": "1000.5",
    "1.000,5": "1000.5",
    "1.000.000": "1000000",
    "1.000": "1.000",
    "007": "7",
    0: "0",
    ".5": "0.5",
    "5.": "5",
    "1e3": "1e3",
    "1E-5": "1e-5",
    "1000,000": "1000.000",
  };
  for (const [typed, text] of Object.entries(cases)) assert.equal(numberOf(typed).text, text, typed);
});

test("all digits are kept", () => {
  const digits = `${"9".repeat(400)}.${"1".repeat(40)}`;
  assert.equal(numberOf(digits).text, digits);
  assert.equal(numberOf("123456789012345678901234567890").text, "123456789012345678901234567890");
});

test("a comma before three digits is a question", () => {
  assert.deepEqual(numberOf("1,000"), { text: null, reason: "ambiguous", choices: ["1000", "1.000"] });
  assert.deepEqual(numberOf("１２，３４５").choices, ["12345", "12.345"]);
  assert.deepEqual(numberOf("-1,000").choices, ["-1000", "-1.000"]);
});

test("what is no number is said to be none", () => {
  for (const typed of ["", " ", "\u3000"]) assert.equal(numberOf(typed).reason, "empty");
  for (const typed of [
    ".",
    ",",
    "-",
    "ten",
    "1,2,3",
    "1.2.3",
    "1 00",
    "1 2",
    "0x10",
    "1e",
    "Infinity",
    "NaN",
    "1,00.5",
  ]) {
    assert.equal(numberOf(typed).reason, "not_a_number", typed);
  }
});
