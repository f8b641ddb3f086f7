// Starts the page: reads the node's status, draws every view, and follows the node's events.

import { api, listen, messageOf } from "./api.js";
import { el, foreign } from "./dom.js";
import { LANGUAGES, choose, language, number, t } from "./i18n.js";
import { accountsView } from "./views/accounts.js";
import { chainView } from "./views/chain.js";
import { logView } from "./views/log.js";
import { miningView } from "./views/mining.js";
import { networkView } from "./views/network.js";
import { pendingView } from "./views/pending.js";
import { tamperView } from "./views/tamper.js";

/** @import { Context } from "../types/page.d.ts" */
/** @import { EventName, NodeEvent, Status } from "../types/v1.d.ts" */

/** How long to wait between attempts to reach a node that is gone, in milliseconds. */
const PAUSE = 1000;
/** How long to rest after reading a list anew, in milliseconds. */
const REST = { pending: 250, accounts: 1000 };

let length = 0;
let name = "";
const heading = el("h1", {}, t("title"));
const state = el("span", { class: "state", role: "status", id: "state" }, t("connecting"));
const banner = el("div", { class: "banner", role: "alert", hidden: true });
const about = el("p", { class: "quiet", id: "about" });
/** @type {Context} */
const context = { api, problem, length: () => length };
const views = {
  chain: chainView(context),
  pending: pendingView(context),
  mining: miningView(context),
  network: networkView(context),
  accounts: accountsView(context),
  tamper: tamperView(context),
  log: logView(),
};

document.title = t("title");
document.body.append(
  el("a", { class: "skip", href: "#chain-title" }, t("skip")),
  el(
    "header",
    {},
    el("div", { class: "who" }, heading, about),
    state,
    el(
      "div",
      { class: "tools" },
      languages(),
      theme(),
      el("a", { href: "/class" }, t("classLink")),
      el("a", { href: "/docs" }, t("documentation")),
    ),
  ),
  banner,
  el(
    "main",
    {},
    views.network.element,
    el("div", { class: "side" }, views.chain.element, views.log.element, views.accounts.element),
    el("div", { class: "side" }, views.mining.element, views.pending.element, glossary()),
    views.tamper.element,
  ),
);

function languages() {
  const options = Object.entries(LANGUAGES).map(([tag, texts]) =>
    el("option", { value: tag, lang: tag, selected: tag === language }, texts.name),
  );
  const select = el("select", { "aria-label": t("language"), id: "language", onchange }, ...options);
  function onchange() {
    choose(select.value);
  }
  return select;
}

function theme() {
  const root = document.documentElement;
  const key = "bcoin-theme";
  try {
    const chosen = localStorage.getItem(key);
    if (chosen) root.dataset.theme = chosen;
  } catch {
    // The system's choice holds then.
  }
  const turn = () => {
    const dark = root.dataset.theme
      ? root.dataset.theme === "dark"
      : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
    try {
      localStorage.setItem(key, root.dataset.theme);
    } catch {
      // It holds until the page is left.
    }
  };
  return el("button", { type: "button", id: "theme", onclick: turn, "aria-label": t("theme"), title: t("theme") }, "◐");
}

function glossary() {
  return el(
    "section",
    { class: "late" },
    el(
      "details",
      {},
      el("summary", {}, t("glossary")),
      el(
        "dl",
        { class: "words" },
        ...t("words").flatMap(([word, meaning]) => [el("dt", {}, word), el("dd", {}, meaning)]),
      ),
    ),
  );
}

/**
 * Says what went wrong, unless a view has said it already.
 * @param {unknown} error
 */
function problem(error, told = false) {
  if (told) return;
  banner.replaceChildren(foreign(t("failed", messageOf(error)), 600));
  banner.hidden = false;
  setTimeout(() => {
    if (!state.classList.contains("gone")) banner.hidden = true;
  }, 8000);
}

/**
 * Reads a list anew, soon, and once however often it is asked for meanwhile.
 * @param {() => Promise<void>} refresh
 * @param {number} rest how long to rest after each reading, in milliseconds
 */
function soon(refresh, rest) {
  let due = false;
  let running = false;
  const run = async () => {
    running = true;
    while (due) {
      due = false;
      await refresh().catch(() => {});
      await new Promise((resume) => setTimeout(resume, rest));
    }
    running = false;
  };
  return () => {
    due = true;
    if (!running) run();
  };
}

const refreshPending = soon(() => views.pending.refresh(), REST.pending);
const refreshAccounts = soon(() => views.accounts.refresh(), REST.accounts);

/** @param {Status} status */
function show(status) {
  length = status.length;
  name = status.name;
  heading.replaceChildren(foreign(name), " ", el("span", { class: "quiet" }, t("title")));
  entitle();
  views.network.enter(status);
  about.replaceChildren(
    `${t("node")} `,
    el("code", {}, status.node_address.slice(0, 8)),
    ` · ${t("miner")}: `,
    foreign(status.miner, 60),
    ` · ${t("data", status.data)} · ${status.version}`,
  );
  views.chain.reset(length);
  views.mining.show(status.mining);
  refreshPending();
  refreshAccounts();
}

/** The title of the tab: the node and its last block. */
function entitle() {
  document.title = t("nodeTitle", name, number(length));
}

/** @param {boolean} is */
function alive(is) {
  state.classList.toggle("gone", !is);
  state.textContent = t(is ? "alive" : "connecting");
  banner.hidden = is;
  if (!is) banner.textContent = t("gone");
}

/** @type {NodeEvent[]} */
let heard = [];

/**
 * Events that come together are drawn together.
 * @param {NodeEvent} event
 */
function hear(event) {
  if (event[0] === "reset") reread();
  if (heard.push(event) === 1) requestAnimationFrame(draw);
}

async function reread() {
  try {
    show(await api.status());
  } catch {
    setTimeout(reread, PAUSE);
  }
}

function draw() {
  const events = heard;
  heard = [];
  for (const event of events) {
    const [name, data] = event;
    if (name === "block") {
      length = data.header.index;
      views.chain.add(data.header);
    } else if (name === "replacement") {
      length = data.replacement.length;
      views.chain.reset(length, data.replacement.fork);
      views.network.show(data.replacement);
    } else if (name === "mining") {
      views.mining.show(data.mining);
    }
  }
  entitle();
  const has = (/** @type {EventName[]} */ ...names) => events.some(([name]) => names.includes(name));
  if (has("block", "payment", "replacement")) refreshPending();
  if (has("block", "replacement")) refreshAccounts();
  views.log.add(events);
}

async function start() {
  try {
    const status = await api.status();
    show(status);
    listen(status.last_event, { heard: hear, alive, changed: views.network.draw });
  } catch {
    alive(false);
    setTimeout(start, PAUSE);
  }
}

start();
