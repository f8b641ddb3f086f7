// The next block, the show of its search, mining by itself, and the proofs that repeat. Run by tests/it/page.rs.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { ask, checkAccessibility, launch, length, mine, openPage, startNode } from "./support.mjs";

let browser;
before(async () => (browser = await launch()));
after(() => browser.close());

/** A node, `blocks` blocks long, and its page. */
async function withPage(options, work) {
  const { blocks = 1, prepare, ...rest } = options;
  const node = await startNode("--port", "0");
  try {
    await mineMany(node, blocks - 1);
    const context = await openPage(browser, node.base, rest, prepare);
    await work(context, node);
    assert.deepEqual(context.noise, []);
    await context.context.close();
  } finally {
    await node.stop();
  }
}

async function mineMany(node, count) {
  for (let at = 0; at < count; at += 50) {
    const some = Array.from({ length: Math.min(50, count - at) }, () => ask(node.base, "POST", "/api/v1/blocks"));
    await Promise.all(some);
  }
}

const pay = (node, payment) => ask(node.base, "POST", "/api/v1/pending", JSON.stringify(payment));

async function payMany(node, count) {
  for (let at = 0; at < count; at += 50) {
    const some = Array.from({ length: Math.min(50, count - at) }, (_, place) =>
      pay(node, { sender: `payer ${at + place}`, receiver: "Bob", amount: 1 }),
    );
    await Promise.all(some);
  }
}

/** Lets the page see another status than the node's. */
const changeStatus = (change) => (page) =>
  page.route("**/api/v1/status", async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, json: { ...(await answer.json()), ...change } });
  });

/** How many payments the box shows, and how many it says there are besides. */
async function counted(page) {
  const tokens = await page.locator("#next .tokens .token").count();
  const more = await page.locator("#next .tokens .more").allTextContents();
  return tokens + (more.length ? Number(more[0].replace(/\D/g, "")) : 0);
}

test("the next block fills with what waits, its search is shown slowly, and it joins the chain", () =>
  withPage({}, async ({ page }, node) => {
    await pay(node, { sender: "Alice", receiver: "Bob", amount: 10 });
    await pay(node, { sender: "Bob", receiver: "Carol", amount: "2.50" });
    const next = page.locator('#next[data-next="2"][data-payments="2"]');
    await next.locator(".token", { hasText: "Bob → Carol" }).waitFor();
    assert.match(await next.locator(".reward").textContent(), /Bharathi.*1.*reward/);
    const [first] = (await ask(node.base, "GET", "/api/v1/headers?from=1&limit=1")).headers;
    assert.equal(await next.locator("code.hash").getAttribute("title"), first.hash);
    await page.locator("#slow").check();
    await mine(page, 2);
    // The block is there at once; only its card is held back for the eye.
    const search = page.locator("#search");
    await page.locator('[data-index="2"][data-loaded="true"].held').waitFor();
    await page.locator('#search[data-state="running"] .tries', { hasText: /^Try \d+$/ }).waitFor();
    assert.match(await search.locator("#search-note").textContent(), /much faster: [\d.,]+ ms/);
    // The number of tries is how the show ends.
    assert.equal(await page.locator("#mined").textContent(), "Searching…");
    await page.locator("#slow-help", { hasText: "about six seconds" }).waitFor();
    // Payments that come meanwhile belong to the block after it.
    await pay(node, { sender: "Dora", receiver: "Bob", amount: 3 });
    await page.locator('#next[data-state="closed"] .lid', { hasText: "Block 2" }).waitFor();
    assert.deepEqual(await search.locator(".digit").allTextContents(), ["0", "0", "0", "0"]);
    assert.equal(await search.locator('.digit[data-lit="true"]').count(), 4);
    assert.equal(await search.locator(".sum").textContent(), "533² − 1² = 284088");
    await page.locator('#next[data-state="open"][data-next="3"]', { hasText: "Dora → Bob" }).waitFor();
    await page.locator('[data-index="2"]:not(.held)').waitFor();
    assert.equal(await counted(page), 1);
    await search.locator(".tries", { hasText: "533 tries" }).waitFor();
    await page.locator("#mined", { hasText: "Block 2 after 533 tries" }).waitFor();
    // A block that is asked for while a search is shown ends that show and begins its own, with its own payments.
    await mine(page, 3);
    await page.locator('#search[data-state="running"]').waitFor();
    await mine(page, 4);
    await page.locator('#next[data-state="open"][data-next="4"]', { hasText: "No payment waits" }).waitFor();
    await page.locator('[data-index="3"]:not(.held)').waitFor();
    await page.locator('#search[data-state="running"]', { hasText: "Block 4" }).waitFor();
    await page.locator('#next[data-state="open"][data-next="5"]').waitFor();
    assert.equal(await page.locator(".card.held").count(), 0);
  }));

test("the switch is kept over reloads", () =>
  withPage({}, async ({ page }) => {
    await page.locator("#slow").check();
    await page.reload();
    await page.locator("#slow:checked").waitFor();
    await page.locator("#slow").uncheck();
    await page.reload();
    await page.locator("#slow:not(:checked)").waitFor();
  }));

test("blocks that come faster than the show are not shown, and nothing queues up", () =>
  withPage({ blocks: 3 }, async ({ page }, node) => {
    await page.locator("#slow").check();
    await ask(node.base, "PUT", "/api/v1/mining", JSON.stringify({ mode: "interval", every_ms: 200 }));
    await page.locator('[data-index="10"]').waitFor();
    await ask(node.base, "PUT", "/api/v1/mining", JSON.stringify({ mode: "off" }));
    const { length: blocks } = await ask(node.base, "GET", "/api/v1/status");
    await page.locator(`#next[data-state="open"][data-next="${blocks + 1}"]`).waitFor({ timeout: 2000 });
    assert.equal(await page.locator('#search[data-state="found"]').count(), 1);
    assert.equal(await page.locator(".card.held").count(), 0);
  }));

test("nothing moves for those who want that", () =>
  withPage({ blocks: 3, reducedMotion: "reduce" }, async ({ page }, node) => {
    await pay(node, { sender: "Alice", receiver: "Bob", amount: 10 });
    await page.locator("#next .token", { hasText: "Alice" }).waitFor();
    await page.evaluate(() => {
      window.states = [];
      const search = document.getElementById("search");
      new MutationObserver(() => window.states.push(search.dataset.state)).observe(search, { attributes: true });
    });
    await mine(page, 4);
    await page.locator('#next[data-next="5"]').waitFor();
    const [moving, states] = await page.evaluate(() => [
      document.getAnimations().filter((one) => one.effect.getTiming().duration > 1).length,
      window.states,
    ]);
    assert.equal(moving, 0);
    assert.deepEqual([...new Set(states)], ["found"]);
  }));

const long = "W".repeat(256);
for (const [name, viewport] of [
  ["wide", { width: 1400, height: 1000 }],
  ["phone", { width: 360, height: 780 }],
]) {
  test(`the box counts all that wait, and holds names and amounts of any length: ${name}`, () =>
    withPage({ viewport, prepare: changeStatus({ miner: long }) }, async ({ page }, node) => {
      await pay(node, { sender: long, receiver: "<b>明</b>\u202E", amount: "123456789012345678901234567890.25" });
      await payMany(node, 120);
      await page.locator('#next[data-payments="121"] .more').waitFor();
      assert.equal(await counted(page), 121);
      const token = page.locator("#next .token").first();
      assert.ok((await token.getAttribute("title")).startsWith(`${long} → <b>明</b>‹U+202E›: 1234567890`));
      const box = await page.locator("#next").boundingBox();
      for (const one of await page.locator("#next .token").all()) {
        const { x, width } = await one.boundingBox();
        assert.ok(x >= box.x && x + width <= box.x + box.width);
      }
      assert.equal(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth), 0);
      await mine(page, 2);
      await page.locator('#next[data-next="3"][data-payments="0"]', { hasText: "No payment waits" }).waitFor();
    }));
}

test("what is chosen applies at once, and what cannot be is said beside the field", () =>
  withPage({}, async ({ page }, node) => {
    const setting = () => ask(node.base, "GET", "/api/v1/mining");
    await page.locator("#mode").selectOption("interval");
    await page.locator('#log [data-event="mining"]').waitFor();
    assert.deepEqual(await setting(), { mode: "interval", every_ms: 2000 });
    await page.locator("#every").fill("fast");
    await page.keyboard.press("Enter");
    await page.locator("#every-error", { hasText: "0.1 to 3,600" }).waitFor();
    assert.equal(await page.locator("#every").getAttribute("aria-invalid"), "true");
    assert.deepEqual(await setting(), { mode: "interval", every_ms: 2000 });
    for (const wrong of ["0", "0.05", "3601", "-2"]) {
      await page.locator("#every").fill(wrong);
      await page.keyboard.press("Enter");
      assert.notEqual(await page.locator("#every-error").textContent(), "", wrong);
    }
    // What is wrong with the field is of no interest when somebody else has turned mining off.
    await ask(node.base, "PUT", "/api/v1/mining", JSON.stringify({ mode: "off" }));
    await page.locator("#every").waitFor({ state: "hidden" });
    assert.equal(await page.locator("#every-error").textContent(), "");
    await ask(node.base, "PUT", "/api/v1/mining", JSON.stringify({ mode: "interval", every_ms: 2000 }));
    await page.locator('#log [data-event="mining"]', { hasText: "every 2 s" }).nth(1).waitFor();
    // Full-width digits and a decimal comma.
    await page.locator("#every").fill("１２，５");
    await page.keyboard.press("Enter");
    await page.locator("#every-error:empty").waitFor({ state: "attached" });
    await page.locator('#log [data-event="mining"]', { hasText: "every 12.5 s" }).waitFor();
    assert.deepEqual(await setting(), { mode: "interval", every_ms: 12_500 });
    // What is chosen where two numbers may be meant applies, too.
    await page.locator("#every").fill("1,500");
    await page.keyboard.press("Enter");
    await page.locator("#every-error").getByRole("button", { name: "1500" }).click();
    await page.locator('#log [data-event="mining"]', { hasText: "1,500 s" }).waitFor();
    assert.deepEqual(await setting(), { mode: "interval", every_ms: 1_500_000 });
    assert.equal(await page.locator("#every-error").textContent(), "");
    await page.locator("#mode").selectOption("off");
    await page.locator('#log [data-event="mining"]', { hasText: "off" }).nth(1).waitFor();
    assert.deepEqual(await setting(), { mode: "off" });
    assert.ok(await page.locator("#every").isHidden());
  }));

test("controls that cannot work are disabled and say why", async () => {
  const reason = (page, id) => page.locator(`#${id}[aria-describedby~="${id}-why"]:disabled`);
  await withPage({ prepare: changeStatus({ access: "use" }) }, async ({ page }) => {
    await reason(page, "mode").waitFor();
    await page.locator("#mode-why", { hasText: "teacher" }).waitFor();
    await mine(page, 2);
  });
  await withPage({ prepare: changeStatus({ access: "read" }) }, async ({ page }) => {
    await reason(page, "mine").waitFor();
    await page.locator("#mine-why", { hasText: "teacher" }).waitFor();
  });
  const node = await startNode("--port", "0");
  const { page, context } = await openPage(browser, node.base);
  await node.stop();
  await reason(page, "mine").waitFor();
  assert.notEqual(await page.locator("#mine-why").textContent(), "");
  await reason(page, "mode").waitFor();
  await context.close();
});

test("no task of the page is long while 20 blocks join a chain of 500 and payments wait", () =>
  withPage({ blocks: 500 }, async ({ page }, node) => {
    await page.locator("#repeats-says", { hasText: "Block 500" }).waitFor();
    await page.evaluate(() => {
      window.tasks = [];
      new PerformanceObserver((list) => window.tasks.push(...list.getEntries().map((one) => one.duration))).observe({
        type: "longtask",
      });
    });
    await browser.startTracing(page, { categories: ["toplevel", "devtools.timeline"] });
    await ask(node.base, "PUT", "/api/v1/mining", JSON.stringify({ mode: "interval", every_ms: 300 }));
    for (let blocks = 505; blocks <= 520; blocks += 5) {
      await payMany(node, 30);
      await page.locator(`[data-index="${blocks}"]`).waitFor();
    }
    await ask(node.base, "PUT", "/api/v1/mining", JSON.stringify({ mode: "off" }));
    // One block alone, whose search is shown.
    const { length: blocks } = await ask(node.base, "GET", "/api/v1/status");
    await payMany(node, 100);
    await mine(page, blocks + 1);
    await page.locator(`#next[data-next="${blocks + 2}"]`).waitFor();
    await page.locator("#repeats-says", { hasText: `Block ${blocks + 1}` }).waitFor();
    const waited = await page.evaluate(() => window.tasks);
    console.log(`# tasks of 50 ms or more by the clock: ${waited.map((task) => task.toFixed(0)).join(", ") || "none"}`);
    // On a busy machine a task is also as long as others hold the processor: what counts is the page's own time.
    const longest = longestTask(JSON.parse((await browser.stopTracing()).toString()).traceEvents);
    console.log(`# the longest task took ${longest.toFixed(1)} ms of the processor`);
    assert.ok(longest > 0 && longest < 50, `${longest} ms`);
  }));

/** The most processor time that a task of the page's main thread took, in milliseconds. */
function longestTask(events) {
  const isIn = (thread) => (event) => event.pid === thread.pid && event.tid === thread.tid;
  const threads = events.filter(({ name, args }) => name === "thread_name" && args.name === "CrRendererMain");
  const main = threads.find((thread) => events.filter(isIn(thread)).some(({ name }) => name === "FunctionCall"));
  const tasks = events.filter(isIn(main)).filter(({ name, ph }) => name.endsWith("RunTask") && ph === "X");
  return Math.max(...tasks.map(({ tdur }) => tdur ?? 0)) / 1000;
}

test("the chart and the proofs that repeat", () =>
  withPage({ blocks: 230 }, async ({ page }) => {
    await page.locator('[data-index="230"] .again', { hasText: "as block 72" }).waitFor();
    await page.locator("#repeats-says", { hasText: "Block 230 has the proof of block 72: 23,102." }).waitFor();
    assert.deepEqual(
      await page.locator("#repeats tbody tr").evaluateAll((rows) => rows.map((row) => row.dataset.again)),
      ["230", "229", "228"],
    );
    const columns = page.locator("#chart .block");
    await columns.nth(59).waitFor({ state: "attached" });
    assert.equal(await columns.count(), 60);
    assert.equal(await columns.locator(".mark").count(), 5, "blocks 226 to 230");
    const label = await page.locator("#chart svg").getAttribute("aria-label");
    assert.match(label, /last 60 blocks.*at least.*at most.*Block 230: 23,102 tries/);
    await page.locator("#chart-table summary").click();
    assert.match(await page.locator("#chart-table tbody tr").first().textContent(), /^23023,102/);
    await mine(page, 231);
    await page.locator("#repeats-says", { hasText: "Block 231 has the proof of block 73" }).waitFor();
    await page.locator("#chart .latest[data-tries]").waitFor();
    assert.equal(await columns.count(), 60);
    await checkAccessibility(page);
  }));

test("nothing is said of proofs that the chain does not hold twice", () =>
  withPage(
    {
      blocks: 230,
      prepare: (page) =>
        page.route("**/api/v1/headers?from=68&*", async (route) => {
          const answer = await route.fetch();
          const { headers, ...rest } = await answer.json();
          for (const header of headers) header.proof += 1;
          await route.fulfill({ response: answer, json: { headers, ...rest } });
        }),
    },
    async ({ page }) => {
      await page.locator("#repeats-says", { hasText: "Block 230 has another proof" }).waitFor();
      assert.equal(await page.locator(".again").count(), 0);
      assert.ok(await page.locator("#repeats").isHidden());
    },
  ));

test("no serious fault of accessibility while a search is shown", () =>
  withPage({ viewport: { width: 360, height: 780 }, colorScheme: "dark", locale: "zh-CN" }, async ({ page }, node) => {
    await payMany(node, 20);
    await page.locator("#slow").check();
    await mine(page, 2);
    await page.locator('#search[data-state="running"]').waitFor();
    await checkAccessibility(page);
    await length(page, 2);
    await page.locator('#next[data-next="3"]').waitFor();
    await checkAccessibility(page);
  }));
