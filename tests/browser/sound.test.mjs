// The page of a node under the sound rules: its blocks and payments, and nothing that only the printed rules have. Run by
// tests/it/page.rs.

import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { openClass } from "./networks.mjs";
import { ask, checkAccessibility, launch, length, mine, openPage, startNode } from "./support.mjs";

const ledger = JSON.parse(readFileSync(new URL("../vectors/sound/ledger.json", import.meta.url), "utf8"));
const [ALICE] = ledger.keys.map(({ address }) => address);
/** What only the page of the printed rules has. */
const PRINTED = ".tamper, .proofs, #copy, #search, #slow, #pay-sender, #hashed-text, [data-step]";

let browser;
let folder;
before(async () => {
  browser = await launch();
  folder = mkdtempSync(join(tmpdir(), "bcoin-sound-"));
  writeFileSync(join(folder, "genesis"), ledger.chain.genesis_block);
});
after(async () => {
  await browser.close();
  rmSync(folder, { recursive: true });
});

/** A node of an instant room, or of the network of the vectors with the first of their blocks. */
async function withNode(args, work) {
  const node = await startNode("--rules", "sound", "--port", "0", ...args);
  try {
    await work(node);
  } finally {
    await node.stop();
  }
}

const room = (name, ...args) => ["--profile", "instant", "--room", name, ...args];
const vectors = (...args) => ["--genesis", join(folder, "genesis"), ...args];
/** Sends blocks one after the other; what became of the last one. */
async function submit(node, blocks) {
  let outcome;
  for (const { raw } of blocks) {
    ({ outcome } = await ask(node.base, "POST", "/api/v1/blocks/raw", JSON.stringify({ raw })));
  }
  return outcome;
}
const overflow = (page) => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);

test("a node is mined on, and shows its blocks with their fields", () =>
  withNode(room("<b>Room</b> 7", "--miner", ALICE), async (node) => {
    const { page, noise, context } = await openPage(browser, node.base);
    assert.equal(await page.locator(PRINTED).count(), 0);
    await page.locator("#about", { hasText: "Room: <b>Room</b> 7 · profile instant" }).waitFor();
    await page.locator("#about", { hasText: "Work: 2 hashes · Bits: 207fffff" }).waitFor();
    await page.locator("#chance", { hasText: "takes 2 tries on average" }).waitFor();
    await mine(page, 2);
    await page.locator("#mined", { hasText: /Block 2 after \d+ (try|tries) in/ }).waitFor();
    await page.locator("#work", { hasText: "Work: 4 hashes" }).waitFor();
    await page.locator('#log [data-event="block"]', { hasText: "Block 2 was mined here: 1 transaction" }).waitFor();
    const { hash, merkle_root, previous_hash, timestamp } = await ask(node.base, "GET", "/api/v1/blocks/2");
    await page.locator('[data-index="2"]', { hasText: "Reward 50,000 coins" }).click();
    const detail = page.locator("article.detail");
    for (const text of [hash, merkle_root, previous_hash, `Unix time ${timestamp}`, "167 bytes", ALICE, "0x20000000"]) {
      await detail.filter({ hasText: text }).waitFor();
    }
    await page.locator("#follow").click();
    await detail
      .filter({ hasText: "Block 1 (the first block)" })
      .filter({ hasText: "instant/50000/210/<b>Room" })
      .waitFor();
    assert.deepEqual(await page.locator("#mode option").evaluateAll((all) => all.map(({ value }) => value)), [
      "off",
      "on_payment",
      "interval",
      "continuous",
    ]);
    await page.locator("#mode").selectOption("continuous");
    await page.waitForFunction(() => Number(document.querySelector("#length").dataset.length) > 14);
    await page.locator("#mode").selectOption("off");
    await page.locator("#accounts", { hasText: "coins" }).waitFor();
    await page.locator("#accounts button").first().click();
    await page.locator("#account", { hasText: ALICE }).filter({ hasText: "Rewards not yet spendable" }).waitFor();
    assert.equal(await page.locator("main b, main i:not([aria-hidden])").count(), 0);
    assert.deepEqual(noise, []);
    await context.close();
    // The page for a projector says no more of lengths than it knows.
    const projector = await openClass(browser, node.base);
    await projector.page.locator("#network-summary", { hasText: /This node alone, with [\d,]+ blocks/ }).waitFor();
    assert.doesNotMatch(await projector.page.locator("body").textContent(), /longest/);
    await projector.context.close();
  }));

test("payments wait and are in blocks with all they hold; a branch with more work is told with what it undoes", () =>
  withNode(vectors("--miner", ALICE), async (node) => {
    const { blocks } = ledger.chain;
    const { page, noise, context } = await openPage(browser, node.base);
    // Block 1 is the genesis block, which is not among them.
    const at = blocks.findIndex(({ raw }) => paymentOf(raw) !== null);
    await submit(node, blocks.slice(0, at));
    await length(page, at + 1);
    await page.locator('#log [data-event="block"]', { hasText: "came from elsewhere" }).first().waitFor();
    assert.match(await page.locator("#signed").textContent(), /POST \/add_transaction/);
    const raw = JSON.stringify({ raw: paymentOf(blocks[at].raw) });
    const { id } = await ask(node.base, "POST", "/api/v1/transactions", raw);
    const waiting = page.locator(`#pending [data-id="${id}"]`);
    for (const text of ["From", "coin", "Fee", "Nonce", "Signature"]) await waiting.filter({ hasText: text }).waitFor();
    await page.locator("#next .token", { hasText: "coin" }).waitFor();
    await page.locator('#log [data-event="transaction"]').waitFor();
    await submit(node, blocks.slice(at));
    await length(page, blocks.length + 1);
    await page.locator("#pending", { hasText: "No payment waits" }).waitFor();
    await page.locator("#find").fill(String(at + 2));
    await page.locator("#find").press("Enter");
    await page.locator(`.detail [data-id="${id}"]`).waitFor();
    const branch = [...ledger.branch.blocks];
    while ((await submit(node, [branch.shift()])) !== "reorganised");
    await page.locator("#replacement", { hasText: "A chain with more work was taken" }).waitFor();
    await page.locator('#log [data-event="replacement"]', { hasText: "20 blocks were given up" }).waitFor();
    await submit(node, branch);
    await page.locator("#replacement:empty").waitFor({ state: "attached" });
    await page.locator(`#work[title="${ledger.branch.work}"]`).waitFor();
    // What was given up is on a branch beside the chain.
    await page.locator("#find").fill(blocks.at(-1).hash);
    await page.locator("#find").press("Enter");
    await page.locator(".detail", { hasText: "The chain does not have this block" }).waitFor();
    assert.deepEqual(noise, []);
    await context.close();
  }));

/** The encoding of the first payment of an encoded block; null when there is none. */
function paymentOf(block) {
  const byte = (at) => parseInt(block.slice(2 * at, 2 * at + 2), 16);
  const [header, reward, transfer] = [80, 86, 154];
  if (byte(header) < 2) return null;
  const begin = header + 1 + reward + byte(header + reward);
  return block.slice(2 * begin, 2 * (begin + transfer + byte(begin + 89)));
}

test("what leaves the mempool and a deep replacement are said, and stay to be seen", () =>
  withNode(room("Events"), async (node) => {
    const { page, context } = await openPage(browser, node.base);
    await page.evaluate(async () => {
      const [{ soundViews }, { soundApi }, { state }] = await Promise.all(
        ["/page/rules/sound.js", "/page/api.js", "/page/state.js"].map((path) => import(path)),
      );
      const shell = { ...state, api: soundApi, problem() {}, keep: (name, make) => make() };
      const views = soundViews(shell);
      document.querySelector("main").replaceChildren(...Object.values(views.sections));
      const time = new Date().toISOString();
      const given_up = { number: 0, count: 101, blocks: [] };
      const returned = { count: 0, transactions: [] };
      const replacement = { from: null, fork: 1, length: 200, tip_hash: "", given_up, returned, not_returned: 3 };
      const events = [
        ...["replaced", "evicted", "invalid", "undone"].map((why) => ["left", { why, ids: ["ab".repeat(32)], time }]),
        ["replacement", { replacement, pending: 0, time }],
        ["replacement", { replacement: { ...replacement, given_up: { ...given_up, count: 2 } }, pending: 0, time }],
      ];
      for (const event of events) views.hear(event);
      views.heard(events);
    });
    await page.locator("#left", { hasText: "undone" }).waitFor();
    for (const words of ["higher fee", "others pay more", "not valid", "gave up the block"]) {
      await page.locator('#log [data-event="left"]', { hasText: words }).first().waitFor();
    }
    await page.locator("#replacement .deep", { hasText: "Attention, 101 blocks at once" }).waitFor();
    await page.locator('#log [data-event="replacement"] .bad').waitFor();
    assert.equal(await page.locator('#log [data-event="replacement"] .bad').count(), 1);
    await context.close();
  }));

for (const [name, options] of [
  ["phone, in Chinese", { viewport: { width: 360, height: 780 }, locale: "zh-CN" }],
  ["dark", { colorScheme: "dark" }],
]) {
  test(`no serious fault of accessibility under the sound rules: ${name}`, () =>
    withNode(vectors("--miner", ALICE), async (node) => {
      await submit(node, ledger.chain.blocks);
      const { page, noise, context } = await openPage(browser, node.base, options);
      await page.locator("#accounts button").first().click();
      await page.locator("#account dl").first().waitFor();
      await page.locator("[data-index]").first().click();
      await page.locator("article.detail").waitFor();
      assert.ok((await overflow(page)) <= 0);
      await checkAccessibility(page);
      const text = await page.locator("body").textContent();
      if (options.locale) {
        assert.match(text, /房间.*工作量：.*难度目标/s);
        assert.doesNotMatch(text, /最长的链|Reward|coins/);
        await page.locator(".bar button").first().click();
        await length(page, ledger.chain.blocks.length + 2);
        await page.locator("#language").selectOption("en");
        await page.locator("#longest", { hasText: "Ask for the chain with the most work" }).waitFor();
        assert.ok((await overflow(page)) <= 0);
      }
      assert.equal(await page.locator(PRINTED).count(), 0);
      assert.deepEqual(noise, []);
      await context.close();
    }));
}
