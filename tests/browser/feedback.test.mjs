// What the page says stands where one looks, is true, and can be read by pupils. Run by tests/it/page.rs.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { ask, checkAccessibility, launch, length, mine, openPage, pay, startNode } from "./support.mjs";

const LONG_NAME = `${"W".repeat(250)}王小明的账本`;
const LONG_AMOUNT = "123456789012345678901234567890";
const PHONE = { viewport: { width: 390, height: 844 }, reducedMotion: "reduce" };

let browser;
before(async () => (browser = await launch()));
after(() => browser.close());

/** `loud`: what the browser writes to the console about failed requests is expected. */
async function onPage(work, { loud = false, ...options } = {}) {
  const node = await startNode("--port", "0");
  const { page, noise, context } = await openPage(browser, node.base, options);
  try {
    await work(page, node);
    assert.deepEqual(
      noise.filter((line) => !(loud && line.startsWith("Failed to load resource"))),
      [],
    );
  } finally {
    await context.close();
    await node.stop();
  }
}

/** The node answers a payment like this. */
const answerPayments = (page, status, problem) =>
  page.route("**/api/v1/pending", (route) =>
    route.request().method() === "POST"
      ? route.fulfill({ status, contentType: "application/problem+json", body: JSON.stringify({ status, ...problem }) })
      : route.continue(),
  );

const sides = (locator) => locator.evaluate((element) => element.getBoundingClientRect().toJSON());
const choose = (page, tag) => page.locator("#language").selectOption(tag);

test("a payment waits, is in a block, and the message goes at the next action", () =>
  onPage(async (page) => {
    await pay(page, "Alice", "Bob", "10");
    const said = page.locator("#payment-status");
    await said.filter({ hasText: "It waits for block 2." }).waitFor();
    await mine(page, 2);
    await said.filter({ hasText: "It is in block 2." }).waitFor();
    await mine(page, 3);
    await said.filter({ hasText: /^$/ }).waitFor({ state: "attached" });
  }));

test("a payment that another chain has pushed out waits for a later block, and the page says so", () =>
  onPage(async (page, node) => {
    const other = await startNode("--port", "0");
    for (let at = 0; at < 3; at += 1) await ask(other.base, "POST", "/api/v1/blocks");
    await ask(node.base, "POST", "/api/v1/peers", JSON.stringify({ nodes: [other.address] }));
    await pay(page, "Alice", "Bob", "10");
    await page.locator("#payment-status", { hasText: "block 2" }).waitFor();
    await ask(node.base, "POST", "/api/v1/replacements");
    await length(page, 4);
    await page.locator("#payment-status", { hasText: "It waits for block 5." }).waitFor();
    await other.stop();
  }));

test("a node that is gone is said in words, what is typed stays, and buttons say why they are off", async () => {
  let node = await startNode("--port", "0");
  const port = node.address.split(":")[1];
  const { page, context } = await openPage(browser, node.base);
  await page.locator("#pay-sender").fill("Ali");
  await page.locator("#pay-receiver").pressSequentially("Bo");
  await node.stop();
  await page.getByRole("alert").filter({ hasText: "The node is gone" }).waitFor();
  await page.locator("#pay-receiver").pressSequentially("b");
  assert.equal(await page.locator("#send").isDisabled(), true);
  assert.equal(await page.locator("#send-why").textContent(), "Waits for the node to answer.");
  assert.equal(await page.locator("#send").getAttribute("aria-describedby"), "send-why");
  await checkAccessibility(page);
  await choose(page, "zh-CN");
  await page.getByRole("alert").filter({ hasText: "节点没有响应" }).waitFor();
  await page.locator("#send-why", { hasText: "正在等待节点响应。" }).waitFor();
  node = await startNode("--port", port);
  try {
    await page.locator("#send:enabled").waitFor();
    assert.equal(await page.locator("#send").getAttribute("aria-describedby"), null);
    assert.equal(await page.locator(".banner").isVisible(), false);
    const values = await page.locator(".pay input").evaluateAll((inputs) => inputs.map(({ value }) => value));
    assert.deepEqual(values, ["Ali", "Bob", ""]);
  } finally {
    await context.close();
    await node.stop();
  }
});

test("a request that gets no answer says so beside the form, in both languages", () =>
  onPage(
    async (page) => {
      await page.route("**/api/v1/pending", (route) =>
        route.request().method() === "POST" ? route.abort("connectionrefused") : route.continue(),
      );
      await pay(page, "Alice", "Bob", "10");
      const said = page.locator(".pay #payment-status.bad");
      await said.filter({ hasText: "The node does not answer." }).waitFor();
      assert.equal(await page.locator("#pay-amount").inputValue(), "10", "what was typed stays");
      await choose(page, "zh-CN");
      await said.filter({ hasText: "节点没有响应" }).waitFor();
      assert.equal(await page.getByText("Failed to fetch").count(), 0);
    },
    { loud: true },
  ));

test("a request that takes too long ends with a sentence, and a payment is sent once however often the button is pressed", () =>
  onPage(async (page) => {
    let sent = 0;
    await page.route("**/api/v1/pending", (route) => {
      if (route.request().method() !== "POST") return route.continue();
      // It is never answered.
      sent += 1;
    });
    await page.evaluate(() => {
      const timeout = AbortSignal.timeout.bind(AbortSignal);
      AbortSignal.timeout = () => timeout(500);
    });
    await pay(page, "Alice", "Bob", "10");
    assert.equal(await page.locator("#send").isDisabled(), true);
    await page.locator("#pay-amount").press("Enter");
    await page.locator("#payment-status.bad", { hasText: "The node has not answered in time." }).waitFor();
    await page.locator("#send:enabled").waitFor();
    assert.equal(sent, 1);
  }));

test("accounts and payments call a node by its name, and tell its address", () =>
  onPage(async (page, node) => {
    await mine(page, 2);
    const { node_address } = await ask(node.base, "GET", "/api/v1/status");
    await page.locator("#accounts tbody tr").nth(1).waitFor();
    await page.locator('[data-index="2"]').click();
    await page.locator("article.detail tbody").waitFor();
    const shown = await page.evaluate(async (address) => {
      const { state } = await import("/page/state.js");
      state.setNetwork({ nodes: [{ node_address: address, name: "Ada" }], branches: [] });
      const cell = document.querySelector("#accounts [title]");
      return [document.querySelector("#accounts").textContent, cell.textContent, cell.title];
    }, node_address);
    assert.ok(!shown[0].includes(node_address));
    assert.deepEqual(shown.slice(1), ["Ada’s node (rewards)", node_address]);
  }));

test("what the node refuses is said in the page's language, beside the field that it names", () =>
  onPage(
    async (page) => {
      const type = (name) => `urn:bcoin:problem:${name}`;
      const detail = "A sentence of the node.";
      await answerPayments(page, 400, { type: type("bad-body"), detail, value: "amount", code: "too_many_digits" });
      await pay(page, "Alice", "Bob", "10");
      await page.locator("#amount-error", { hasText: "At most 4,300 digits." }).waitFor();
      assert.equal(await page.evaluate(() => document.activeElement.id), "pay-amount");
      assert.equal(await page.locator("#pay-amount").getAttribute("aria-invalid"), "true");
      await checkAccessibility(page);
      await choose(page, "zh-CN");
      await page.locator("#amount-error", { hasText: "最多 4300 位数字。" }).waitFor();
      assert.equal(await page.locator("#pay-amount").getAttribute("aria-invalid"), "true");
      await page.locator("#pay-amount").fill("11");
      assert.equal(await page.locator("#amount-error").textContent(), "");

      const said = page.locator("#payment-status");
      await page.unroute("**/api/v1/pending");
      await answerPayments(page, 503, { type: type("pending-full"), detail });
      await page.locator("#send").click();
      await said.filter({ hasText: "等待中的交易太多" }).waitFor();
      await choose(page, "en");
      await said.filter({ hasText: "Too many payments wait. Mine a block" }).waitFor();
      await page.unroute("**/api/v1/pending");
      await answerPayments(page, 400, { type: type("of-tomorrow"), detail });
      await page.locator("#send").click();
      await said.filter({ hasText: detail }).waitFor();
      await page.unroute("**/api/v1/pending");
      await answerPayments(page, 403, { type: type("not-for-guests"), detail });
      await page.locator("#send").click();
      await said.filter({ hasText: "the teacher started" }).waitFor();
    },
    { loud: true },
  ));

test("guests see what they may do: buttons that are not for them are off and say who has chosen that", async () => {
  const node = await startNode("--port", "0");
  for (const [access, off] of [
    ["all", false],
    ["use", false],
    ["read", true],
  ]) {
    const context = await browser.newContext({ locale: "en-US" });
    const page = await context.newPage();
    await page.route("**/api/v1/status", async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, json: { ...(await response.json()), access } });
    });
    await page.goto(node.base);
    await page.locator("#state", { hasText: "The node is running" }).waitFor();
    assert.equal(await page.locator("#send").isDisabled(), off, access);
    const why = await page.locator("#send-why").textContent();
    assert.equal(
      why,
      off ? "Other machines may only look: the teacher started this node that way (--guests read)." : "",
    );
    // Settings need more; the helper is the one that all views use.
    const setting = await page.evaluate(async () => {
      const [{ reasonAgainst }, { state }] = await Promise.all([import("/page/enabled.js"), import("/page/state.js")]);
      return reasonAgainst(state, "all");
    });
    assert.equal(setting === "", access === "all");
    await context.close();
  }
  await node.stop();
});

test("numbers are understood as people type them, and a question stands beside the field", () =>
  onPage(async (page, node) => {
    for (const [typed, amount] of [
      ["２，５", 2.5],
      [" 7 ", 7],
      ["1,000,000", 1_000_000],
      [LONG_AMOUNT, LONG_AMOUNT],
    ]) {
      await pay(page, "Alice", "Bob", typed);
      await page.waitForFunction(() => document.querySelector("#pay-amount").value === "");
      const { transactions, total } = await ask(node.base, "GET", "/api/v1/pending");
      assert.equal(transactions[total - 1].amount, amount, typed);
    }
    await page.locator("#pay-sender").fill(" Alice ");
    await page.locator("#pay-receiver").fill("Bob");
    await page.locator("#pay-amount").fill("1,000");
    await page.keyboard.press("Enter");
    await page.locator("#amount-error", { hasText: "Which one?" }).waitFor();
    assert.equal(await page.evaluate(() => document.activeElement.id), "pay-amount");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    assert.equal(await page.locator("#pay-amount").inputValue(), "1000");
    assert.equal(await page.evaluate(() => document.activeElement.id), "pay-amount");
    await page.keyboard.press("Enter");
    await page.waitForFunction(() => document.querySelector("#pay-amount").value === "");
    await page.locator("#payment-status", { hasText: "It waits" }).waitFor();
    const { transactions } = await ask(node.base, "GET", "/api/v1/pending");
    assert.deepEqual(transactions[4], { sender: "Alice", receiver: "Bob", amount: 1000 });
    for (const [typed, text] of [
      ["", "How much?"],
      ["ten", "This is not a number."],
      ["-1", "It has to be above 0."],
      ["0.00", "It has to be above 0."],
      ["9".repeat(4301), "At most 4,300 characters."],
    ]) {
      await pay(page, "Alice", "Bob", typed);
      await page.locator("#amount-error", { hasText: text }).waitFor();
    }
  }));

test("a block is found by its number or its hash as people type them, and what cannot be found is said beside that", () =>
  onPage(
    async (page) => {
      await mine(page, 2);
      const find = async (typed) => {
        await page.locator("#find").fill(typed);
        await page.keyboard.press("Enter");
      };
      await find("７");
      await page.locator("#chain-status.bad", { hasText: "The chain has no such block." }).waitFor();
      await checkAccessibility(page);
      await find(" ２ ");
      await page.locator("#detail-title", { hasText: "Block 2" }).waitFor();
      assert.equal(await page.locator("#chain-status").textContent(), "");
      const hash = await page.locator("#block-hash").textContent();
      await find("1");
      await page.locator("#detail-title", { hasText: "Block 1" }).waitFor();
      await find(hash.toUpperCase());
      await page.locator("#detail-title", { hasText: "Block 2" }).waitFor();
      await find("1,000");
      await page.locator("#chain-status").getByRole("button", { name: "1000" }).click();
      assert.equal(await page.locator("#find").inputValue(), "1000");
      assert.equal(await page.evaluate(() => document.activeElement.id), "find");
      await find("one");
      await page.locator("#chain-status", { hasText: "Give the number of a block" }).waitFor();
      await choose(page, "zh-CN");
      await page.locator("#chain-status", { hasText: "链上没有这个区块" }).waitFor();
    },
    { loud: true },
  ));

test("what is wrong with one field moves no other field", () =>
  onPage(async (page) => {
    const places = () =>
      page.locator(".pay input, .pay label, #send").evaluateAll((all) => {
        const form = document.querySelector(".pay").getBoundingClientRect();
        return all
          .map((one) => one.getBoundingClientRect())
          .map(({ top, left }) => [Math.round(top - form.top), Math.round(left - form.left)]);
      });
    for (const width of [1400, 1920, 390]) {
      await page.setViewportSize({ width, height: 900 });
      await page.locator("#pay-sender").fill("Alice");
      const before = await places();
      const [top] = await page.locator(".pay input").evaluateAll((all) => all.map((one) => one.offsetHeight));
      const button = await page.locator("#send").evaluate((one) => one.offsetHeight);
      assert.ok(Math.abs(top - button) <= 1, "the button is as high as the fields");
      await pay(page, "", "Bob", "");
      await page.locator("#sender-error", { hasText: "Whose name?" }).waitFor();
      assert.deepEqual(await places(), before, `${width} px`);
      await page.locator("#pay-sender").fill("x");
      await page.locator("#pay-amount").fill("1");
    }
  }));

for (const [name, options] of [
  ["360 px", { viewport: { width: 360, height: 780 } }],
  ["1400 px, dark, Chinese", { colorScheme: "dark", locale: "zh-CN" }],
]) {
  test(`tables survive names of 256 characters and amounts of 30 and of 4,300 digits: ${name}`, () =>
    onPage(async (page, node) => {
      const payments = [
        { sender: LONG_NAME, receiver: "Bob", amount: LONG_AMOUNT },
        { sender: "Bob", receiver: LONG_NAME, amount: "9".repeat(4300) },
        { sender: "王小明", receiver: LONG_NAME, amount: 3 },
      ];
      const send = async () => {
        for (const one of payments) await ask(node.base, "POST", "/api/v1/pending", JSON.stringify(one));
      };
      await send();
      await ask(node.base, "POST", "/api/v1/blocks");
      await send();
      await page.locator("#accounts tbody tr").nth(3).waitFor();
      await page.locator("#pending tbody tr").nth(2).waitFor();
      for (const table of ["#pending", "#accounts"]) {
        const rows = await page.locator(`${table} tr`).evaluateAll((all) =>
          all.map((row) =>
            [...row.children].map((cell) => {
              const range = document.createRange();
              range.selectNodeContents(cell);
              const { left, right } = cell.getBoundingClientRect();
              const text = range.getBoundingClientRect();
              return { left, right, from: text.left, to: text.right, width: right - left };
            }),
          ),
        );
        for (const row of rows) {
          for (const [at, cell] of row.entries()) {
            assert.ok(cell.from >= cell.left - 1 && cell.to <= cell.right + 1, "a text stays in its cell");
            assert.ok(cell.width >= 70, "a column keeps its sense");
            if (at > 0) assert.ok(cell.left >= row[at - 1].right - 1);
          }
        }
      }
      const amount = page.locator("#pending .amount .cut").first();
      assert.equal(await amount.textContent(), LONG_AMOUNT);
      const whole = (locator) => locator.evaluate((one) => one.scrollHeight <= one.clientHeight + 1);
      assert.ok(await whole(amount), "30 digits are seen whole");
      const sender = page.locator("#pending .cut", { hasText: "WWW" }).first();
      assert.equal(await sender.getAttribute("title"), LONG_NAME);
      assert.ok(!(await whole(sender)));
      await sender.focus();
      await ask(node.base, "POST", "/api/v1/pending", JSON.stringify(payments[2]));
      await page.locator("#pending tbody tr").nth(3).waitFor();
      assert.ok(
        await whole(sender),
        "a long name is seen whole while it has the focus, also when the list is read anew",
      );
      await page.locator("#accounts button", { hasText: "WWW" }).click();
      await page.locator("#account table").waitFor();
      const wide = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      assert.equal(wide, 0);
      await checkAccessibility(page);
    }, options));
}

test("the account and the place where one reads stay when the lists are read anew", () =>
  onPage(async (page, node) => {
    const send = (at) =>
      ask(node.base, "POST", "/api/v1/pending", JSON.stringify({ sender: `payer ${at}`, receiver: "Bob", amount: 1 }));
    for (let at = 0; at < 40; at += 1) await send(at);
    await mine(page, 2);
    await page.locator("#pending", { hasText: "No payment waits" }).waitFor();
    for (let at = 0; at < 30; at += 1) await send(at);
    await page.locator("h2", { hasText: "30 payments" }).waitFor();
    await page.locator("#accounts tbody tr").nth(40).waitFor();
    await page.locator("#pending .scroll").evaluate((list) => (list.scrollTop = 100));
    await page.locator("#accounts").getByRole("button", { name: "payer 7" }).focus();
    await send(30);
    await page.locator("#pending tbody tr").nth(30).waitFor();
    assert.equal(await page.locator("#pending .scroll").evaluate((list) => list.scrollTop), 100);
    await ask(node.base, "POST", "/api/v1/blocks");
    await page.locator("#accounts tr", { hasText: "payer 30" }).waitFor();
    assert.equal(await page.evaluate(() => document.activeElement.dataset.key), "payer 7");
    await page.keyboard.press("Enter");
    await page.locator("#account", { hasText: "payer 7" }).waitFor();
    await page.locator("#account").getByRole("button").click();
    assert.equal(await page.evaluate(() => document.activeElement.dataset.key), "payer 7");
  }));

test("an account that is open follows the chain", () =>
  onPage(async (page, node) => {
    await pay(page, "Alice", "Bob", "10");
    await mine(page, 2);
    await page.locator("#accounts").getByRole("button", { name: "Alice" }).click();
    await page.locator("#account tbody tr").waitFor();
    await page.locator("#account").getByRole("button").focus();
    await ask(node.base, "POST", "/api/v1/pending", JSON.stringify({ sender: "Alice", receiver: "Carol", amount: 3 }));
    await ask(node.base, "POST", "/api/v1/blocks");
    await page.locator("#account", { hasText: "Carol" }).waitFor();
    assert.equal(await page.evaluate(() => document.activeElement.dataset.key), "close");
  }));

test("on a phone the main actions are in a bar that covers nothing, and everything can be touched", () =>
  onPage(async (page) => {
    const bar = page.locator("nav.bar");
    const { top, bottom } = await sides(bar);
    assert.equal(Math.round(bottom), 844);
    assert.ok(top > 740);
    await page.evaluate(() => scrollTo(0, document.body.scrollHeight));
    const last = await page.evaluate(() => document.querySelector("main").lastElementChild.getBoundingClientRect());
    assert.ok(last.bottom <= top, "the end of the page is above the bar");
    const small = await page
      .locator('button, input:not([type="checkbox"]), label:has(> [type="checkbox"]), select, summary, header a')
      .evaluateAll((all) =>
        all
          .filter((one) => one.checkVisibility())
          .filter((one) => one.getBoundingClientRect().height < 44 || one.getBoundingClientRect().width < 44)
          .map((one) => one.outerHTML.slice(0, 80)),
      );
    assert.deepEqual(small, []);
    await bar.getByRole("button", { name: "Pay" }).click();
    assert.equal(await page.evaluate(() => document.activeElement.id), "pay-sender");
    const field = await sides(page.locator("#pay-sender"));
    assert.ok(field.top >= 0 && field.bottom <= top);
    await bar.getByRole("button", { name: "Mine" }).click();
    await length(page, 2);
    const pressed = await sides(page.locator("#mine"));
    assert.ok(pressed.top >= 0 && pressed.bottom <= top);
    await checkAccessibility(page);
  }, PHONE));

test("sections stand in the order of what one does, for the eye and for the keyboard, and turning a phone loses nothing", () =>
  onPage(async (page) => {
    const order = () =>
      page
        .locator("main h2[id], main summary")
        .evaluateAll((all) =>
          all
            .map((one) => one.id)
            .filter((id) => /^(network|mining|chain|pending|accounts|tamper|log)-title$/.test(id)),
        );
    const heights = async (ids) => {
      const tops = [];
      for (const id of ids) tops.push((await sides(page.locator(`#${id}`))).top);
      return tops;
    };
    const wide = ["network", "mining", "chain", "pending", "accounts", "log", "tamper"].map((name) => `${name}-title`);
    const narrow = ["mining", "pending", "network", "chain", "accounts", "tamper", "log"].map(
      (name) => `${name}-title`,
    );
    assert.deepEqual(await order(), wide);
    assert.equal(await page.locator("nav.bar").isVisible(), false);
    await page.locator("#pay-receiver").fill("Bo");
    await page.setViewportSize(PHONE.viewport);
    await page.waitForFunction(() => document.querySelector("main").firstElementChild.querySelector("#mine"));
    assert.deepEqual(await order(), narrow);
    const tops = await heights(narrow);
    assert.deepEqual(
      tops,
      tops.toSorted((one, other) => one - other),
    );
    assert.equal(await page.locator("#pay-receiver").inputValue(), "Bo");
    assert.equal(await page.evaluate(() => document.activeElement.id), "pay-receiver");
  }));
