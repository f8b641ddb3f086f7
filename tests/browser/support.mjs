// Real nodes and a real browser for the tests of the page.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createServer } from "node:net";
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

/** Starts a node and waits until it is ready. */
export async function startNode(...args) {
  const child = spawn(process.env.BCOIN, ["--in-memory", ...args], { stdio: ["ignore", "pipe", "ignore"] });
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

/** Starts nodes that know each other, and waits until they are ready. */
export async function startNetwork(count) {
  if (count === 1) {
    const node = await startNode("--port", "0");
    return Object.assign([node], { stop: () => node.stop() });
  }
  const first = await freePorts(count);
  const child = spawn(process.env.BCOIN, ["network", "--count", `${count}`, "--first-port", `${first}`], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  let printed = "";
  for await (const chunk of child.stdout) {
    printed += chunk;
    if (printed.includes("with Ctrl-C.")) break;
  }
  const nodes = Array.from({ length: count }, (_, at) => {
    const address = `127.0.0.1:${first + at}`;
    return { base: `http://${address}`, address };
  });
  return Object.assign(nodes, {
    async stop() {
      child.kill();
      await new Promise((resume) => child.once("exit", resume));
    },
  });
}

/** The first of so many ports in a row that are free. */
async function freePorts(count) {
  for (;;) {
    const first = 20_000 + Math.floor(Math.random() * 10_000);
    const ports = Array.from({ length: count }, (_, at) => first + at);
    const free = await Promise.all(ports.map(isFree));
    if (free.every(Boolean)) return first;
  }
}

/** @param {number} port */
const isFree = (port) =>
  new Promise((resume) => {
    const server = createServer().once("error", () => resume(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resume(true)));
  });

/** Opens the page for a projector; whatever appears on its console or fails to load fails the test. */
export async function openClass(browser, base, options = {}) {
  const { page, noise, context } = await openQuietly(browser, {
    base,
    options: { viewport: { width: 1920, height: 1080 }, ...options },
  });
  await page.goto(base + (options.path ?? "/class"));
  await page.locator(".chip").first().waitFor();
  return { page, noise, context };
}

/** Opens the page of a node; whatever appears on its console or fails to load fails the test. */
export async function openPage(browser, base, options = {}) {
  const { page, noise, context } = await openQuietly(browser, { base, options });
  await page.goto(base + (options.path ?? "/"));
  await page.locator("#state:not(.gone)", { hasText: /./ }).waitFor();
  await page.locator('[data-index][data-loaded="true"]').first().waitFor();
  return { page, noise, context };
}

/** A page that collects what appears on its console, and what it asks of others than its node. */
async function openQuietly(browser, { base, options }) {
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
  return { page, noise, context };
}

export const launch = () =>
  chromium.launch({ executablePath: process.env.BCOIN_TEST_CHROMIUM ?? "/usr/bin/chromium", args: ARGUMENTS });

/** No serious fault of accessibility. */
export async function checkAccessibility(page) {
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
