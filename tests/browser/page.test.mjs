// What people do with the page, in a real browser on real nodes. Run by tests/it/page.rs.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";

import { ask, checkAccessibility, launch, length, mine, openPage, pay, startNode } from "./support.mjs";

let browser;
before(async () => (browser = await launch()));
after(() => browser.close());

async function withNodes(count, work) {
  const nodes = [];
  try {
    for (let at = 0; at < count; at += 1) nodes.push(await startNode("--port", "0"));
    await work(...nodes);
  } finally {
    for (const node of nodes) await node.stop();
  }
}

test("the whole chapter by clicks, on three nodes", () =>
  withNodes(3, async (...nodes) => {
    const pages = [];
    for (const node of nodes) pages.push(await openPage(browser, node.base));
    const [one, two, three] = pages.map(({ page }) => page);
    await pay(one, "Alice", "Bob", "10");
    await one.locator("#payment-status", { hasText: "block 2" }).waitFor();
    await one.locator("#pending", { hasText: "Alice" }).waitFor();
    await mine(one, 2);
    await one.locator("#mined", { hasText: "Block 2 after 533 tries" }).waitFor();
    await one.locator("#pending", { hasText: "No payment waits" }).waitFor();
    await mine(one, 3);
    const json = JSON.stringify({ nodes: nodes.map((node) => node.base) });
    for (const page of [one, two, three]) {
      await page.locator("#nodes").fill(json);
      await page.getByRole("button", { name: "Connect", exact: true }).click();
      await page.locator(".chip[data-address]").nth(2).waitFor();
    }
    await two.locator(`li[data-address="${nodes[0].address}"][data-relation="parted"]`).waitFor();
    for (const page of [two, three]) {
      await page.locator("#longest").click();
      await length(page, 3);
      await page.locator("#replacement", { hasText: "is longer and was taken" }).waitFor();
      await page.locator("#network-status", { hasText: "taken" }).waitFor();
    }
    await one.locator("#longest").click();
    await one.locator("#network-status", { hasText: "No chain is longer" }).waitFor();
    await two.locator(`li[data-address="${nodes[0].address}"][data-relation="same"]`).waitFor();
    await one.locator("#accounts", { hasText: "Bharathi" }).waitFor();
    for (const { noise } of pages) assert.deepEqual(noise, []);
    for (const { context } of pages) await context.close();
  }));

test("a fork that heals: what is given up, and what waits again", () =>
  withNodes(2, async (ours, theirs) => {
    await ask(ours.base, "POST", "/api/v1/peers", JSON.stringify({ nodes: [theirs.address] }));
    await ask(theirs.base, "POST", "/api/v1/blocks");
    await ask(ours.base, "POST", "/api/v1/replacements");
    const { page, noise, context } = await openPage(browser, ours.base);
    await length(page, 2);
    await pay(page, "Alice", "Bob", "7.5");
    await mine(page, 3);
    await page.locator('li[data-relation="behind"]').waitFor();
    for (let at = 0; at < 3; at += 1) await ask(theirs.base, "POST", "/api/v1/blocks");
    await page.locator('.stand:has(li[data-relation="parted"])', { hasText: "parted after block 2" }).waitFor();
    await page.locator("#longest").click();
    await length(page, 5);
    const notice = page.locator("#replacement");
    await notice.getByText("given up").first().waitFor();
    assert.match(await notice.textContent(), /1 block \(3\)/);
    assert.match(await notice.textContent(), /wait again: 1 payment.*Alice.*Bob.*7\.5/s);
    await page.locator("#pending", { hasText: "Alice" }).waitFor();
    await page.locator('li[data-relation="same"]').waitFor();
    const { name } = await ask(theirs.base, "GET", "/api/v1/status");
    for (const place of [notice, page.locator("#network-status"), page.locator('#log [data-event="replacement"]')]) {
      await place.filter({ hasText: `The chain of ${name} is longer` }).waitFor();
    }
    // Nodes in memory keep no blocks that were given up.
    assert.doesNotMatch(await notice.textContent(), /export|kept/);
    await page.locator("#mined:empty").waitFor({ state: "attached" });
    await mine(page, 6);
    await page.locator("#replacement:empty").waitFor({ state: "attached" });
    assert.deepEqual(noise, []);
    await context.close();
  }));

test("a longer chain beyond a limit is named with the limit, in both languages", () =>
  withNodes(1, async (theirs) => {
    const ours = await startNode("--port", "0", "--max-chain", "1KiB");
    for (let at = 0; at < 5; at += 1) await ask(theirs.base, "POST", "/api/v1/blocks");
    await ask(ours.base, "POST", "/api/v1/peers", JSON.stringify({ nodes: [theirs.address] }));
    const { page, noise, context } = await openPage(browser, ours.base);
    await page.locator("#longest").click();
    await page.locator("#network-status", { hasText: "beyond this node's limit max-chain" }).waitFor();
    await page.locator(`#log [data-event="beyond_limit"] [title="${theirs.address}"]`).waitFor();
    await page.locator("#language").selectOption("zh-CN");
    await page.locator("#longest", { hasText: "查找最长的链" }).click();
    await page.locator('#log [data-event="beyond_limit"]', { hasText: "超出本节点的限制 max-chain" }).nth(1).waitFor();
    await length(page, 1);
    assert.deepEqual(noise, []);
    await context.close();
    await ours.stop();
  }));

test("a card opens, its text hashes to its hash, and a link is followed", () =>
  withNodes(1, async (node) => {
    const { page, noise, context } = await openPage(browser, node.base);
    await mine(page, 2);
    await mine(page, 3);
    await page.locator('[data-index="3"]').click();
    const detail = page.locator("article.detail");
    await detail.getByText("found the same").waitFor({ state: "attached" });
    const block = await ask(node.base, "GET", "/api/v1/blocks/3");
    assert.equal(await page.locator("#block-hash").textContent(), block.hash);
    await page.locator("#follow").click();
    await page.locator("#detail-title", { hasText: "Block 2" }).waitFor();
    await page.getByRole("search").getByRole("textbox").fill(block.hash);
    await page.getByRole("search").getByRole("button").click();
    await page.locator("#detail-title", { hasText: "Block 3" }).waitFor();
    // The keyboard reaches every card.
    await page.locator('[data-index="3"]').focus();
    await page.keyboard.press("End");
    assert.equal(await page.evaluate(() => document.activeElement.dataset.index), "1");
    await page.keyboard.press("Enter");
    await page.locator("#detail-title", { hasText: "the first block" }).waitFor();
    assert.deepEqual(noise, []);
    await context.close();
  }));

test("both languages, chosen by the browser and by the switch", () =>
  withNodes(1, async (node) => {
    const { page, noise, context } = await openPage(browser, node.base, { locale: "zh-CN" });
    assert.equal(await page.locator("html").getAttribute("lang"), "zh-CN");
    await page
      .getByRole("heading", { name: /区块链/ })
      .first()
      .waitFor();
    await page.locator("#language").selectOption("en");
    await page.getByRole("heading", { name: "The chain" }).waitFor();
    await page.goto(`${node.base}/`);
    await page.getByRole("heading", { name: "The chain" }).waitFor();
    assert.deepEqual(
      noise.filter((line) => !line.includes("ERR_ABORTED")),
      [],
    );
    await context.close();
    const [en, zh] = await Promise.all(["en", "zh-CN"].map((tag) => import(`../../page/languages/${tag}.js`)));
    assert.deepEqual(Object.keys(en.default), Object.keys(zh.default));
  }));

test("texts of strangers show as texts, everywhere", () =>
  withNodes(1, async (node) => {
    const { page, noise, context } = await openPage(browser, node.base);
    const hostile = [
      "<img src=x onerror=alert(1)>",
      "</script><script>alert(1)</script>",
      "\u202Eevil\u2066",
      "__proto__",
      "constructor",
      "a\u0000b\nc",
      '"><b>',
    ];
    page.on("dialog", () => noise.push("a dialog"));
    for (const text of hostile) {
      const payment = { sender: text, receiver: text, amount: 1 };
      const answer = await ask(node.base, "POST", "/api/v1/pending", JSON.stringify(payment));
      assert.equal(answer.block, 2);
    }
    await page.locator("#pending", { hasText: "__proto__" }).waitFor();
    await mine(page, 2);
    await page.locator('[data-index="2"]').click();
    const rows = page.locator("article.detail tbody tr");
    await rows.nth(hostile.length).waitFor();
    assert.equal(await rows.nth(0).locator("td").nth(0).textContent(), hostile[0]);
    assert.equal(await rows.nth(2).locator("td").nth(1).textContent(), "‹U+202E›evil‹U+2066›");
    await page.locator("#accounts").getByRole("button", { name: "__proto__" }).click();
    await page.locator(".notice", { hasText: "__proto__" }).waitFor();
    await mine(page, 3);
    await page.locator("#copy").click();
    await page.locator('[data-place="1"]').waitFor();
    await page.locator('[data-place="1"] input[data-field="sender"]').first().fill("<img src=x onerror=alert(2)>");
    assert.equal(await page.locator("img, script:not([src]), b").count(), 0);
    assert.deepEqual(noise, []);
    await context.close();
  }));

test("the page's ledger gives the verdicts and hashes of the vectors in the browser as well", () =>
  withNodes(1, async (node) => {
    const { page, context } = await openPage(browser, node.base);
    const vectors = (name) => JSON.parse(readFileSync(new URL(`../vectors/${name}.json`, import.meta.url), "utf8"));
    const hashes = await page.evaluate(async (cases) => {
      const [{ parse }, { hashOf }] = await Promise.all([
        import("/page/ledger/json.js"),
        import("/page/ledger/rules.js"),
      ]);
      return cases.map((one) => hashOf(parse(one.json)));
    }, vectors("encoding"));
    assert.deepEqual(
      hashes,
      vectors("encoding").map((one) => one.sha256),
    );
    const verdicts = await page.evaluate(async (cases) => {
      const { judgeChain } = await import("/page/ledger/rules.js");
      return cases.map((one) => judgeChain(one.json).valid);
    }, vectors("chains"));
    assert.deepEqual(
      verdicts,
      vectors("chains").map((one) => one.valid),
    );
    await context.close();
  }));

test("mining by itself is set, and a burst of payments does not freeze the page", () =>
  withNodes(1, async (node) => {
    const { page, noise, context } = await openPage(browser, node.base);
    const burst = Array.from({ length: 1000 }, (_, at) =>
      JSON.stringify({ sender: `payer ${at}`, receiver: "Bob", amount: 1 }),
    );
    for (let at = 0; at < burst.length; at += 50) {
      await Promise.all(burst.slice(at, at + 50).map((body) => ask(node.base, "POST", "/api/v1/pending", body)));
    }
    await page.locator("h2", { hasText: "1,000 payments" }).waitFor();
    await page.locator("#mode").selectOption("on_payment");
    await length(page, 2);
    await page.locator('#log [data-event="mining"]').waitFor();
    await page.locator("#mode").selectOption("off");
    assert.deepEqual(noise, []);
    await context.close();
  }));

test("a node that dies is missed, and one that returns with another chain is shown", async () => {
  let node = await startNode("--port", "0");
  const port = node.address.split(":")[1];
  const { page, context } = await openPage(browser, node.base);
  await mine(page, 2);
  await mine(page, 3);
  await page.locator("#mined", { hasText: "Block 3 after" }).waitFor();
  await node.stop();
  await page.getByRole("alert", { name: "" }).filter({ hasText: "The node is gone" }).waitFor();
  node = await startNode("--port", port);
  try {
    await length(page, 1);
    await page.locator("#state:not(.gone)").waitFor();
    await page.locator("#mined:empty").waitFor({ state: "attached" });
    await mine(page, 2);
  } finally {
    await context.close();
    await node.stop();
  }
});

for (const [name, options] of [
  ["light", { colorScheme: "light" }],
  ["dark", { colorScheme: "dark", locale: "zh-CN" }],
  ["phone", { viewport: { width: 360, height: 780 } }],
  ["projector", { viewport: { width: 1920, height: 1080 } }],
]) {
  test(`no serious fault of accessibility: ${name}`, () =>
    withNodes(2, async (node, other) => {
      await ask(node.base, "POST", "/api/v1/peers", JSON.stringify({ nodes: [other.address, "127.0.0.1:9"] }));
      await ask(node.base, "POST", "/api/v1/pending", JSON.stringify({ sender: "Alice", receiver: "Bob", amount: 10 }));
      await ask(node.base, "POST", "/api/v1/blocks");
      await ask(
        node.base,
        "POST",
        "/api/v1/pending",
        JSON.stringify({ sender: "Bob", receiver: "Carol", amount: "2.50" }),
      );
      await ask(node.base, "POST", "/api/v1/blocks");
      const { page, noise, context } = await openPage(browser, node.base, options);
      await page.locator('[data-index="2"]').click();
      await page.locator("article.detail").waitFor();
      await page.locator("#copy").click();
      await page.locator('[data-place="1"]').waitFor();
      await page.locator('[data-place="1"] input[data-field="amount"]').first().fill("99");
      await page.locator('li[data-relation="parted"]').waitFor();
      await checkAccessibility(page);
      const wide = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      assert.equal(wide, 0, "nothing sticks out at the side");
      assert.deepEqual(noise, []);
      await context.close();
    }));
}

test("links from one node lead to the page and the documentation of another, and mine nothing there", () =>
  withNodes(2, async (one, two) => {
    await ask(one.base, "POST", "/api/v1/peers", JSON.stringify({ nodes: [two.address] }));
    const { page, context } = await openPage(browser, one.base);
    await page.locator(`.chip a[href="${two.base}/"]`).click();
    await page.waitForURL(`${two.base}/`);
    await page.locator('[data-index][data-loaded="true"]').first().waitFor();
    const follow = async (path) => {
      await page.goto(one.base);
      await page.evaluate((url) => {
        const link = document.createElement("a");
        link.href = url;
        document.body.append(link);
        link.click();
      }, two.base + path);
      await page.waitForURL(two.base + path);
    };
    await follow("/docs");
    await page.locator("#document", { hasText: "/api/v1/status" }).waitFor();
    await follow("/mine_block");
    await page.getByRole("heading", { name: "This link was not followed" }).waitFor();
    await checkAccessibility(page);
    assert.equal((await ask(two.base, "GET", "/get_chain")).length, 1);
    await page.getByRole("link", { name: "Open the page of this node" }).click();
    await page.waitForURL(`${two.base}/`);
    await page.locator('[data-index][data-loaded="true"]').first().waitFor();
    await context.close();
  }));
