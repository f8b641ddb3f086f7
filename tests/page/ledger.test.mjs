// The page's own hashing and judging, held against what CPython decided (tests/vectors). Run by tests/it/page.rs.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { canonical, floatText, parse } from "../../page/ledger/json.js";
import { hashOf, judgeChain, readBlock, readStoredBlock, search, solves } from "../../page/ledger/rules.js";
import { sha256 } from "../../page/ledger/sha256.js";
import { Copy } from "../../page/ledger/tamper.js";

const vectors = (name) => JSON.parse(readFileSync(new URL(`../vectors/${name}.json`, import.meta.url), "utf8"));
const decode = (digits) =>
  new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(Buffer.from(digits, "hex"));
const input = (one) => (one.hex === undefined ? one.json : decode(one.hex));

test("sha256 is SHA-256", () => {
  assert.equal(sha256(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  assert.equal(sha256("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  assert.equal(sha256("a".repeat(1_000_000)), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
});

test("every accepted block hashes as CPython hashes it", () => {
  const all = vectors("encoding");
  assert.equal(all.length, 120);
  for (const one of all) {
    const block = readBlock(parse(one.json));
    assert.equal(canonical(block), one.canonical, one.name);
    assert.equal(hashOf(block), one.sha256, one.name);
  }
});

test("every refused block is refused", () => {
  const all = vectors("refused");
  assert.equal(all.length, 70);
  for (const one of all) assert.throws(() => readBlock(parse(input(one))), one.name);
});

test("a block with a longer integer than Python reads can be looked at where it is stored", () => {
  const stored = vectors("refused").find((one) => one.name === "integer_of_4301_digits");
  assert.equal(readStoredBlock(parse(stored.json)).get("transactions")[0].get("amount").text.length, 4301);
  assert.throws(() => readBlock(parse(stored.json)), { code: "digits" });
  const before = { index: 1n, proof: 1n, hash: "0e10d103307ffa3ad0ab4a6d8d902afae717102f8c51406d472cbfe68dfda1ef" };
  const copy = new Copy([canonical(parse(stored.json))], before);
  assert.deepEqual(copy.faults(0), []);
  copy.edit(0, "sender", "x", 0);
  assert.deepEqual(
    copy.faults(0).map((fault) => fault.code),
    ["digits"],
  );
});

test("every chain gets its verdict", () => {
  const all = vectors("chains");
  assert.equal(all.length, 28);
  for (const one of all) assert.equal(judgeChain(one.json).valid, one.valid, `${one.name}: ${one.why}`);
});

test("proofs are judged and found as CPython does", async () => {
  const { sequence, checks } = vectors("puzzle");
  for (const { previous, proof, solves: expected } of checks) {
    assert.equal(solves(BigInt(previous), BigInt(proof)), expected, `${previous} ${proof}`);
  }
  for (let at = 0; at < 6; at += 1) assert.equal(await search(BigInt(sequence[at])), BigInt(sequence[at + 1]));
  await assert.rejects(search(2n ** 62n, AbortSignal.abort()));
});

test("floats print as CPython's repr prints them", () => {
  for (const [value, text] of [
    [1e16, "1e+16"],
    [1e15, "1000000000000000.0"],
    [0.0001, "0.0001"],
    [0.00001, "1e-05"],
    [-1.5e-7, "-1.5e-07"],
    [5e-324, "5e-324"],
    [123456.789, "123456.789"],
    [-0, "-0.0"],
    [9007199254740993, "9007199254740992.0"],
    [-0.00012, "-0.00012"],
  ])
    assert.equal(floatText(value), text);
});

test("tampering breaks the next link, and re-linking repairs all that the printed puzzle asks for", async () => {
  const chain = parse(vectors("chains").find((one) => one.name === "eight_blocks").json)
    .get("chain")
    .map(canonical);
  const copy = new Copy(chain, null);
  const broken = () =>
    chain.map((_, place) =>
      copy
        .faults(place)
        .map((fault) => fault.code)
        .join(),
    );
  assert.deepEqual(broken(), ["", "", "", "", "", "", "", ""]);
  copy.edit(2, "amount", "1000000", 0);
  assert.deepEqual(broken(), ["", "", "", "link", "", "", "", ""]);
  assert.equal(copy.relink(), 5);
  assert.deepEqual(broken(), ["", "", "", "", "", "", "", ""]);
  assert.deepEqual(
    chain.map((_, place) => copy.isChanged(place)),
    [false, false, true, true, true, true, true, true],
  );
  copy.edit(4, "proof", "1");
  assert.deepEqual(broken(), ["", "", "", "", "proof", "link,proof", "", ""]);
  await copy.mine(4);
  assert.deepEqual(broken(), ["", "", "", "", "", "", "", ""]);
  copy.edit(3, "index", "x");
  assert.deepEqual(broken(), ["", "", "", "integer", "after", "", "", ""]);
  copy.edit(3, "index", "4");
  copy.edit(1, "sender", "<img src=x>", 0);
  assert.ok(copy.text(1).includes('"<img src=x>"'));
  assert.equal(parse(copy.text(1)).get("transactions")[0].get("amount").text, "1");
});

test("a copy may begin in the middle of a chain", () => {
  const chain = parse(vectors("chains").find((one) => one.name === "eight_blocks").json).get("chain");
  const whole = new Copy(chain.map(canonical), null);
  const before = { index: 4n, proof: 21391n, hash: whole.hashes[3] };
  const part = new Copy(chain.slice(4).map(canonical), before);
  assert.deepEqual(part.faults(0), []);
  part.edit(0, "previous_hash", "0");
  assert.equal(part.faults(0)[0].code, "link");
  part.relink();
  assert.deepEqual(part.faults(0), []);
});
