// Makes the screenshots of the README: what they show is set up here. Run by tests/it/page.rs.

import { mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";

import { ask, launch, length, openPage, startNode } from "./support.mjs";

const SHOTS = [
  ["light", { viewport: { width: 1400, height: 960 }, colorScheme: "light" }],
  ["dark-chinese", { viewport: { width: 1400, height: 960 }, colorScheme: "dark", locale: "zh-CN" }],
  ["phone", { viewport: { width: 390, height: 800 }, colorScheme: "light" }],
];

test("screenshots", async () => {
  const folder = process.env.BCOIN_TEST_SCREENSHOTS ?? join(tmpdir(), "bcoin-screenshots");
  mkdirSync(folder, { recursive: true });
  const [browser, ours, theirs] = await Promise.all([launch(), startNode("--port", "0"), startNode("--port", "0")]);
  try {
    const post = (node, path, body) => ask(node.base, "POST", `/api/v1${path}`, body && JSON.stringify(body));
    await post(ours, "/peers", { nodes: [theirs.address] });
    await post(theirs, "/peers", { nodes: [ours.address] });
    await post(ours, "/blocks");
    await post(theirs, "/replacements");
    for (const amount of [10, 20, 30]) {
      await post(ours, "/pending", { sender: "Alice", receiver: "Bob", amount });
      await post(ours, "/blocks");
    }
    await post(theirs, "/blocks");
    await post(ours, "/pending", { sender: "Carol", receiver: "Dave", amount: "2.50" });
    for (const [name, options] of SHOTS) {
      const { page, context } = await openPage(browser, ours.base, options);
      await length(page, 5);
      await page.locator('li[data-relation="parted"]').waitFor({ state: "attached" });
      await page.screenshot({ path: join(folder, `${name}.png`) });
      if (name === "light") {
        await page.locator("#copy").click();
        await page.locator('[data-place="3"] input[data-field="amount"]').first().fill("1000000");
        await page.locator("section.wide").screenshot({ path: join(folder, "tamper.png") });
      }
      await context.close();
    }
  } finally {
    await browser.close();
    for (const node of [ours, theirs]) await node.stop();
  }
});
