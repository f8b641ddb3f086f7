// Starts the page: reads the node's status, draws every view, and follows the node's events.

import { api, listen } from "./api.js";
import { el } from "./dom.js";
import { number, t } from "./i18n.js";
import { pageHeader } from "./header.js";
import { actionBar, arrange, glossary } from "./layout.js";
import { notice } from "./notice.js";
import { remember } from "./remember.js";
import { state } from "./state.js";
import { accountsView } from "./views/accounts.js";
import { chainView } from "./views/chain.js";
import { logView } from "./views/log.js";
import { miningView } from "./views/mining.js";
import { networkView } from "./views/network.js";
import { pendingView } from "./views/pending.js";
import { proofsView } from "./views/proofs.js";
import { tamperView } from "./views/tamper.js";

/** @import { Context } from "../types/page.d.ts" */
/** @import { EventName, Network, NodeEvent, Status } from "../types/v1.d.ts" */

/** How long to wait between attempts to reach a node that is gone, in milliseconds. */
const PAUSE = 1000;
/** How long to rest after reading a list anew, in milliseconds. */
const REST = { pending: 250, accounts: 1000 };

/** @type {Map<string, unknown>} */
const kept = new Map();
/** @type {Context} */
const context = {
  api,
  problem,
  length: state.length,
  status: state.status,
  network: state.network,
  access: state.access,
  alive: state.alive,
  nameOf: state.nameOf,
  nameAt: state.nameAt,
  onState: state.onState,
  keep,
};
let { views, said } = build();

/**
 * What a view keeps when it is made anew.
 * @template Kept
 * @param {string} name
 * @param {() => Kept} make
 */
function keep(name, make) {
  if (!kept.has(name)) kept.set(name, make());
  return /** @type {Kept} */ (kept.get(name));
}

/** Makes the whole page in the current language. */
function build() {
  state.forgetListeners();
  const chain = chainView(context);
  const views = {
    chain,
    pending: pendingView(context),
    mining: miningView(context, chain.headers),
    proofs: proofsView(context, chain.headers, chain.earlier),
    network: networkView(context),
    accounts: accountsView(context),
    tamper: tamperView(context),
    log: logView(context),
  };
  const { elements, said } = pageHeader(context, rebuild);
  document.body.replaceChildren(
    el("a", { class: "skip", href: "#chain-title" }, t("skip")),
    ...elements,
    arrange({
      network: views.network.element,
      mining: views.mining.element,
      chain: views.chain.element,
      proofs: views.proofs.element,
      pending: views.pending.element,
      accounts: views.accounts.element,
      log: views.log.element,
      words: glossary(),
      tamper: views.tamper.element,
    }),
    actionBar(),
  );
  return { views, said };
}

/** Another language was chosen: all views are made anew, and what a person has done with the page is brought back. */
function rebuild() {
  const restore = remember(document.body);
  ({ views, said } = build());
  const status = state.status();
  if (status) {
    // All that is known of the chain is still true.
    views.chain.reset(state.length(), Infinity);
    views.mining.reset(status, state.length(), Infinity);
    views.proofs.drawSoon();
    views.network.enter(status);
    refreshAll();
  }
  const network = state.network();
  if (network) views.network.draw(network);
  entitle();
  restore();
}

/**
 * Says what went wrong, beside what caused it where a view names the place.
 * @param {unknown} error
 * @param {HTMLElement} [beside]
 */
function problem(error, beside) {
  if (beside) notice(beside).fail(error);
  // That the node is gone stands in the banner already.
  else if (state.alive()) said.fail(error);
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

function refreshAll() {
  refreshPending();
  refreshAccounts();
}

/** The title of the tab: the node and its last block. */
function entitle() {
  const status = state.status();
  document.title = status ? t("nodeTitle", status.name, number(state.length())) : t("title");
}

/** @param {Network} network */
function see(network) {
  state.setNetwork(network);
  views.network.draw(network);
}

/** @param {Status} status */
function show(status) {
  state.setStatus(status);
  entitle();
  views.network.enter(status);
  views.network.pass();
  views.chain.reset(status.length);
  views.mining.reset(status, status.length);
  views.proofs.drawSoon();
  refreshAll();
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
      state.setLength(data.header.index);
      views.chain.add(data.header, views.mining.add(data));
      views.network.pass();
    } else if (name === "replacement") {
      state.setLength(data.replacement.length);
      views.chain.reset(data.replacement.length, data.replacement.fork);
      views.mining.restart(data.replacement.length, data.replacement.fork);
      views.network.show(data.replacement);
    } else if (name === "payment") {
      views.mining.pay(data.transaction, data.pending);
    } else if (name === "mining") {
      state.setMining(data.mining);
      views.mining.show(data.mining);
    }
  }
  entitle();
  const has = (/** @type {EventName[]} */ ...names) => events.some(([name]) => names.includes(name));
  if (has("block", "replacement")) views.proofs.drawSoon();
  if (has("block", "payment", "replacement")) refreshPending();
  if (has("block", "replacement")) refreshAccounts();
  if (has("block", "replacement")) views.tamper.grown();
  views.pending.hear(events);
  views.log.add(events);
}

async function start() {
  try {
    const status = await api.status();
    show(status);
    listen(status.last_event, { heard: hear, alive: state.setAlive, changed: see });
  } catch {
    state.setAlive(false);
    setTimeout(start, PAUSE);
  }
}

// The empty page is painted first, however long the chain is. A page that is not seen is not painted at all.
if (document.hidden) start();
else requestAnimationFrame(() => setTimeout(start));
