// Real nodes and a real browser for the tests of the page.

import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";

const modules = process.env.BCOIN_TEST_NODE_MODULES;
const require = createRequire(join(modules, "index.js"));
const { chromium } = require("playwright-core");
const axeSource = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

const ARGUMENTS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Starts a node and waits until it is ready. It keeps its data in memory unless a folder is named. */
export async function startNode(...args) {
  const data = args.includes("--data-dir") ? [] : ["--in-memory"];
  // Wallets and rooms of tests are not those of the user.
  const env = { ...process.env, XDG_DATA_HOME: join(tmpdir(), "bcoin-tests") };
  const child = spawn(process.env.BCOIN, [...data, ...args], { env, stdio: ["ignore", "pipe", "ignore"] });
  let printed = "";
  for await (const chunk of child.stdout) {
    printed += chunk;
    if (printed.includes("with Ctrl-C.")) break;
  }
  const base = printed.match(/http:\/\/[0-9.:]+/)[0];
  return {
    base,
    address: base.slice("http://".length),
    async stop() {
      if (child.exitCode !== null) return;
      child.kill();
      await new Promise((resume) => child.once("exit", resume));
    },
  };
}

/** Starts a node with a chain of so many blocks, each with its reward, which is imported: that is faster than to mine it. */
export async function startNodeWithChain(blocks) {
  const folder = mkdtempSync(join(tmpdir(), "bcoin-chain-"));
  const file = join(folder, "chain.json");
  writeFileSync(file, `{"chain": [${chainOf(blocks).join(", ")}], "length": ${blocks}}`);
  execFileSync(process.env.BCOIN, ["import", file, "--data-dir", join(folder, "data")], { stdio: "ignore" });
  const node = await startNode("--port", "0", "--data-dir", join(folder, "data"));
  return {
    ...node,
    async stop() {
      await node.stop();
      rmSync(folder, { recursive: true });
    },
  };
}

/** The texts of a chain as `json.dumps` writes them. The proofs of the printed puzzle repeat. */
function chainOf(blocks) {
  const { sequence, then_repeats_from_block: again } = JSON.parse(
    readFileSync(new URL("../vectors/puzzle.json", import.meta.url), "utf8"),
  );
  const period = sequence.length + 1 - again;
  const reward = `{"amount": 1, "receiver": "Bharathi", "sender": "${"a".repeat(32)}"}`;
  const texts = [];
  let previous = "0";
  for (let index = 1; index <= blocks; index += 1) {
    const at = index <= sequence.length ? index : again + ((index - again) % period);
    const transactions = index === 1 ? "" : reward;
    const time = new Date(1_790_000_000_000 + index * 1000).toISOString().slice(0, 19).replace("T", " ");
    const text = `{"index": ${index}, "previous_hash": "${previous}", "proof": ${sequence[at - 1]}, "timestamp": "${time}", "transactions": [${transactions}]}`;
    previous = createHash("sha256").update(text).digest("hex");
    texts.push(text);
  }
  return texts;
}

/** Opens the page of a node; whatever appears on its console or fails to load fails the test. `prepare` is given the page before. */
export async function openPage(browser, base, options = {}, prepare = () => {}) {
  const context = await browser.newContext({ viewport: { width: 1400, height: 1000 }, locale: "en-US", ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  const noise = [];
  page.on("console", (message) => noise.push(message.text()));
  page.on("pageerror", (error) => noise.push(error.message));
  page.on("request", (request) => {
    const url = new URL(request.url());
    if (url.origin !== base && url.protocol !== "data:") noise.push(`asks ${request.url()}`);
  });
  await prepare(page);
  await page.goto(base + (options.path ?? "/"));
  await page.locator("#state:not(.gone)", { hasText: /./ }).waitFor();
  await page.locator('[data-index][data-loaded="true"]').first().waitFor();
  return { page, noise, context };
}

export const launch = (...further) =>
  chromium.launch({
    executablePath: process.env.BCOIN_TEST_CHROMIUM ?? "/usr/bin/chromium",
    args: [...ARGUMENTS, ...further],
  });

/** No serious fault of accessibility, once nothing that moves for a moment is half transparent. */
export async function checkAccessibility(page) {
  // A block that joins is pale until its search has been shown.
  await page
    .locator(".card.held")
    .first()
    .waitFor({ state: "detached", timeout: 1500 })
    .catch(() => {});
  await page.evaluate(() =>
    Promise.all(
      document
        .getAnimations()
        .filter(({ effect }) => effect.getComputedTiming().endTime < 2000)
        .map(({ finished }) => finished.catch(() => {})),
    ),
  );
  await page.evaluate(axeSource);
  const { violations } = await page.evaluate(() => window.axe.run());
  const serious = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
  assert.deepEqual(
    serious.map(({ id, nodes }) => [id, nodes[0].html.slice(0, 200)]),
    [],
  );
}

export const length = (page, blocks) => page.locator(`#length[data-length="${blocks}"]`).waitFor();

export async function pay(page, sender, receiver, amount) {
  await page.locator("#pay-sender").fill(sender);
  await page.locator("#pay-receiver").fill(receiver);
  await page.locator("#pay-amount").fill(amount);
  await page
    .locator("form", { has: page.locator("#pay-amount") })
    .getByRole("button")
    .click();
}

export async function mine(page, blocks) {
  await page.locator("#mine").click();
  await length(page, blocks);
}

/** Asks the node itself. */
export async function ask(base, method, path, body) {
  const response = await fetch(`${base}${path}`, { method, body });
  const text = await response.text();
  return text && text.startsWith("{") ? JSON.parse(text) : text;
}
