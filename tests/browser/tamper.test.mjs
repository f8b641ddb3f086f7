// Tampering as a story, in a real browser on real nodes. Run by tests/it/page.rs.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { ask, checkAccessibility, launch, length, openPage, startNode } from "./support.mjs";

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser.close());

/** A node with three payments in blocks 2 to 4, and its page. */
async function withCopy(options, act) {
  const node = await startNode("--port", "0");
  try {
    const post = (path, body) => ask(node.base, "POST", `/api/v1${path}`, body && JSON.stringify(body));
    for (let amount = 2; amount <= 4; amount += 1) {
      await post("/pending", { sender: "Alice", receiver: "Bob", amount });
      await post("/blocks");
    }
    const opened = await openPage(browser, node.base, options);
    await length(opened.page, 4);
    await opened.page.locator("#copy").click();
    await opened.page.locator('[data-place="3"]').waitFor();
    await act({ ...opened, node });
    await opened.context.close();
  } finally {
    await node.stop();
  }
}

const block = (page, place) => page.locator(`[data-place="${place}"]`);
const amount = (page, place) => block(page, place).locator('input[data-field="amount"]').first();
const each = (page, key) =>
  page.locator("#copies .copy").evaluateAll((all, name) => all.map((one) => one.dataset[name]), key);
const links = (page) =>
  page.locator("#copies .link").evaluateAll((all) => all.map((one) => (one.hidden ? null : one.dataset.broken)));
const current = (page) => page.locator('[aria-current="step"]').getAttribute("data-step");
const open = (page, place) => page.locator(`#tamper-fold-${place}`).click();

/** What the nodes would answer, until the answers of the test. */
const answered = (page, judgements) =>
  page.route("**/api/v1/peers/judgements", (route) => route.fulfill({ json: { judgements } }));

test("what breaks, why, and what re-linking repairs", () =>
  withCopy({}, async ({ page, node, noise }) => {
    const before = await ask(node.base, "GET", "/get_chain");
    assert.deepEqual(await each(page, "state"), ["same", "same", "same", "same"]);
    assert.deepEqual(await links(page), [null, "false", "false", "false"]);
    assert.equal(await current(page), "change");
    assert.deepEqual(
      [await page.locator("#relink").isDisabled(), await page.locator("#offer").isDisabled()],
      [true, true],
    );
    assert.equal(await page.locator('#copies [aria-expanded="true"]').count(), 1, "one block is open");
    await amount(page, 1).fill("1000000");
    assert.deepEqual(await each(page, "state"), ["same", "changed", "same", "same"]);
    assert.deepEqual(await each(page, "faults"), ["", "", "link", ""]);
    assert.deepEqual(await links(page), [null, "false", "true", "false"]);
    assert.deepEqual(await each(page, "rests"), ["false", "false", "true", "true"]);
    assert.equal(await current(page), "relink");
    // The link shows both hashes, and the change says so in words.
    const broken = page.locator('.link[data-broken="true"]');
    const shown = await broken.locator("code").evaluateAll((all) => all.map((code) => code.title));
    const original = (await ask(node.base, "GET", "/api/v1/blocks/2")).hash;
    assert.deepEqual(shown, [original, await block(page, 1).locator("[data-hash]").getAttribute("data-hash")]);
    assert.notEqual(shown[0], shown[1]);
    assert.match(await broken.textContent(), /Broken link/);
    assert.match(await block(page, 1).locator(".tags").textContent(), /changed/);
    assert.match(await block(page, 3).locator(".tags").textContent(), /rests on a broken link/);
    await checkAccessibility(page);
    await page.locator("#relink").click();
    assert.deepEqual(await each(page, "faults"), ["", "", "", ""]);
    assert.deepEqual(await each(page, "state"), ["same", "changed", "relinked", "relinked"]);
    assert.match(await page.locator("#verdict").textContent(), /2 blocks got a new previous_hash.*cannot stop/);
    // A change is undone for one block alone.
    await block(page, 1).locator("[data-undo]").click();
    assert.deepEqual(await each(page, "state"), ["same", "same", "changed", "relinked"]);
    assert.equal(await page.locator("#verdict").getAttribute("data-wrong"), "1");
    await page.locator("#relink").click();
    assert.deepEqual(await each(page, "state"), ["same", "same", "same", "same"]);
    // Another proof is found anew.
    await open(page, 2);
    assert.equal(await page.locator('#copies [aria-expanded="true"]').count(), 1, "one block is open");
    await block(page, 2).locator('input[data-field="proof"]').fill("5");
    assert.deepEqual(await each(page, "faults"), ["", "", "proof", "link proof"]);
    await block(page, 2).locator("[data-prove]").click();
    await page.locator('#verdict[data-wrong="0"]').waitFor();
    await open(page, 1);
    await block(page, 1).locator('input[data-field="index"]').fill("two");
    assert.deepEqual((await each(page, "faults")).slice(0, 3), ["", "integer", "after"]);
    assert.match(await page.locator('.link[data-broken="true"]').first().textContent(), /Block 2 cannot be read/);
    await page.locator("#copy").click();
    await page.locator('[data-place="1"][data-state="same"]').waitFor();
    assert.equal(await current(page), "change");
    assert.deepEqual(await ask(node.base, "GET", "/get_chain"), before, "the node has seen nothing of it");
    assert.deepEqual(noise, []);
  }));

test("the nodes' verdicts are told in words, with their names", () =>
  withCopy({}, async ({ page, noise }) => {
    const said = (verdict, rest) => ({
      verdict,
      block: null,
      code: null,
      reason: "",
      length: 4,
      own_length: 4,
      ...rest,
    });
    const hostile = '<img src=x onerror="alert(1)">\u202e' + "x".repeat(300);
    let asked;
    page.on("request", (request) => {
      if (request.url().endsWith("/judgements")) asked = request.postDataJSON();
    });
    await answered(page, [
      {
        address: null,
        name: "Ada",
        judgement: said("refused", { block: 3, code: "link", length: null }),
        error_code: null,
      },
      { address: "127.0.0.1:1002", name: "Bob", judgement: said("not_longer"), error_code: null },
      { address: "127.0.0.1:1003", name: hostile, judgement: said("not_longer"), error_code: null },
      { address: "127.0.0.1:1004", name: null, judgement: null, error_code: "listing" },
      { address: "127.0.0.1:1005", name: "Eve", judgement: null, error_code: "too_slow" },
    ]);
    await amount(page, 1).fill("1000000");
    await page.locator("#offer").click();
    const answers = page.locator("#answers li");
    await answers.first().waitFor();
    assert.deepEqual(await answers.evaluateAll((all) => all.map((one) => one.dataset.verdict)), [
      "not_longer",
      "refused",
      "none",
      "none",
    ]);
    const texts = await answers.allTextContents();
    assert.match(texts[0], /Bob, .*valid, but not longer than my chain \(4 and 4 blocks\)\. I keep mine/s);
    assert.match(texts[1], /This node \(Ada\)Block 3 does not link to the block before it\. I refuse it/);
    assert.match(texts[2], /127\.0\.0\.1:1004The program printed in the book cannot be asked/);
    assert.match(texts[3], /EveNo answer/);
    assert.equal(await page.locator("#answers img").count(), 0);
    assert.equal(await page.locator("#answers").evaluate((one) => one.scrollWidth <= one.clientWidth), true);
    // The blocks from the one before the change on, as they are hashed.
    assert.deepEqual(Object.keys(asked), ["blocks"]);
    assert.deepEqual(
      asked.blocks.map(({ index }) => index),
      [1, 2, 3, 4],
    );
    assert.equal(asked.blocks[1].transactions[0].amount, 1000000);
    await checkAccessibility(page);
    // What was said of the copy goes when the copy changes.
    await page.locator("#relink").click();
    assert.equal(await answers.count(), 0);
    assert.equal(await current(page), "offer");
    assert.deepEqual(noise, []);
  }));

test("real nodes judge the copy at each step, and nothing changes on any of them", async () => {
  const [ada, bob] = await Promise.all([
    startNode("--port", "0", "--name", "Ada"),
    startNode("--port", "0", "--name", "Bob"),
  ]);
  const nodes = [ada, bob];
  try {
    for (let amount = 1; amount <= 3; amount += 1) {
      await ask(ada.base, "POST", "/api/v1/pending", JSON.stringify({ sender: "Alice", receiver: "Bob", amount }));
      await ask(ada.base, "POST", "/api/v1/blocks");
    }
    await ask(bob.base, "POST", "/api/v1/peers", JSON.stringify({ nodes: [ada.address] }));
    await ask(bob.base, "POST", "/api/v1/replacements");
    const gone = "127.0.0.1:9";
    await ask(ada.base, "POST", "/api/v1/peers", JSON.stringify({ nodes: [bob.address, gone] }));
    const chains = () => Promise.all(nodes.map(({ base }) => ask(base, "GET", "/get_chain")));
    const before = await chains();
    const { page, context } = await openPage(browser, ada.base);
    await length(page, 4);
    await page.locator("#copy").click();
    await amount(page, 1).fill("1000000");
    const answers = page.locator("#answers li");
    const offered = async (verdict) => {
      await page.locator("#offer").click();
      await page.locator(`#answers [data-verdict="${verdict}"]`).waitFor();
      return answers.allTextContents();
    };
    const [refused, silent] = await offered("refused");
    assert.match(refused, /This node \(Ada\), Bob.*Block 3 does not link to the block before it\. I refuse it/s);
    assert.match(silent, /127\.0\.0\.1:9.*No answer/s);
    await page.locator("#relink").click();
    assert.match(
      (await offered("not_longer"))[0],
      /Ada.*Bob.*not longer than my chain \(4 and 4 blocks\)\. I keep mine/s,
    );
    await page.locator("#extend").click();
    await block(page, 4).waitFor();
    assert.match((await offered("longer"))[0], /Ada.*Bob.*\(5 blocks, mine has 4\)\. I would take it/s);
    await block(page, 1).locator('input[data-field="index"]').fill("two");
    assert.match((await offered("refused"))[0], /Block 2 cannot be read\. I refuse it/);
    assert.deepEqual(await chains(), before);
    await context.close();
  } finally {
    for (const node of nodes) await node.stop();
  }
});

test("one more block makes the copy win, and that is said", () =>
  withCopy({}, async ({ page, node, noise }) => {
    const before = await ask(node.base, "GET", "/get_chain");
    await amount(page, 1).fill("1000000");
    await page.locator("#relink").click();
    // In one turn, so that the search cannot be over before.
    await page.evaluate(() => ["extend", "extend-cancel"].forEach((id) => document.getElementById(id).click()));
    await page.locator("#extend:not(:disabled)").waitFor();
    assert.equal(await page.locator("#copies .copy").count(), 4, "a search that is given up leaves no block");
    await page.locator("#extend").click();
    await block(page, 4).waitFor();
    assert.deepEqual(await each(page, "state"), ["same", "changed", "relinked", "relinked", "mined"]);
    assert.match(await page.locator("#heights").textContent(), /The copy: 5 blocks\. The chain of this node: 4 blocks/);
    const judgement = { verdict: "longer", block: null, code: null, reason: "", length: 5, own_length: 4 };
    await answered(page, [{ address: null, name: null, judgement, error_code: null }]);
    await page.locator("#offer").click();
    await page.locator('#answers [data-verdict="longer"]').waitFor();
    assert.match(await page.locator("#answers").textContent(), /5 blocks, mine has 4\)\. I would take it/);
    assert.match(await page.locator('[data-step="win"] p').first().textContent(), /longest valid chain wins/);
    assert.equal(await page.locator('[data-step][data-state="done"]').count(), 5);
    assert.deepEqual(await ask(node.base, "GET", "/get_chain"), before);
    await ask(node.base, "POST", "/api/v1/blocks");
    await page.locator("#heights", { hasText: "The chain of this node: 5 blocks" }).waitFor();
    assert.deepEqual(noise, []);
  }));

test("what is too large is not sent, and a refusal stands beside the button", () =>
  withCopy({}, async ({ page }) => {
    let asked = 0;
    await page.route("**/api/v1/peers/judgements", (route) => {
      asked += 1;
      return route.fulfill({ status: 503, json: { type: "", title: "", status: 503, detail: "Not now." } });
    });
    await amount(page, 1).fill("1");
    await page.locator("#offer").click();
    await page.locator("#offer-problem", { hasText: "Not now." }).waitFor();
    assert.equal(asked, 1);
    await block(page, 1).locator('input[data-field="sender"]').first().fill("x".repeat(270_000));
    assert.equal(await page.locator("#offer-problem").textContent(), "");
    await page.locator("#offer").click();
    await page.locator("#offer-problem", { hasText: "at most 256 KiB" }).waitFor();
    assert.equal(asked, 1);
    await page.locator("#language").selectOption("zh-CN");
    await page.locator("#offer-problem", { hasText: "256 KiB" }).waitFor();
  }));

test("a node that has a chain of its own makes no winner of a copy, and is told to ask for the longest chain", async () => {
  const [ada, bob] = await Promise.all([startNode("--port", "0"), startNode("--port", "0")]);
  try {
    for (let amount = 1; amount <= 3; amount += 1) {
      await ask(ada.base, "POST", "/api/v1/pending", JSON.stringify({ sender: "Alice", receiver: "Bob", amount }));
      await ask(ada.base, "POST", "/api/v1/blocks");
    }
    await ask(ada.base, "POST", "/api/v1/peers", JSON.stringify({ nodes: [bob.address] }));
    const { page, context } = await openPage(browser, ada.base);
    await length(page, 4);
    await page.locator("#copy").click();
    await amount(page, 1).fill("1000000");
    const apart = page.locator("#tamper-apart");
    await apart.filter({ hasText: "1 node has another chain than this one. Let all nodes ask" }).waitFor();
    await page.locator("#relink").click();
    await page.locator("#offer").click();
    await page.locator('#answers [data-verdict="longer"]').waitFor();
    assert.equal(await current(page), "win");
    assert.doesNotMatch(await page.locator('[data-step="win"]').textContent(), /would now take/);
    assert.equal(await apart.textContent(), "", "the answers say it now");
    // From block 3 on, only nodes with this chain know what comes before.
    await page.locator("#copy").click();
    await page.locator('[data-place="2"][data-state="same"]').waitFor();
    await open(page, 2);
    await amount(page, 2).fill("7");
    await page.locator("#relink").click();
    await page.locator("#offer").click();
    await page.locator("#answers li", { hasText: "I do not know the block before" }).waitFor();
    assert.match(await page.locator("#answers").textContent(), /1 node has another chain than this one/);
    // It takes the chain: nothing is to be said any more, and both agree.
    await ask(bob.base, "POST", "/api/v1/peers", JSON.stringify({ nodes: [ada.address] }));
    await ask(bob.base, "POST", "/api/v1/replacements");
    await amount(page, 2).fill("8");
    await page.locator("#relink").click();
    await apart.filter({ hasText: /^$/ }).waitFor({ state: "attached" });
    await page.locator("#extend").click();
    await block(page, 4).waitFor();
    await page.locator("#offer").click();
    await page.locator('[data-step="win"]', { hasText: "this node and 1 other would now take" }).waitFor();
    await context.close();
  } finally {
    for (const node of [ada, bob]) await node.stop();
  }
});

test("what runs on the copy ends when the language changes meanwhile, and is not begun twice", () =>
  withCopy({}, async ({ page }) => {
    let asked = 0;
    let answer;
    const answered = new Promise((resume) => (answer = resume));
    await page.route("**/api/v1/peers/judgements", async (route) => {
      asked += 1;
      await answered;
      await route.fulfill({ status: 503, json: { type: "", title: "", status: 503, detail: "Not now." } });
    });
    await amount(page, 1).fill("1");
    await page.locator("#offer").click();
    await page.locator("#language").selectOption("zh-CN");
    assert.equal(await page.locator("#offer").isDisabled(), true);
    answer();
    await page.locator("#offer-problem", { hasText: "Not now." }).waitFor();
    await page.locator("#offer:not(:disabled)").waitFor();
    assert.equal(asked, 1);
    // So does a search. In one turn, so that it cannot be over before.
    await page.evaluate(() => {
      document.getElementById("extend").click();
      const language = document.getElementById("language");
      language.value = "en";
      language.dispatchEvent(new Event("change"));
    });
    await block(page, 4).waitFor();
    await page.locator("#extend:not(:disabled)", { hasText: "Mine one more block" }).waitFor();
    assert.equal(await page.locator("#extend-cancel").isHidden(), true);
  }));

test("a chain that is too short is no chain to copy: the button is off until there are enough blocks", async () => {
  const node = await startNode("--port", "0");
  try {
    const { page, context } = await openPage(browser, node.base);
    const why = page.locator("#copy-why");
    await why.filter({ hasText: "Mine 2 more blocks first" }).waitFor();
    assert.equal(await page.locator("#copy").isDisabled(), true);
    await ask(node.base, "POST", "/api/v1/blocks");
    await why.filter({ hasText: "Mine 1 more block first" }).waitFor();
    await ask(node.base, "POST", "/api/v1/blocks");
    await why.filter({ hasText: /^$/ }).waitFor({ state: "attached" });
    await page.locator("#copy").click();
    await page.locator('[data-place="2"]').waitFor();
    await context.close();
  } finally {
    await node.stop();
  }
});

test("on a phone, in Chinese, by keyboard, without motion", () =>
  withCopy(
    { viewport: { width: 390, height: 844 }, locale: "zh-CN", colorScheme: "dark", reducedMotion: "reduce" },
    async ({ page, noise }) => {
      await page.locator("#tamper-fold-1").focus();
      assert.equal(await page.locator("#tamper-fold-1").getAttribute("aria-expanded"), "true");
      await page.keyboard.press("Tab");
      await page.keyboard.press("ControlOrMeta+A");
      await page.keyboard.type("77");
      assert.deepEqual(await links(page), [null, "false", "true", "false"]);
      assert.match(await page.locator('.link[data-broken="true"]').textContent(), /链接断开/);
      const moving = await page
        .locator(".joint i")
        .evaluateAll((all) => all.filter((one) => getComputedStyle(one).transitionDuration !== "0s").length);
      assert.equal(moving, 0);
      await page.locator("#relink").focus();
      await page.keyboard.press("Enter");
      assert.deepEqual(await links(page), [null, "false", "false", "false"]);
      assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 390);
      const small = await page
        .locator(".tamper button:visible")
        .evaluateAll((all) =>
          all.filter((one) => one.getBoundingClientRect().height < 44).map((one) => one.textContent),
        );
      assert.deepEqual(small, []);
      await checkAccessibility(page);
      assert.deepEqual(noise, []);
    },
  ));
