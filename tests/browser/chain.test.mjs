// The chain's cards: short and long chains, and the way back to the newest block. Run by tests/it/page.rs.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { ask, checkAccessibility, launch, length, mine, openPage, startNodeWithChain } from "./support.mjs";

let browser;
before(async () => (browser = await launch()));
after(() => browser.close());

async function withChain(blocks, work) {
  const node = await startNodeWithChain(blocks);
  try {
    await work(node);
  } finally {
    await node.stop();
  }
}

const chain = (page) => page.locator("#chain");
const scrollTo = (page, place) => chain(page).evaluate((element, top) => (element.scrollTop = top), place);
/** The first card whose upper edge is seen, and how far below the edge of the chain it is. */
const seen = (page) =>
  chain(page).evaluate((element) => {
    const top = element.getBoundingClientRect().top;
    const places = [...element.querySelectorAll("[data-index]")].map((card) => ({
      index: Number(card.dataset.index),
      below: Math.round(card.getBoundingClientRect().top - top),
    }));
    return places.filter(({ below }) => below >= 0).sort((one, other) => one.below - other.below)[0];
  });

test("who looks at older blocks stays there, is told of new ones, and is led back", () =>
  withChain(60, async (node) => {
    const { page, noise, context } = await openPage(browser, node.base);
    const newest = page.locator("#newest");
    assert.ok(await newest.isHidden());
    for (const place of [1500, 1_000_000]) {
      await scrollTo(page, place);
      await newest.waitFor();
      const blocks = (await ask(node.base, "GET", "/api/v1/status")).length;
      await page.waitForFunction(() => document.querySelectorAll("#chain [data-loaded=true]").length > 3);
      const before = await seen(page);
      for (let more = 0; more < 3; more += 1) await ask(node.base, "GET", "/mine_block");
      await page.locator("#newest", { hasText: `Newest: block ${blocks + 3} (3 new)` }).waitFor();
      assert.deepEqual(await seen(page), before, `from ${place}`);
      await newest.click();
      await page.locator(`[data-index="${blocks + 3}"]`).waitFor();
      assert.equal(await page.evaluate(() => document.activeElement.dataset.index), String(blocks + 3));
      await newest.waitFor({ state: "hidden" });
      assert.equal(await chain(page).evaluate(({ scrollTop }) => scrollTop), 0);
    }
    // At the top there is nothing to be led back to.
    await ask(node.base, "GET", "/mine_block");
    await page.locator('[data-index="67"]').waitFor();
    assert.ok(await newest.isHidden());
    await scrollTo(page, 1500);
    await page.locator("#newest", { hasText: /block 67$/ }).waitFor();
    assert.deepEqual(noise, []);
    await context.close();
  }));

for (const [name, options] of [
  ["wide", {}],
  ["phone", { viewport: { width: 360, height: 780 } }],
]) {
  test(`cards keep their shape with timestamps and proofs of any length: ${name}`, () =>
    withChain(8, async (node) => {
      const prepare = (page) =>
        page.route("**/api/v1/headers?*", async (route) => {
          const answer = await route.fetch();
          const { headers, ...rest } = await answer.json();
          for (const header of headers) {
            header.timestamp = `<b>${"W".repeat(125)}</b> ${"\u202E年".repeat(60)}`;
            header.proof = Number.MAX_SAFE_INTEGER;
            header.transactions = 600_000;
          }
          await route.fulfill({ response: answer, json: { headers, ...rest } });
        });
      const { page, noise, context } = await openPage(browser, node.base, options, prepare);
      for (const card of await page.locator(".card").all()) {
        const [inner, outer] = await card.evaluate((one) => [
          [one.scrollWidth, one.scrollHeight],
          [one.clientWidth, one.clientHeight],
        ]);
        assert.ok(inner[0] <= outer[0], `${inner} ${outer}`);
        const parts = await card.evaluate((one) => {
          const { top, bottom } = one.getBoundingClientRect();
          return [...one.children].every((part) => {
            const box = part.getBoundingClientRect();
            return box.top >= top && box.bottom <= bottom;
          });
        });
        assert.ok(parts, "all parts are within the card");
      }
      assert.equal(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth), 0);
      await checkAccessibility(page);
      assert.deepEqual(noise, []);
      await context.close();
    }));
}

/** The first paint of a page that is opened, in milliseconds. */
async function firstPaint(node) {
  const { page, context } = await openPage(browser, node.base);
  const paint = await page.evaluate(() => performance.getEntriesByName("first-contentful-paint")[0].startTime);
  await context.close();
  return paint;
}

const median = (numbers) => numbers.toSorted((one, other) => one - other)[Math.floor(numbers.length / 2)];

test("10,000 blocks: painted as soon as 10, followed at once, scrolled in little memory", () =>
  withChain(10_000, async (node) => {
    await withChain(10, async (short) => {
      // The first page of each warms the browser up; then they take turns, so that a busy machine slows both.
      for (const one of [short, node]) await firstPaint(one);
      // What slows one of the two for a while does so once; what is in the page does so each time.
      let ratio = Infinity;
      for (let round = 0; round < 3 && ratio > 1.3; round += 1) {
        const paints = { few: [], many: [] };
        for (let load = 0; load < 5; load += 1) {
          paints.few.push(await firstPaint(short));
          paints.many.push(await firstPaint(node));
        }
        const [few, many] = [median(paints.few), median(paints.many)];
        ratio = many / few;
        console.log(`# first contentful paint: ${few.toFixed(0)} ms at 10 blocks, ${many.toFixed(0)} ms at 10,000`);
      }
      assert.ok(ratio <= 1.3, `${ratio} times as long`);
    });
    const blocks = (await ask(node.base, "GET", "/api/v1/status")).length;
    const asked = [];
    const prepare = (page) => page.on("request", (request) => asked.push(new URL(request.url())));
    const { page, noise, context } = await openPage(browser, node.base, {}, prepare);
    await page.locator("#repeats-says", { hasText: "has the proof of block" }).waitFor();
    const limits = asked.filter(({ pathname }) => pathname === "/api/v1/headers").map((url) => url.searchParams);
    assert.ok(limits.length <= 3, `${limits.length} pages of headers`);
    for (const limit of limits) assert.ok(Number(limit.get("limit")) <= 158);
    await page.evaluate((next) => {
      window.seenAt = new Promise((resume) => {
        new MutationObserver(
          () => document.querySelector(`[data-index="${next}"]`) && resume(performance.timeOrigin + performance.now()),
        ).observe(document.body, { childList: true, subtree: true });
      });
    }, blocks + 1);
    await ask(node.base, "GET", "/mine_block");
    const minedAt = performance.timeOrigin + performance.now();
    console.log(
      `# the new block was seen ${((await page.evaluate(() => window.seenAt)) - minedAt).toFixed(0)} ms after the answer`,
    );
    for (const share of [0.1, 0.3, 0.5, 0.7, 0.9, 1, 0.05]) {
      await chain(page).evaluate((element, part) => (element.scrollTop = element.scrollHeight * part), share);
      await page.locator('[data-index][data-loaded="true"]').first().waitFor();
      assert.ok((await page.locator("[data-index]").count()) < 40);
    }
    await page.getByRole("search").getByRole("textbox").fill("17");
    await page.getByRole("search").getByRole("button").click();
    await page.locator('[data-index="17"][aria-current="true"]').waitFor();
    const session = await context.newCDPSession(page);
    await session.send("HeapProfiler.collectGarbage");
    const { usedSize } = await session.send("Runtime.getHeapUsage");
    console.log(`# ${(usedSize / 2 ** 20).toFixed(1)} MiB of script memory after scrolling`);
    assert.ok(usedSize < 100 * 2 ** 20);
    assert.deepEqual(noise, []);
    await context.close();
  }));

test("the tab key reaches a card wherever one has scrolled", () =>
  withChain(60, async (node) => {
    const { page, noise, context } = await openPage(browser, node.base);
    const stops = () =>
      page.locator("#chain [data-index]").evaluateAll((cards) => cards.filter((card) => card.tabIndex === 0).length);
    await page.locator('[data-index="60"]').focus();
    await page.keyboard.press("ArrowDown");
    await page.locator('[data-index="59"]:focus').waitFor();
    await scrollTo(page, 1_000_000);
    await page.locator('[data-index="1"]').waitFor();
    await page.locator('[data-index="60"]').waitFor({ state: "detached" });
    assert.equal(await stops(), 1);
    await page.locator("#chain [data-index][tabindex='0']").focus();
    const first = await page.evaluate(() => Number(document.activeElement.dataset.index));
    await page.keyboard.press("ArrowDown");
    assert.equal(await page.evaluate(() => Number(document.activeElement.dataset.index)), first - 1);
    assert.equal(await stops(), 1);
    assert.deepEqual(noise, []);
    await context.close();
  }));

test("a block that is mined while another one is open leaves it open", () =>
  withChain(5, async (node) => {
    const { page, noise, context } = await openPage(browser, node.base);
    await page.locator('[data-index="3"]').click();
    await page.locator("#detail-title", { hasText: "Block 3" }).waitFor();
    await mine(page, 6);
    await length(page, 6);
    await page.locator('[data-index="6"]:not(.held)').waitFor();
    await page.locator("#detail-title", { hasText: "Block 3" }).waitFor();
    assert.deepEqual(noise, []);
    await context.close();
  }));
