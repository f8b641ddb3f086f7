// Makes the screenshots of the README: what they show is set up here. Run by tests/it/page.rs.

import { mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";

import { openClass } from "./networks.mjs";
import { ask, launch, length, openPage, startNode } from "./support.mjs";

const SHOTS = [
  ["light", { viewport: { width: 1400, height: 960 }, colorScheme: "light" }],
  ["dark-chinese", { viewport: { width: 1400, height: 960 }, colorScheme: "dark", locale: "zh-CN" }],
  ["phone", { viewport: { width: 390, height: 800 }, colorScheme: "light" }],
];

/** The nodes of a small class. */
const NAMES = ["Ada", "Bob", "Carol", "Dave", "Grace", "李娜", "王小明"];

test("screenshots", async () => {
  const folder = process.env.BCOIN_TEST_SCREENSHOTS ?? join(tmpdir(), "bcoin-screenshots");
  mkdirSync(folder, { recursive: true });
  const [browser, ...nodes] = await Promise.all([
    launch(),
    ...NAMES.map((name) => startNode("--port", "0", "--name", name)),
  ]);
  try {
    await prepare(nodes);
    const [ours] = nodes;
    for (const [name, options] of SHOTS) {
      const { page, context } = await openPage(browser, ours.base, options);
      await length(page, 7);
      await page.locator('.chip[data-relation="parted"]').first().waitFor({ state: "attached" });
      await page.screenshot({ path: join(folder, `${name}.png`) });
      if (name === "light") {
        await page.locator("#copy").click();
        await page.locator("#tamper-fold-3").click();
        await page.locator('[data-place="3"] input[data-field="amount"]').first().fill("1000000");
        await page.locator("section.tamper").screenshot({ path: join(folder, "tamper.png") });
      }
      await context.close();
    }
    const projector = await openClass(browser, ours.base, { viewport: { width: 1600, height: 900 } });
    await projector.page.screenshot({ path: join(folder, "class.png") });
    await projector.context.close();
  } finally {
    await browser.close();
    for (const node of nodes) await node.stop();
  }
});

/** A class in the middle of its lesson: most agree, some are behind, one has gone another way. */
async function prepare(nodes) {
  const post = (node, path, body) => ask(node.base, "POST", `/api/v1${path}`, body && JSON.stringify(body));
  const [ours, bob, carol, dave, grace, li] = nodes;
  for (const node of nodes) await post(node, "/peers", { nodes: nodes.map(({ address }) => address) });
  await post(ours, "/blocks");
  for (const amount of [10, 20, 30]) {
    await post(ours, "/pending", { sender: "Alice", receiver: "Bob", amount });
    await post(ours, "/blocks");
  }
  for (const node of nodes) await post(node, "/replacements");
  await post(dave, "/blocks");
  await post(dave, "/blocks");
  await post(ours, "/blocks");
  // Dave's chain is the longest; the others take it one after the other, but for who has another one as long.
  for (const node of [bob, carol]) await post(node, "/replacements");
  await post(ours, "/replacements");
  await post(grace, "/blocks");
  await ask(li.base, "PUT", "/api/v1/mining", JSON.stringify({ mode: "on_payment" }));
  await post(ours, "/pending", { sender: "Carol", receiver: "Dave", amount: "2.50" });
}
