// Who gets in through a browser: links open the pages of a node, and a page of another site can do nothing else. A real browser, two
// nodes under two names, and a third site. Run by tests/it/page.rs.

import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, test } from "node:test";

import { ask, checkAccessibility, launch, startNode } from "./support.mjs";

const NAMES = ["ada.test", "bob.test", "carl.test", "evil.test", "school.test"];
const DOCUMENTS = ["/", "/docs", "/class"];
const PAYMENT = JSON.stringify({ sender: "Alice", receiver: "Mallory", amount: 1000 });
const NODES = JSON.stringify({ nodes: ["http://127.0.0.1:9"] });
const MINING = JSON.stringify({ mode: "on_payment" });
const READ = ["/get_chain", "/is_valid", "/api/v1/status", "/api/v1/headers", "/metrics", "/", "/docs", "/class"];
/** Every request that changes something. */
const CHANGES = [
  ["GET", "/mine_block"],
  ["GET", "/replace_chain"],
  ["POST", "/add_transaction", PAYMENT],
  ["POST", "/connect_node", NODES],
  ["POST", "/api/v1/blocks"],
  ["POST", "/api/v1/pending", PAYMENT],
  ["POST", "/api/v1/peers", NODES],
  ["POST", "/api/v1/replacements"],
  ["PUT", "/api/v1/mining", MINING],
];

let browser, ada, bob, evil;
before(async () => {
  const rules = NAMES.map((name) => `MAP ${name} 127.0.0.1`).join(", ");
  const start = (name) => startNode("--port", "0", "--allow-host", name);
  [browser, ada, bob, evil] = await Promise.all([
    launch(`--host-resolver-rules=${rules}`),
    start("ada.test"),
    start("bob.test"),
    startSite(),
  ]);
  // A longer chain, a payment and a peer: each request would change something.
  for (let blocks = 0; blocks < 3; blocks += 1) await ask(bob.base, "POST", "/api/v1/blocks");
  await ask(ada.base, "POST", "/api/v1/peers", JSON.stringify({ nodes: [bob.address] }));
  await ask(ada.base, "POST", "/api/v1/pending", JSON.stringify({ sender: "Alice", receiver: "Bob", amount: 1 }));
});
after(async () => {
  await browser.close();
  evil.close();
  for (const node of [ada, bob]) await node.stop();
});

/** A site of somebody else: a page without anything in it. At `/hidden` its requests do not say where they come from. */
async function startSite() {
  const server = createServer(({ url }, response) => {
    response.setHeader("content-type", "text/html; charset=utf-8");
    if (url === "/hidden") response.setHeader("referrer-policy", "no-referrer");
    response.end("<!doctype html><title>Elsewhere</title><h1>Elsewhere</h1>");
  });
  await new Promise((resume) => server.listen(0, "127.0.0.1", resume));
  return server;
}

const port = (node) => node.address.split(":")[1];
const named = (node, name) => `http://${name}:${port(node)}`;
/** The node by name, where browsers tell little of a request, and by address, where they tell more. */
const targets = () => [named(ada, "ada.test"), ada.base];
const elsewhere = () => `http://evil.test:${evil.address().port}/`;

async function withPage(url, options, act) {
  const context = await browser.newContext({ locale: "en-US", ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  await page.goto(url);
  await act(page);
  await context.close();
}

/** Everything about the node that a request can change. */
async function state() {
  const paths = ["/get_chain", "/api/v1/pending", "/api/v1/peers?ask=false", "/api/v1/replacements", "/api/v1/mining"];
  const [chain, pending, { peers }, ...others] = await Promise.all(paths.map((path) => ask(ada.base, "GET", path)));
  // How a peer was when it was asked last is no part of it: the node's own page asks as well.
  return [chain, pending, peers.map(({ address }) => address), ...others];
}

/** Follows a link on the page; the answer. */
async function follow(page, url, rel = "") {
  await page.evaluate(
    ([href, relation]) => {
      const link = document.createElement("a");
      link.id = "way";
      link.href = href;
      link.rel = relation;
      link.textContent = "There";
      document.body.prepend(link);
    },
    [url, rel],
  );
  const [answer] = await Promise.all([page.waitForResponse(url), page.locator("#way").click()]);
  await page.waitForURL(url);
  return answer;
}

test("a link from another node's page and from another site opens the pages", async () => {
  for (const from of [`${named(bob, "bob.test")}/`, elsewhere()]) {
    await withPage(from, {}, async (page) => {
      for (const target of targets()) {
        for (const [path, rel] of [...DOCUMENTS.map((path) => [path, ""]), ["/", "noreferrer"]]) {
          const answer = await follow(page, target + path, rel);
          assert.equal(answer.status(), 200, `${from} ${target}${path} ${rel}`);
          if (path === "/") await page.locator("#state:not(.gone)", { hasText: /./ }).waitFor();
          await page.goto(from);
        }
      }
    });
  }
});

test("another site changes nothing and reads nothing", async () => {
  const before = await state();
  for (const [target, from] of targets().flatMap((target) => [
    [target, elsewhere()],
    [target, `${elsewhere()}hidden`],
  ])) {
    await withPage(from, {}, async (page) => {
      const tried = await page.evaluate(attack, { target, changes: CHANGES, read: READ });
      // As many as there are ways; and none has got anything.
      assert.equal(tried.length, 3 * (2 + READ.length) + 2 * (CHANGES.length + READ.length) + 2 * 9 + 1);
      assert.deepEqual(
        tried.filter(({ got }) => got),
        [],
        target,
      );
    });
    assert.deepEqual(await state(), before, `${from} ${target}`);
  }
  // The node's own page does get in: the ways are real ones.
  await withPage(`${named(ada, "ada.test")}/`, {}, async (page) => {
    assert.equal(await page.evaluate(() => fetch("/mine_block").then(({ status }) => status)), 200);
  });
  assert.notDeepEqual(await state(), before);
});

/** Runs in a page of the other site: tries each way, and tells what each has got. */
async function attack({ target, changes, read }) {
  const tried = [];
  const note = (way, path, got) => tried.push({ way, path, got });
  const gets = [...changes.filter(([verb]) => verb === "GET").map(([, path]) => path), ...read];
  const settled = (element, use) =>
    new Promise((resume) => {
      element.onload = () => resume(true);
      element.onerror = () => resume(false);
      // What a browser saves to a file instead never arrives in a frame.
      setTimeout(() => resume(false), 1000);
      use(element);
    });
  for (const path of gets) {
    note("image", path, await settled(new Image(), (image) => (image.src = target + path)));
    const frame = document.createElement("iframe");
    frame.src = target + path;
    // A frame whose page is refused is loaded, too; what is in it cannot be read.
    await settled(frame, () => document.body.append(frame));
    let inside = null;
    try {
      inside = frame.contentWindow.document.body.textContent || null;
    } catch {
      // Another origin.
    }
    note("frame", path, inside);
    frame.remove();
    await submit("get", path);
  }
  for (const [verb, path, body] of [...changes, ...read.map((one) => ["GET", one])]) {
    for (const mode of ["cors", "no-cors"]) {
      const options = { method: mode === "cors" || verb === "GET" ? verb : "POST", mode, body, credentials: "include" };
      const got = await fetch(target + path, options).then(
        async (response) => response.type !== "opaque" || (await response.text()) || null,
        () => null,
      );
      note(`fetch ${mode}`, path, got);
    }
  }
  for (const [, path, body] of changes) {
    await submit("post", path, body);
    navigator.sendBeacon(target + path, body);
    note("beacon", path, null);
  }
  note(
    "events",
    "/api/v1/events",
    await new Promise((resume) => {
      const source = new EventSource(`${target}/api/v1/events`);
      source.onopen = () => resume("open");
      source.onerror = () => resume(null);
      setTimeout(() => source.close(), 500);
    }),
  );
  return tried;

  /** Sends a form into a frame: the body is JSON, as a form can write it. */
  async function submit(method, path, body) {
    const frame = document.createElement("iframe");
    frame.name = "sink";
    document.body.append(frame);
    const form = document.createElement("form");
    Object.assign(form, { method, action: target + path, target: "sink", enctype: "text/plain" });
    if (body) {
      const input = document.createElement("input");
      const at = body.indexOf(":") + 1;
      Object.assign(input, { name: `${body.slice(0, at)}`, value: body.slice(at) });
      form.append(input);
    }
    document.body.append(form);
    await settled(frame, () => form.submit());
    let inside = null;
    try {
      inside = frame.contentWindow.document.body.textContent || null;
    } catch {
      // Another origin.
    }
    note(`form ${method}`, path, inside);
    frame.remove();
    form.remove();
  }
}

test("who follows a link to a route reads why it is refused, and gets to the page", async () => {
  const before = await state();
  const [byName, byAddress] = targets();
  for (const [locale, first, target, path] of [
    ["en-US", "This link was not followed", byName, "/mine_block"],
    ["zh-CN", "此链接未被打开", byName, "/replace_chain"],
    ["en-US", "This link was not followed", byAddress, "/api/v1/status"],
    ["zh-CN", "此链接未被打开", byAddress, "/mine_block"],
  ]) {
    const options = { locale, viewport: { width: 390, height: 844 }, colorScheme: "dark" };
    await withPage(elsewhere(), options, async (page) => {
      const failed = [];
      page.on("response", (one) => {
        if (one.status() >= 400 && !one.request().isNavigationRequest()) failed.push(one.url());
      });
      const answer = await follow(page, target + path);
      assert.equal(answer.status(), 403);
      assert.ok(locale.startsWith(await page.locator("html").getAttribute("lang")), locale);
      assert.equal(await page.locator("h2").first().textContent(), first);
      assert.equal(await page.locator("script").count(), 0);
      // The styles of the page are there, and it fits a phone.
      assert.equal(await page.evaluate(() => getComputedStyle(document.querySelector("main")).display), "grid");
      assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 390);
      await checkAccessibility(page);
      await page.locator("a.button").first().click();
      await page.waitForURL(`${target}/`);
      await page.locator("#state:not(.gone)", { hasText: /./ }).waitFor();
      assert.deepEqual(failed, []);
    });
  }
  assert.deepEqual(await state(), before);
});

test("who types a route over plain http is asked once, as a hidden page of another site looks the same", async () => {
  const before = await state();
  const target = named(ada, "ada.test");
  await withPage(`${elsewhere()}hidden`, {}, async (page) => {
    await follow(page, `${target}/mine_block`);
    assert.equal(await page.locator("h2").first().textContent(), "Do you want this?");
  });
  await withPage(`${target}/mine_block`, { locale: "zh-CN" }, async (page) => {
    assert.equal(await page.locator("h2").first().textContent(), "确定要这样做吗？");
    assert.deepEqual(await state(), before);
    await page.locator("a.button").first().click();
    await page.getByText("Congrats, you just mined a block!").waitFor();
  });
  // On this machine browsers say that it was typed.
  await withPage(`${ada.base}/mine_block`, {}, async (page) => {
    await page.getByText("Congrats, you just mined a block!").waitFor();
  });
  assert.equal((await state())[0].length, before[0].length + 2);
});

test("a form that is sent as a page of its own is refused with the same page", async () => {
  const before = await state();
  await withPage(elsewhere(), {}, async (page) => {
    await page.evaluate(
      (action) => {
        const form = document.createElement("form");
        Object.assign(form, { method: "post", action });
        document.body.append(form);
        form.submit();
      },
      `${named(ada, "ada.test")}/api/v1/blocks`,
    );
    await page.locator("h2", { hasText: "This link was not followed" }).waitFor();
  });
  assert.deepEqual(await state(), before);
});

test("under a name that the node does not know, a page tells the address that works, and nothing can be read", async () => {
  const before = await state();
  for (const [locale, first] of [
    ["en-US", "The node does not answer to this name"],
    ["zh-CN", "节点不以这个名称应答"],
  ]) {
    await withPage(named(ada, "evil.test"), { locale }, async (page) => {
      assert.equal(await page.locator("h2").first().textContent(), first);
      assert.match(await page.locator("section").first().textContent(), /evil\.test/);
      assert.equal(await page.evaluate(() => getComputedStyle(document.querySelector("main")).display), "grid");
      // A site that has turned its own name to the node is of the same origin, and is refused all the same.
      for (const path of [...READ, "/mine_block", "/page/app.js"]) {
        const status = await page.evaluate((one) => fetch(one).then((answer) => answer.status), path);
        assert.equal(status, 403, path);
      }
      await checkAccessibility(page);
      const link = page.locator("a.button").first();
      assert.equal(await link.getAttribute("href"), `${ada.base}/`);
      await link.click();
      await page.waitForURL(`${ada.base}/`);
      await page.locator("#state:not(.gone)", { hasText: /./ }).waitFor();
    });
  }
  assert.deepEqual(await state(), before);
});

test("a site that was allowed reads and pays by fetch, and no other site does", async () => {
  const school = `http://school.test:${evil.address().port}`;
  const carl = await startNode("--port", "0", "--allow-host", "carl.test", "--allow-origin", school);
  /** Runs in a page of the site. */
  const use = async (target) => {
    const got = async (path, options) => (await fetch(target + path, options)).json();
    const json = { "Content-Type": "application/json" };
    const body = JSON.stringify({ sender: "Alice", receiver: "Bob", amount: 1 });
    const events = (source) =>
      new Promise((resume) => {
        source.onopen = () => resume(true);
        source.onerror = () => resume(false);
      }).finally(() => source.close());
    const ways = {
      read: () => got("/api/v1/status").then(({ length }) => length),
      pay: () => got("/api/v1/pending", { method: "POST", headers: json, body }).then(({ block }) => block),
      set: () => got("/api/v1/mining", { method: "PUT", body: '{"mode": "off"}' }).then(({ mode }) => mode),
      hear: () => events(new EventSource(`${target}/api/v1/events`)),
    };
    const results = {};
    for (const [name, way] of Object.entries(ways)) results[name] = await way().catch(() => "refused");
    return results;
  };
  const waiting = () => ask(carl.base, "GET", "/api/v1/pending").then(({ total }) => total);
  try {
    for (const [paid, target] of [named(carl, "carl.test"), carl.base].entries()) {
      await withPage(elsewhere(), {}, async (page) => {
        const refused = { read: "refused", pay: "refused", set: "refused", hear: false };
        assert.deepEqual(await page.evaluate(use, target), refused, target);
      });
      assert.equal(await waiting(), paid);
      await withPage(`${school}/`, {}, async (page) => {
        assert.deepEqual(await page.evaluate(use, target), { read: 1, pay: 2, set: "off", hear: true }, target);
      });
      assert.equal(await waiting(), paid + 1);
    }
  } finally {
    await carl.stop();
  }
});
