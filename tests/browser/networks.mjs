// Nodes that know each other, and the page for a projector, for the tests of the picture of the network.

import { spawn } from "node:child_process";
import { createServer } from "node:net";

import { openPage, startNode } from "./support.mjs";

/** Starts so many nodes that know each other, and waits until they are ready. */
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

/** Whether nobody listens on a port of this machine. */
const isFree = (port) =>
  new Promise((resume) => {
    const server = createServer().once("error", () => resume(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resume(true)));
  });

/** Opens the page for a projector; whatever appears on its console or fails to load fails the test. */
export async function openClass(browser, base, { path = "/class", ...options } = {}) {
  const opened = await openPage(browser, base, { viewport: { width: 1920, height: 1080 }, ...options });
  await opened.page.goto(base + path);
  await opened.page.locator("main .chip").first().waitFor();
  return opened;
}
