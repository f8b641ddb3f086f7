// The show of a search, the proofs that repeat, and the chart's numbers. Run by tests/it/page.rs.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { Cycle, FIRST, LAST_NEW, PERIOD, earlierOf } from "../../page/ledger/cycle.js";
import { attempt, best, canReplay, sample } from "../../page/ledger/replay.js";
import { solves } from "../../page/ledger/rules.js";
import { CLOSED, PACE, showTime } from "../../page/views/mining/pace.js";
import { heightOf, summary, timeOfDay } from "../../page/views/proofs/scale.js";

const { sequence } = JSON.parse(readFileSync(new URL("../vectors/puzzle.json", import.meta.url), "utf8"));

/** The proof of a block of a chain that was mined by the smallest proofs. */
function proofOf(index) {
  while (index > sequence.length) index -= PERIOD;
  return sequence[index - 1];
}
const header = (index, proof = proofOf(index)) => ({ index, proof });
const headers = (from, to) => Array.from({ length: to - from + 1 }, (_, at) => header(from + at));

test("the sequence of proofs closes as the page says", () => {
  assert.equal(new Set(sequence).size, LAST_NEW);
  assert.equal(sequence.length, LAST_NEW);
  // The same answer to both puzzles: that is where the circle closes.
  assert.ok(solves(BigInt(sequence[LAST_NEW - 1]), BigInt(sequence[FIRST - 1])));
  assert.ok(solves(BigInt(sequence[FIRST - 2]), BigInt(sequence[FIRST - 1])));
});

test("the first block with the same proof", () => {
  assert.deepEqual([1, 67, 68, 225].map(earlierOf), [0, 0, 0, 0]);
  assert.deepEqual([226, 227, 383, 384, 10_000].map(earlierOf), [68, 69, 225, 68, 204]);
});

test("a repeated proof is one that the chain really holds twice", () => {
  const cycle = new Cycle();
  assert.equal(cycle.earlier(header(226)), 0, "nothing is said before the proofs are known");
  cycle.learn(headers(1, 300));
  assert.ok(cycle.isKnown);
  for (const index of [226, 227, 300, 384, 10_000]) assert.equal(cycle.earlier(header(index)), earlierOf(index));
  assert.equal(cycle.earlier(header(225)), 0);
  assert.equal(cycle.earlier(header(226, 12345)), 0, "another proof, from a peer");
  cycle.learn([header(69, 2 ** 60)]);
  assert.equal(cycle.earlier(header(227, 2 ** 60)), 0, "digits that the page does not know");
  cycle.forget();
  assert.equal(cycle.earlier(header(226)), 0);
  assert.ok(!cycle.isKnown);
});

test("a trial of the show is what a miner tries", () => {
  const trial = attempt(1, 533);
  assert.equal(trial.difference, "284088");
  assert.equal(trial.zeros, 4);
  assert.match(trial.hash, /^0000/);
  assert.equal(attempt(533, 1).difference, "-284088");
  assert.ok(canReplay(1, 533));
  assert.ok(!canReplay(1, 534));
  assert.ok(!canReplay(2 ** 60, 533));
});

test("the numbers of a show rise, and end with the proof", () => {
  for (const proof of [1, 2, 5, 533, 346464]) {
    let last = 0;
    for (let step = 0; step < 20; step += 1) {
      const numbers = sample(proof, step / 20, 8);
      assert.ok(numbers.length <= 8);
      for (const number of numbers) assert.ok(number >= 1 && number < proof, `${number} ${proof}`);
      assert.ok((numbers.at(-1) ?? last) >= last);
      last = numbers.at(-1) ?? last;
    }
    assert.deepEqual(sample(proof, 1, 8), [proof]);
  }
  const trials = [10, 11, 12, 13].map((number) => attempt(533, number));
  assert.equal(best(trials).zeros, Math.max(...trials.map(({ zeros }) => zeros)));
});

test("a show fits between two blocks, or is skipped", () => {
  assert.equal(showTime(Infinity, false), PACE.usual);
  assert.equal(showTime(Infinity, true), PACE.slow);
  assert.ok(PACE.usual + CLOSED.usual < 1000);
  assert.equal(showTime(300, false), 0);
  assert.equal(showTime(300, true), 0);
  assert.ok(showTime(2000, true) > 1000 && showTime(2000, true) < 2000);
});

test("the chart's numbers", () => {
  assert.equal(heightOf(1_000), 0.25);
  assert.equal(heightOf(1_000_000), 1);
  assert.equal(heightOf(2 ** 63), 1);
  assert.ok(heightOf(1) > 0, "every block has a column");
  assert.deepEqual(summary([5, 1, 9]), { least: 1, middle: 5, most: 9 });
  assert.equal(timeOfDay("2026-11-22 19:41:17.215595"), "19:41:17");
  assert.equal(timeOfDay("yesterday ".repeat(30)), "");
});
