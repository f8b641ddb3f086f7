// The page for a projector on real nodes. Run by tests/it/page.rs.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { openClass, startNetwork } from "./networks.mjs";
import { ask, checkAccessibility, launch, startNode } from "./support.mjs";

let browser;
before(async () => (browser = await launch()));
after(() => browser.close());

for (const [name, options] of [
  ["light", { colorScheme: "light" }],
  ["dark, Chinese", { colorScheme: "dark", locale: "zh-CN" }],
]) {
  test(`the class on a projector, with nothing to click: ${name}`, async () => {
    const nodes = await startNetwork(3);
    try {
      const [ours, theirs] = nodes;
      const { page, noise, context } = await openClass(browser, ours.base, options);
      const own = (await ask(ours.base, "GET", "/api/v1/status")).name;
      assert.equal(await page.title(), options.locale ? `${own} 的课堂` : `The class of ${own}`);
      await ask(theirs.base, "POST", "/api/v1/blocks");
      const row = page.locator(`.stand:has(.chip[data-address="${theirs.address}"])`);
      await row.locator("strong", { hasText: "2" }).waitFor();
      await row.locator(".last", { hasText: /\d\d:\d\d:\d\d/ }).waitFor();
      await row.locator(".last", { hasText: (await ask(theirs.base, "GET", "/api/v1/status")).name }).waitFor();
      const letters = await page.evaluate(() =>
        [...document.querySelectorAll("body *")]
          .filter((element) => element.textContent.trim() && element.offsetParent)
          .map((element) => Number.parseFloat(getComputedStyle(element).fontSize)),
      );
      assert.ok(Math.min(...letters) >= 20, `letters of ${Math.min(...letters)} pixels`);
      assert.equal(await page.locator("a, button, input, select, textarea, [tabindex], [onclick]").count(), 0);
      const cursors = await page.evaluate(() => [
        ...new Set([...document.querySelectorAll("body, body *")].map((element) => getComputedStyle(element).cursor)),
      ]);
      assert.deepEqual(cursors, ["default"]);
      await checkAccessibility(page);
      assert.deepEqual(noise, []);
      await context.close();
    } finally {
      await nodes.stop();
    }
  });
}

test("language and theme come from the address", async () => {
  const node = await startNode("--port", "0");
  try {
    const path = "/class?lang=zh-CN&theme=dark";
    const { page, context } = await openClass(browser, node.base, { path });
    assert.equal(await page.locator("html").getAttribute("lang"), "zh-CN");
    assert.equal(await page.locator("html").getAttribute("data-theme"), "dark");
    await context.close();
  } finally {
    await node.stop();
  }
});

test("a node that is gone is said in large letters, and comes back by itself", async () => {
  let node = await startNode("--port", "0");
  const port = node.address.split(":")[1];
  const { page, context } = await openClass(browser, node.base);
  await ask(node.base, "POST", "/api/v1/blocks");
  await page.locator(".stand strong", { hasText: "2" }).waitFor();
  await node.stop();
  const gone = page.getByRole("alert").filter({ hasText: "The node is gone" });
  await gone.waitFor();
  assert.ok((await gone.evaluate((element) => Number.parseFloat(getComputedStyle(element).fontSize))) >= 40);
  node = await startNode("--port", port);
  try {
    await gone.waitFor({ state: "hidden" });
    await page.locator(".stand strong", { hasText: "1" }).waitFor();
  } finally {
    await context.close();
    await node.stop();
  }
});
