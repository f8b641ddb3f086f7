// The copy that may be tampered with, and the story that is told of it. Run by tests/it/page.rs.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { canonical, parse } from "../../page/ledger/json.js";
import { judgeChain } from "../../page/ledger/rules.js";
import { storyOf } from "../../page/ledger/story.js";
import { Copy, copyOfTexts } from "../../page/ledger/tamper.js";

const vectors = JSON.parse(readFileSync(new URL("../vectors/chains.json", import.meta.url), "utf8"));
/** The canonical texts of the longest valid chain of the vectors. */
const TEXTS = vectors
  .filter((one) => one.valid)
  .map((one) => parse(one.json).get("chain").map(canonical))
  .sort((one, other) => other.length - one.length)[0];

/** A copy of the chain with a payment in each block but the first, linked and mined anew. */
async function copyWithPayments(blocks = 4) {
  const copy = new Copy([TEXTS[0]], null);
  while (copy.length < blocks) await copy.extend(new Date(0));
  const transactions = [{ sender: "Alice", receiver: "Bob", amount: 10 }];
  for (let place = 1; place < blocks; place += 1) {
    const block = new Map(copy.blocks[place]);
    block.set("transactions", parse(JSON.stringify(transactions)));
    copy.replace(place, block);
  }
  copy.relink();
  return new Copy(
    copy.places().map((place) => copy.text(place)),
    null,
  );
}

const states = (copy) => copy.places().map((place) => copy.state(place));
const told = (copy, hasBroken, answers = null) => storyOf(copy, hasBroken, answers).map((step) => step.told);
const reached = (copy, hasBroken, answers = null) =>
  storyOf(copy, hasBroken, answers).find(({ state }) => state === "now")?.step;
/** What this node says, then what the others say. */
const answer = (here, ...others) => ({
  judgements: [
    { address: null, judgement: { verdict: here } },
    { address: "127.0.0.1:1009", judgement: null },
    ...others.map((verdict, at) => ({ address: `127.0.0.1:${1002 + at}`, judgement: { verdict } })),
  ],
});

test("a change breaks the link behind it, and nothing else", async () => {
  const copy = await copyWithPayments();
  assert.deepEqual(states(copy), ["same", "same", "same", "same"]);
  assert.equal(reached(copy, false), "change");
  assert.deepEqual(copy.offer(), []);
  copy.edit(1, "amount", "1000000", 0);
  assert.deepEqual(states(copy), ["same", "changed", "same", "same"]);
  assert.deepEqual(copy.brokenLinks(), [2]);
  const { named, hash, whole } = copy.link(2);
  assert.deepEqual([named, hash, whole], [copy.originals[1].hash, copy.hashes[1], false]);
  assert.notEqual(named, hash);
  assert.deepEqual(
    copy.places().map((place) => copy.ownFaults(place)),
    [[], [], [], []],
  );
  assert.equal(copy.link(0), null, "nothing comes before the first block");
  assert.deepEqual(told(copy, true), ["isChanged", "isBroken", "relink", "offer", "win"]);
  assert.deepEqual(storyOf(copy, true, null)[1].data, { changed: 2, broken: 3, faulty: 1, length: 4, agreeing: 0 });
  assert.equal(reached(copy, true), "relink");
});

test("linking anew gives every later block a new hash; undoing and linking again gives the old ones back", async () => {
  const copy = await copyWithPayments();
  copy.edit(1, "amount", "1000000", 0);
  assert.equal(copy.relink(), 2);
  assert.deepEqual(states(copy), ["same", "changed", "relinked", "relinked"]);
  assert.deepEqual(copy.brokenLinks(), []);
  assert.equal(reached(copy, true), "offer");
  copy.undo(1);
  assert.deepEqual(copy.brokenLinks(), [2]);
  assert.equal(copy.relink(), 2);
  assert.deepEqual(states(copy), ["same", "same", "same", "same"]);
  assert.equal(reached(copy, true), "change");
});

test("the last block has no link behind it that could break", async () => {
  const copy = await copyWithPayments();
  copy.edit(3, "receiver", "Mallory", 0);
  assert.deepEqual(told(copy, false).slice(0, 3), ["isChanged", "nothingFollows", "noneBroken"]);
  assert.equal(reached(copy, false), "break");
});

test("a proof that does not fit is a fault of its block, and what cannot be read has no hash", async () => {
  const copy = await copyWithPayments();
  copy.edit(1, "proof", "5");
  const codes = (place) => copy.ownFaults(place).map(({ code }) => code);
  assert.deepEqual([codes(1), codes(2)], [["proof"], ["proof"]]);
  copy.relink();
  assert.deepEqual(told(copy, true)[2], "faulty");
  copy.undo(1);
  copy.relink();
  copy.edit(1, "index", "two");
  assert.deepEqual([codes(1), codes(2)], [["integer"], []]);
  assert.deepEqual(copy.link(2).hash, null);
  copy.edit(1, "index", "００２");
  assert.deepEqual(states(copy), ["same", "same", "same", "same"], "full-width digits are digits");
});

test("a longer copy is a valid chain, and is offered from the block before the change", async () => {
  const copy = await copyWithPayments();
  copy.edit(2, "amount", "７.5", 0);
  copy.relink();
  assert.deepEqual(copy.offer(), [copy.text(1), copy.text(2), copy.text(3)]);
  await copy.extend(new Date(2026, 0, 2, 3, 4, 5, 6));
  assert.equal(copy.height, 5);
  assert.deepEqual(states(copy), ["same", "same", "changed", "relinked", "mined"]);
  assert.match(copy.text(4), /"timestamp": "2026-01-02 03:04:05\.006000", "transactions": \[\]/);
  const chain = copy.places().map((place) => copy.text(place));
  assert.deepEqual(judgeChain(`{"chain": [${chain}], "length": 5}`), { valid: true, reason: "" });
  assert.equal(reached(copy, true, answer("not_longer")), "win");
  assert.equal(reached(copy, true, answer("longer")), undefined);
  assert.deepEqual(told(copy, true, answer("longer")).slice(3), ["isOffered", "won"]);
  const [agreeing, alone] = [answer("longer", "longer", "refused"), answer("longer", "refused")].map(
    (answers) => storyOf(copy, true, answers)[4].data.agreeing,
  );
  assert.deepEqual([agreeing, alone], [1, 0], "of the others, those that agreed");
});

test("a copy on which nothing was mined or changed has not won, whatever nodes with shorter chains say", async () => {
  const copy = await copyWithPayments();
  copy.edit(1, "amount", "1000000", 0);
  copy.relink();
  assert.equal(reached(copy, true, answer("not_longer", "longer")), "win");
  assert.equal(reached(copy, true, answer("longer", "longer")), "win", "the chain here has become shorter");
  await copy.extend(new Date(0));
  assert.equal(reached(copy, true, answer("not_longer", "longer")), "win", "the chain here has grown");
  assert.equal(reached(copy, true, answer("refused", "longer")), "win");
  const honest = await copyWithPayments();
  await honest.extend(new Date(0));
  assert.equal(told(honest, false, answer("longer"))[4], "win", "nothing is forged");
});

test("an amount is read as people type it, and is a text where it is no number or could be two", async () => {
  const copy = await copyWithPayments();
  const read = (typed) => {
    copy.edit(1, "amount", typed, 0);
    return /"amount": ([^,]*|"[^"]*"), "receiver"/.exec(copy.text(1))[1];
  };
  assert.deepEqual(["9,5", "９．５", "1,000,000", "007"].map(read), ["9.5", "9.5", "1000000", "7"]);
  assert.deepEqual(["ten", "1,500", "1e999"].map(read), ['"ten"', '"1,500"', '"1e999"']);
});

test("a copy of the end of a chain is judged against the block before it, and a search can be given up", async () => {
  const whole = await copyWithPayments();
  const copy = copyOfTexts([whole.text(2), whole.text(3)], whole.text(1));
  assert.deepEqual([copy.height, copy.brokenLinks()], [4, []]);
  copy.edit(0, "previous_hash", "0");
  assert.deepEqual(copy.brokenLinks(), [0, 1]);
  const given = new AbortController();
  given.abort();
  await assert.rejects(copy.extend(new Date(), given.signal), { name: "AbortError" });
  assert.equal(copy.length, 2);
});
