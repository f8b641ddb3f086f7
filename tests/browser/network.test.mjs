// The picture of the network on real nodes. Run by tests/it/page.rs.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { startNetwork } from "./networks.mjs";
import { ask, checkAccessibility, launch, mine, openPage, startNode } from "./support.mjs";

let browser;
before(async () => (browser = await launch()));
after(() => browser.close());

async function withNetwork(count, work) {
  const nodes = await startNetwork(count);
  try {
    await work(nodes);
  } finally {
    await nodes.stop();
  }
}

const post = (node, path, body) => ask(node.base, "POST", `/api/v1${path}`, body && JSON.stringify(body));
const chip = (page, node) => page.locator(`.chip[data-address="${node.address}"]`);
const sideways = (page) =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
const smallest = (page, within) =>
  page.evaluate((selector) => {
    const texts = [...document.querySelectorAll(`${selector} *`)].filter((element) =>
      [...element.childNodes].some((child) => child.nodeType === Node.TEXT_NODE && child.data.trim()),
    );
    return Math.min(...texts.map((element) => Number.parseFloat(getComputedStyle(element).fontSize)));
  }, within);

test("what other nodes do is shown without a click: ahead, parted, agreed, gone and back", () =>
  withNetwork(3, async (nodes) => {
    const [ours, theirs, third] = nodes;
    const { page, noise, context } = await openPage(browser, ours.base);
    await chip(page, theirs).and(page.locator('[data-relation="parted"]')).waitFor();
    await page.locator(".stand", { hasText: "shares no block" }).first().waitFor();
    await post(theirs, "/blocks");
    await post(ours, "/replacements");
    await page.locator(".chip.here[data-relation=here]").waitFor();
    await chip(page, theirs).and(page.locator('[data-relation="same"]')).waitFor();
    // The focus stays on a node while it moves in the picture.
    const more = chip(page, theirs).getByRole("button");
    await more.focus();
    await post(theirs, "/blocks");
    await chip(page, theirs).and(page.locator('[data-relation="ahead"]')).waitFor();
    await page.locator(".stand", { hasText: "ahead by 1 block" }).waitFor();
    assert.equal(await more.evaluate((button) => button === document.activeElement), true);
    await post(ours, "/blocks");
    await page.locator(".stand", { hasText: "parted after block 2" }).waitFor();
    await page.locator(".chip.here", { hasText: "mined 3" }).waitFor();
    assert.match(await page.title(), /: block 3$/);
    assert.match(await page.locator("#network-news").textContent(), /\S/);
    await ask(third.base, "PUT", "/api/v1/mining", JSON.stringify({ mode: "interval", every_ms: 100 }));
    await chip(page, third).getByText("mines by itself").waitFor({ state: "attached" });
    assert.deepEqual(noise, []);
    await context.close();
  }));

test("a node that stops is gone, and answers again when it is back", () =>
  withNetwork(1, async ([ours]) => {
    let other = await startNode("--port", "0");
    const port = other.address.split(":")[1];
    const { page, context } = await openPage(browser, ours.base);
    await page.locator("#longest[disabled]").waitFor();
    await page.getByText("There is no other node to ask").waitFor();
    await page.locator("#nodes").fill(port);
    await page.getByRole("button", { name: "Connect", exact: true }).click();
    await page.locator('[data-result="connected"]', { hasText: `${other.address}: connected` }).waitFor();
    await page.locator("#longest:not([disabled])").waitFor();
    await other.stop();
    await chip(page, other).and(page.locator('[data-relation="fails"]')).getByText("gone").waitFor();
    await chip(page, other).getByRole("button").click();
    await page.locator("#node-detail", { hasText: "nothing listens at this address" }).waitFor();
    other = await startNode("--port", port);
    try {
      await chip(page, other).and(page.locator('[data-relation="parted"]')).waitFor();
    } finally {
      await other.stop();
    }
    await context.close();
  }));

test("an address that does not answer yet, one that was known, and one that is no address", () =>
  withNetwork(2, async ([ours, theirs]) => {
    const { page, context } = await openPage(browser, ours.base);
    const spare = await startNode("--port", "0");
    await spare.stop();
    await page.locator("#nodes").fill(`${spare.address} ${theirs.address}`);
    await page.getByRole("button", { name: "Connect", exact: true }).click();
    await page.locator('[data-result="fails"]', { hasText: "added; nothing listens at this address" }).waitFor();
    await page.locator('[data-result="known"]', { hasText: theirs.address }).waitFor();
    const later = await startNode("--port", spare.address.split(":")[1]);
    try {
      await page.locator('[data-result="connected"]', { hasText: spare.address }).waitFor();
    } finally {
      await later.stop();
    }
    await page.locator("#nodes").fill("{}");
    await page.getByRole("button", { name: "Connect", exact: true }).click();
    await page.locator("#connect-status", { hasText: "neither an address nor" }).waitFor();
    await page.locator("#nodes").fill("127.0.0.1:99999");
    await page.getByRole("button", { name: "Connect", exact: true }).click();
    await page.locator("#connect-status", { hasText: "127.0.0.1:99999: ports go up to 65535" }).waitFor();
    assert.equal(await page.locator("#nodes").inputValue(), "127.0.0.1:99999", "what was typed stays");
    await context.close();
  }));

test("Enter connects; two addresses of one node are one node; what is said of an address goes when it is forgotten", () =>
  withNetwork(1, async ([ours]) => {
    const other = await startNode("--port", "0");
    const port = new URL(other.base).port;
    const { page, noise, context } = await openPage(browser, ours.base);
    const box = page.locator("#nodes");
    await box.fill(`：${port}`);
    await box.press("Shift+Enter");
    assert.equal(await box.inputValue(), `：${port}\n`);
    await box.press("Enter");
    await page.locator('[data-result="connected"]', { hasText: other.address }).waitFor();
    await box.fill("{");
    await box.press("Enter");
    assert.equal(await box.inputValue(), "{\n");
    await box.fill(`localhost:${port}`);
    await box.press("Enter");
    await page.locator('[data-result="connected"]', { hasText: `localhost:${port}` }).waitFor();
    await page.locator("#network-summary", { hasText: "2 nodes" }).waitFor();
    assert.equal(await page.locator(".chip").count(), 2);
    await chip(page, other).getByRole("button").click();
    const detail = page.locator("#node-detail:popover-open");
    await detail.locator("dd", { hasText: `localhost:${port}` }).waitFor();
    await page.keyboard.press("Escape");
    await page.locator("#language").selectOption("zh-CN");
    await page.locator('[data-result="connected"]', { hasText: "已连接" }).waitFor();
    await chip(page, other).getByRole("button").click();
    await detail.getByRole("button", { name: `移除 ${other.address}` }).click();
    assert.equal(await page.evaluate(() => document.activeElement.matches("section.network")), true);
    const second = chip(page, { address: `localhost:${port}` });
    await second.getByRole("button").click();
    await detail.getByRole("button", { name: `移除 localhost:${port}` }).click();
    await page.locator("#connect-status:empty").waitFor({ state: "attached" });
    assert.deepEqual(noise, []);
    await context.close();
    await other.stop();
  }));

test("the details of one node at a time, by mouse and keyboard; the picture does not move; a node is forgotten", () =>
  withNetwork(3, async ([ours, theirs, third]) => {
    const { page, noise, context } = await openPage(browser, ours.base);
    for (const node of [theirs, third]) await chip(page, node).and(page.locator('[data-relation="parted"]')).waitFor();
    const box = () => page.locator(".picture").boundingBox();
    const before = await box();
    await chip(page, theirs).getByRole("button").click();
    const detail = page.locator("#node-detail:popover-open");
    await detail.locator("dd").getByText(theirs.address, { exact: true }).waitFor();
    assert.deepEqual(await box(), before);
    assert.equal(await detail.getByRole("link").getAttribute("href"), `${theirs.base}/`);
    await chip(page, third).getByRole("button").focus();
    await page.keyboard.press("Enter");
    await detail.locator("dd").getByText(third.address, { exact: true }).waitFor();
    await page.keyboard.press("Escape");
    await detail.waitFor({ state: "detached" });
    await chip(page, third).getByRole("button").click();
    await checkAccessibility(page);
    await detail.getByRole("button", { name: `Forget ${third.address}` }).click();
    await chip(page, third).waitFor({ state: "detached" });
    assert.equal(await detail.count(), 0);
    assert.deepEqual(noise, []);
    await context.close();
  }));

test("asking for the longest chain says what each node offered, in both languages", () =>
  withNetwork(2, async ([ours, theirs]) => {
    for (const [locale, sentence, kept] of [
      ["en-US", "it is not longer than the chain of this node", "No chain is longer"],
      ["zh-CN", "不比自己的链长", "没有更长的链"],
    ]) {
      const { page, context } = await openPage(browser, ours.base, { locale });
      await chip(page, theirs).and(page.locator('[data-relation="parted"]')).waitFor();
      await page.locator("#longest").click();
      await page.locator('#network-status [data-code="not_longer"]', { hasText: sentence }).waitFor();
      await page.locator("#network-status", { hasText: kept }).waitFor();
      await context.close();
    }
  }));

test("whose node gets a reward is said by its name", () =>
  withNetwork(2, async ([ours, theirs]) => {
    const { name, node_address } = await ask(theirs.base, "GET", "/api/v1/status");
    await post(theirs, "/blocks");
    await post(ours, "/replacements");
    const { page, context } = await openPage(browser, ours.base);
    const rewards = page.locator(`#accounts [title="${node_address}"]`);
    await rewards.filter({ hasText: name }).filter({ hasText: "node (rewards)" }).waitFor();
    await context.close();
  }));

test("60 nodes: on one screen of 1920 x 1080, in one column on a phone, on a page and for a projector", () =>
  withNetwork(60, async (nodes) => {
    const { nodes: known } = await ask(nodes[0].base, "GET", "/api/v1/network");
    assert.equal(known.length, 60);
    // First no two nodes share a block; then most have one chain, some are behind, and some have gone another way.
    for (const parted of [false, true]) {
      if (parted) await part(nodes);
      const { page, noise, context } = await openPage(browser, nodes[0].base, {
        viewport: { width: 1920, height: 1080 },
      });
      await page.locator(".chip").nth(59).waitFor();
      await page.waitForFunction(() => document.querySelectorAll('.chip[data-relation="unasked"]').length === 0);
      const bottom = () => page.locator(".picture").evaluate((picture) => picture.getBoundingClientRect().bottom);
      assert.ok((await bottom()) <= 1080, `the picture ends at ${await bottom()}`);
      assert.ok((await smallest(page, ".picture")) >= 12);
      assert.equal(await sideways(page), 0);
      await page.setViewportSize({ width: 390, height: 844 });
      assert.equal(await sideways(page), 0);
      assert.ok((await smallest(page, "section.network")) >= 12);
      await page.goto(`${nodes[0].base}/class`);
      await page.locator(".chip").nth(59).waitFor();
      assert.equal(await sideways(page), 0);
      await page.setViewportSize({ width: 1920, height: 1080 });
      await page.waitForFunction(() => document.documentElement.scrollHeight <= innerHeight);
      assert.ok((await smallest(page, "body")) >= 20, `letters of ${await smallest(page, "body")} pixels`);
      assert.deepEqual(noise, []);
      await context.close();
    }
  }));

async function part(nodes) {
  const [first] = nodes;
  for (let at = 0; at < 3; at += 1) await post(first, "/blocks");
  for (const node of nodes.slice(1)) await post(node, "/replacements");
  for (const node of nodes.slice(40, 50)) await post(node, "/blocks");
  await post(first, "/blocks");
  await post(first, "/blocks");
  for (const node of nodes.slice(1, 30)) await post(node, "/replacements");
}

test("long names, and names that would turn texts around, neither break the picture nor are markup", async () => {
  const names = [
    "区块链课堂第三小组的同学们一起学习哈希与工作量证明的节点名称很长很长很长",
    "<img src=x onerror=alert(1)>",
    "W".repeat(40),
  ];
  const nodes = [];
  try {
    for (const name of names) nodes.push(await startNode("--port", "0", "--name", name));
    const addresses = nodes.map(({ address }) => address);
    await post(nodes[0], "/peers", { nodes: addresses });
    for (const viewport of [
      { width: 1920, height: 1080 },
      { width: 360, height: 780 },
    ]) {
      const { page, noise, context } = await openPage(browser, nodes[0].base, { viewport });
      await chip(page, nodes[1]).getByText(names[1]).waitFor();
      assert.equal(await sideways(page), 0);
      assert.equal(await page.locator("img:not([src^='/'])").count(), 0);
      assert.deepEqual(noise, []);
      await context.close();
    }
  } finally {
    for (const node of nodes) await node.stop();
  }
});

test("the node's name and its last block are the title of the tab, and its name stands first", async () => {
  const node = await startNode("--port", "0", "--name", "Ada");
  try {
    const { page, noise, context } = await openPage(browser, node.base);
    await page.getByRole("heading", { level: 1, name: /^Ada/ }).waitFor();
    assert.equal(await page.title(), "Ada: block 1");
    await mine(page, 2);
    await page.waitForFunction(() => document.title === "Ada: block 2");
    await page.getByText("This node is for this machine alone").waitFor();
    assert.equal(await page.locator("#entrance img").count(), 0);
    await page.getByRole("link", { name: "For the projector" }).click();
    await page.waitForURL(`${node.base}/class`);
    assert.deepEqual(noise, []);
    await context.close();
  } finally {
    await node.stop();
  }
});

test("a node that others can reach shows how, and links its neighbours by the host that the visitor used", async () => {
  const node = await startNode("--port", "0", "--host", "0.0.0.0", "--name", "Ada");
  const neighbour = await startNode("--port", "0");
  try {
    await post(node, "/peers", { nodes: [neighbour.address] });
    const { addresses } = await ask(node.base, "GET", "/api/v1/status");
    // A machine without a network has none.
    for (const base of [node.base, ...addresses]) {
      const { page, noise, context } = await openPage(browser, base);
      const entrance = page.locator("#entrance");
      await entrance.waitFor();
      assert.equal(await entrance.getByRole("link").count(), addresses.length);
      for (const address of addresses) {
        await entrance.getByRole("link", { name: address }).waitFor();
        const picture = entrance.getByRole("img", { name: `QR code of ${address}` });
        assert.ok(await picture.evaluate(async (image) => (await image.decode(), image.naturalWidth > 100)));
      }
      if (addresses.length) {
        const host = addresses[0].slice("http://".length);
        await entrance.getByText(`bcoin --host 0.0.0.0 --join ${host}`).waitFor();
      }
      const port = new URL(neighbour.base).port;
      await chip(page, neighbour).waitFor();
      const href = await chip(page, neighbour).getByRole("link").getAttribute("href");
      assert.equal(href, `http://${new URL(base).hostname}:${port}/`);
      assert.deepEqual(noise, []);
      await context.close();
    }
  } finally {
    await node.stop();
    await neighbour.stop();
  }
});
