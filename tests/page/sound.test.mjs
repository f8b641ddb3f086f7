// What the page makes of the numbers and notes of the sound rules, held against the vectors. Run by tests/it/page.rs.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { JsonNumber } from "../../page/ledger/json.js";
import { argument } from "../../page/views/sound/argument.js";
import { bytesOf, feesOf, rewardOf, versionText } from "../../page/ledger/sound/block.js";
import { coinsOf } from "../../page/ledger/sound/coins.js";
import { noteText } from "../../page/ledger/sound/note.js";
import { hashesOf, targetOf, trialsOf } from "../../page/ledger/sound/work.js";

const ledger = JSON.parse(readFileSync(new URL("../vectors/sound/ledger.json", import.meta.url), "utf8"));

test("amounts are shown to the last unit", () => {
  for (const [units, whole, part] of [
    [0, 0n, ""],
    [1, 0n, "00000001"],
    [100_000_000, 1n, ""],
    [150_000_000, 1n, "5"],
    [new JsonNumber("2099999999999995"), 20_999_999n, "99999995"],
    [2_100_000_000_000_000n, 21_000_000n, ""],
  ]) {
    assert.deepEqual(coinsOf(units), { whole, part });
  }
});

test("targets and the work for them are those of the vectors", () => {
  assert.ok(ledger.targets.length > 10);
  for (const { bits, target, work } of ledger.targets) {
    assert.equal(targetOf(bits), target === null ? null : hashesOf(target), bits);
    assert.equal(trialsOf(bits), work === null ? null : hashesOf(work), bits);
  }
  assert.equal(targetOf("x"), null);
});

test("a note is a text only when all of it can be seen", () => {
  const hex = (text) => Buffer.from(text).toString("hex");
  for (const text of ["lunch", "für Ada ☕", "<b>公钥</b>", "👍🏽"]) assert.equal(noteText(hex(text)), text);
  for (const text of ["a\nb", "\u202eevil", "\u0000", "a\u200bb", "\ufeffa", ""])
    assert.equal(noteText(hex(text)), null);
  assert.equal(noteText("ff00"), null);
});

test("a room is shown in a command as every shell reads it, or not at all", () => {
  for (const room of ["B-Coin", "7B/2026-11-28", "七班"]) assert.equal(argument(room), room);
  assert.equal(argument("Class 7B"), '"Class 7B"');
  for (const room of ["a$(b)", 'a"b', "-x", "a'b", "%PATH%", " a", "a;b", "<b>"]) assert.equal(argument(room), "ROOM");
});

test("a version is shown as the bits that are hashed, also a negative one", () => {
  assert.equal(versionText(0x20000000), "0x20000000");
  assert.equal(versionText(1), "0x1");
  assert.equal(versionText(-1), "0xffffffff");
});

test("the size of a block, its fees and its reward follow from its transactions", () => {
  const [transfer] = ledger.transfers;
  const reward = { id: "", receiver: null, amount: 0, note: hexOfNote(ledger.network.genesis_block), extranonce: "" };
  assert.equal(bytesOf([reward]), ledger.network.genesis_block.length / 2);
  const bytes = bytesOf([reward, transfer]);
  assert.equal(bytes - bytesOf([reward]), transfer.raw.length / 2);
  const many = [reward, ...Array(252).fill(transfer)];
  assert.equal(bytesOf(many), bytesOf([reward]) + 252 * (transfer.raw.length / 2) + 2);
  assert.equal(feesOf([reward, transfer, transfer]), 2000n);
  assert.equal(rewardOf([reward, transfer]), reward);
});

/** The note with which an encoded genesis block ends. */
function hexOfNote(block) {
  const header = 80;
  const beforeNote = header + 1 + 85;
  const length = parseInt(block.slice(2 * beforeNote, 2 * beforeNote + 2), 16);
  return block.slice(-2 * length);
}
