// The language changes without losing what a person has done with the page. Run by tests/it/page.rs.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { ask, checkAccessibility, launch, length, mine, openPage, pay, startNode } from "./support.mjs";

let browser;
before(async () => (browser = await launch()));
after(() => browser.close());

async function onPage(work, options) {
  const node = await startNode("--port", "0");
  const { page, noise, context } = await openPage(browser, node.base, options);
  try {
    await work(page, node);
    assert.deepEqual(noise, []);
  } finally {
    await context.close();
    await node.stop();
  }
}

test("a payment that is half typed, an open block and the places where one reads survive another language", () =>
  onPage(async (page, node) => {
    for (let blocks = 2; blocks <= 30; blocks += 1) await fetch(`${node.base}/mine_block`);
    await length(page, 30);
    await page.evaluate(() => (window.sameDocument = true));
    await page.locator('[data-index="30"]').click();
    await page.locator("#hashed-text summary").click();
    await page.locator("#chain").evaluate((chain) => (chain.scrollTop = 700));
    await page.locator("#pay-sender").fill("Алиса");
    await page.locator("#pay-amount").fill("12,");
    await page.locator("#nodes").fill("127.0.0.1:1, half");
    await page.locator("#language").focus();
    const hash = await page.locator("#block-hash").textContent();
    const looked = await page.evaluate(() => scrollY);

    await page.locator("#language").selectOption("zh-CN");
    await page.getByRole("heading", { name: "等待中的交易" }).waitFor();
    assert.equal(await page.evaluate(() => window.sameDocument), true, "the page was not loaded again");
    assert.equal(await page.locator("html").getAttribute("lang"), "zh-CN");
    assert.equal(await page.locator("#pay-sender").inputValue(), "Алиса");
    assert.equal(await page.locator("#pay-receiver").inputValue(), "");
    assert.equal(await page.locator("#pay-amount").inputValue(), "12,");
    assert.equal(await page.locator("#nodes").inputValue(), "127.0.0.1:1, half");
    assert.equal(await page.locator("#detail-title").textContent(), "区块 30");
    assert.equal(await page.locator("#block-hash").textContent(), hash);
    assert.equal(await page.locator("#hashed-text").getAttribute("open"), "");
    assert.equal(await page.locator("#chain").evaluate((chain) => chain.scrollTop), 700);
    assert.equal(await page.evaluate(() => document.activeElement.id), "language");
    assert.equal(await page.evaluate(() => scrollY), looked);
    assert.equal(await page.locator('#log [data-event="block"]').count(), 29);
    await page.locator('#log [data-event="block"]', { hasText: "挖出了区块 30" }).waitFor();

    // The views that were made anew follow the node, each once.
    await mine(page, 31);
    assert.equal(await page.locator('#log [data-event="block"]').count(), 30);
    await checkAccessibility(page);
    assert.equal(new URL(page.url()).searchParams.get("lang"), "zh-CN");
    await page.goto(`${node.base}/`);
    await page.getByRole("heading", { name: "等待中的交易" }).waitFor();
  }));

test("the caret stays where it was, and what is said beside a field is said in the other language", () =>
  onPage(async (page) => {
    await page.locator("#pay-receiver").fill("Bob");
    await page.locator("#pay-amount").fill("1,000");
    await page.locator("#send").click();
    await page.locator("#sender-error", { hasText: "Whose name?" }).waitFor();
    await page.locator("#amount-error", { hasText: "Which one?" }).waitFor();
    // By a key that only a test has: the focus stays in a field while the language changes.
    await page.locator("#pay-receiver").focus();
    await page.locator("#pay-receiver").evaluate((input) => input.setSelectionRange(1, 2));
    await page.locator("#language").evaluate((select) => {
      select.value = "zh-CN";
      select.dispatchEvent(new Event("change"));
    });
    await page.locator("#sender-error", { hasText: "请填写名字。" }).waitFor();
    await page.locator("#amount-error", { hasText: "是哪一个？" }).waitFor();
    const caret = await page.evaluate(() => [
      document.activeElement.id,
      document.activeElement.selectionStart,
      document.activeElement.selectionEnd,
    ]);
    assert.deepEqual(caret, ["pay-receiver", 1, 2]);
    await page.locator("#amount-error").getByRole("button", { name: "1.000" }).click();
    assert.equal(await page.locator("#pay-amount").inputValue(), "1.000");
    assert.equal(await page.locator("#amount-error").textContent(), "");
  }));

test("while the node is gone, another language tells of the payments that are known, and of no others", async () => {
  for (const count of [0, 2]) {
    const node = await startNode("--port", "0");
    const { page, context } = await openPage(browser, node.base);
    for (let at = 0; at < count; at += 1) {
      const payment = { sender: `payer ${at}`, receiver: "Bob", amount: 1 };
      await ask(node.base, "POST", "/api/v1/pending", JSON.stringify(payment));
    }
    await page.locator(`#next[data-payments="${count}"]`).waitFor();
    await node.stop();
    await page.getByRole("alert").filter({ hasText: "The node is gone" }).waitFor();
    await page.locator("#language").selectOption("zh-CN");
    await page.locator(`#next[data-payments="${count}"]`, { hasText: "下一个区块" }).waitFor();
    assert.equal(await page.locator("#next .tokens .token").count(), count);
    await context.close();
  }
});

test("what has become of a payment is followed across the languages", () =>
  onPage(async (page) => {
    await pay(page, "Alice", "Bob", "10");
    await page.locator("#payment-status", { hasText: "It waits for block 2." }).waitFor();
    await page.locator("#language").selectOption("zh-CN");
    await page.locator("#payment-status", { hasText: "这笔交易等待写入区块 2。" }).waitFor();
    await page.locator("#pending", { hasText: "Alice" }).waitFor();
    await mine(page, 2);
    await page.locator("#payment-status", { hasText: "这笔交易已写入区块 2。" }).waitFor();
    await page.locator("#accounts", { hasText: "Alice" }).waitFor();
    await page.locator("#accounts").getByRole("button", { name: "Alice" }).click();
    await page.locator("#account", { hasText: "关闭" }).waitFor();
    await page.locator("#language").selectOption("en");
    await page.locator("#account", { hasText: "Close" }).waitFor();
  }));

test("what runs while the language changes ends in the other language, and is not begun twice", () =>
  onPage(async (page) => {
    const held = [];
    await page.route("**/api/v1/blocks", (route) => held.push(route));
    await page.locator("#mine").click();
    await page.locator("#mined", { hasText: "Searching…" }).waitFor();
    await page.locator("#language").selectOption("zh-CN");
    await page.locator("#mined", { hasText: "正在寻找……" }).waitFor();
    assert.equal(await page.locator("#mine").isDisabled(), true);
    await page.locator("#mine").evaluate((button) => button.click());
    assert.equal(held.length, 1);
    await held[0].continue();
    await page.locator("#mined", { hasText: "得到区块 2" }).waitFor();
    await page.locator("#mine:not(:disabled)").waitFor();
    // What was sent is in no field any more, so that it is not sent twice.
    const sent = [];
    await page.route("**/api/v1/pending", (route) =>
      route.request().method() === "POST" ? sent.push(route) : route.continue(),
    );
    await pay(page, "Alice", "Bob", "10");
    await page.locator("#send:disabled").waitFor();
    await page.locator("#language").selectOption("en");
    assert.equal(await page.locator("#pay-amount").inputValue(), "10");
    assert.equal(await page.locator("#send").isDisabled(), true);
    await sent[0].continue();
    await page.locator("#payment-status", { hasText: "It waits for block 3." }).waitFor();
    await page.locator("#send:not(:disabled)").waitFor();
    assert.equal(await page.locator("#pay-amount").inputValue(), "");
  }));
