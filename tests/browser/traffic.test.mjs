// What a class costs its network: bytes for each new block on another node, for a short and a long chain, and how soon the page shows
// it. Run by tests/it/page.rs.

import assert from "node:assert/strict";
import { connect, createServer } from "node:net";
import { after, before, test } from "node:test";

import { ask, launch, openPage, startNodeWithChain } from "./support.mjs";

/** Blocks that the other node mines. */
const BLOCKS = 10;
/** How soon a change on another node has to be on the page, in milliseconds. */
const SOON = 2000;

let browser;
before(async () => (browser = await launch()));
after(() => browser.close());

/** Stands between a node and its peer, and counts what goes through. */
async function startCounter(target) {
  const [host, port] = target.split(":");
  const counter = { bytes: 0 };
  const count = (chunk) => (counter.bytes += chunk.length);
  const server = createServer((near) => {
    const far = connect(Number(port), host);
    near
      .on("data", count)
      .pipe(far)
      .on("error", () => near.destroy());
    far
      .on("data", count)
      .pipe(near)
      .on("error", () => far.destroy());
  });
  await new Promise((resume) => server.listen(0, "127.0.0.1", resume));
  return Object.assign(counter, { address: `127.0.0.1:${server.address().port}`, stop: () => server.close() });
}

const median = (numbers) => [...numbers].sort((one, other) => one - other)[Math.floor(numbers.length / 2)];

/** Bytes to the page and between the nodes for each block that another node mines, and how long until the page shows it. */
async function measure(blocks) {
  const [ours, theirs] = await Promise.all([startNodeWithChain(blocks), startNodeWithChain(blocks)]);
  const between = await startCounter(theirs.address);
  try {
    await ask(ours.base, "POST", "/api/v1/peers", JSON.stringify({ nodes: [between.address] }));
    const { page, context, noise } = await openPage(browser, ours.base);
    const session = await context.newCDPSession(page);
    await session.send("Network.enable");
    let toPage = 0;
    session.on("Network.dataReceived", ({ dataLength }) => (toPage += dataLength));
    const chip = page.locator(`.chip[data-address="${between.address}"]`);
    await chip.and(page.locator('[data-relation="same"]')).waitFor();
    // What opening the page has caused is over.
    await new Promise((resume) => setTimeout(resume, 1500));
    const before = [toPage, between.bytes];
    const waits = [];
    for (let block = 1; block <= BLOCKS; block += 1) {
      await ask(theirs.base, "POST", "/api/v1/blocks");
      const minedAt = performance.now();
      await page.locator(".stand", { hasText: `ahead by ${block} block` }).waitFor();
      waits.push(performance.now() - minedAt);
    }
    const [page_, peer] = [(toPage - before[0]) / BLOCKS, (between.bytes - before[1]) / BLOCKS].map(Math.round);
    console.log(
      `# at ${blocks} blocks, each new block on another node: ${page_} bytes to the page, ${peer} between the nodes, ` +
        `seen after ${median(waits).toFixed(0)} ms (median; ${Math.max(...waits).toFixed(0)} at most)`,
    );
    assert.deepEqual(noise, []);
    await context.close();
    return { toPage: page_, between: peer, slowest: Math.max(...waits) };
  } finally {
    between.stop();
    await ours.stop();
    await theirs.stop();
  }
}

test("a new block on another node costs the same for a short chain and a long one, and is soon seen", async () => {
  const [short, long] = [await measure(10), await measure(10_000)];
  for (const { toPage, between, slowest } of [short, long]) {
    assert.ok(toPage > 0 && toPage < 8192, `${toPage} bytes to the page`);
    assert.ok(between > 0 && between < 4096, `${between} bytes between the nodes`);
    assert.ok(slowest < SOON, `${slowest} ms`);
  }
  assert.ok(long.toPage < 1.3 * short.toPage && long.between < 1.3 * short.between);
});
