// Starts the page: reads the node's status, draws the views of its rules, and follows the node's events.

import { listen, readStatus } from "./api.js";
import { el } from "./dom.js";
import { number, speakOf, t } from "./i18n.js";
import { pageHeader } from "./header.js";
import { actionBar, arrange } from "./layout.js";
import { notice } from "./notice.js";
import { remember } from "./remember.js";
import { viewsOf } from "./rules.js";
import { state } from "./state.js";

/** @import { NodeEvent, Shell, Views } from "../types/page.d.ts" */
/** @import { Network, Rules, Status } from "../types/v1.d.ts" */

/** How long to wait between attempts to reach a node that is gone, in milliseconds. */
const PAUSE = 1000;

/** @type {Map<string, unknown>} */
const kept = new Map();
/** @type {Shell} */
const shell = {
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
/** The rules whose page is shown; null until the status has been read. @type {Rules | null} */
let shown = null;
/** The views of these rules; null until then. @type {Views | null} */
let views = null;
let said = build();

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

/**
 * Makes the whole page in the current language: the header alone until the rules are known.
 * @returns the place for messages that have no other
 */
function build() {
  state.forgetListeners();
  views = shown === null ? null : viewsOf(shown, shell);
  const header = pageHeader(shell, about, rebuild);
  document.body.replaceChildren(
    el("a", { class: "skip", href: "#chain-title" }, t("skip")),
    ...header.elements,
    ...(views ? parts(views) : [el("main", {})]),
  );
  return header.said;
}

/** What stands below the header. @param {Views} views */
function parts({ sections, shortcuts }) {
  return [arrange(sections), actionBar(shortcuts)];
}

/** The rules are known: adds their views to the header, which stays. @param {Rules} rules */
function enter(rules) {
  shown = rules;
  speakOf(rules);
  views = viewsOf(rules, shell);
  document.querySelector("main")?.replaceWith(...parts(views));
}

/** What the header says of the node. @param {Status} status */
function about(status) {
  return views?.about(status) ?? [];
}

/** Another language was chosen: all views are made anew, and what a person has done with the page is brought back. */
function rebuild() {
  const restore = remember(document.body);
  said = build();
  const status = state.status();
  if (status) views?.again(status, state.length());
  const network = state.network();
  if (network) views?.draw(network);
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

/** The title of the tab: the node and its last block. */
function entitle() {
  const status = state.status();
  document.title = status ? t("nodeTitle", status.name, number(state.length())) : t("title");
}

/** @param {Network} network */
function see(network) {
  state.setNetwork(network);
  views?.draw(network);
}

/** @param {Status} status */
function show(status) {
  if (shown !== null && status.rules !== shown) {
    // Another node has taken the place of the one that this page was made for.
    location.reload();
    return;
  }
  if (shown === null) enter(status.rules);
  state.setStatus(status);
  entitle();
  views?.show(status);
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
    show(await readStatus());
  } catch {
    setTimeout(reread, PAUSE);
  }
}

function draw() {
  const events = heard;
  heard = [];
  for (const event of events) {
    state.follow(event);
    views?.hear(event);
  }
  entitle();
  views?.heard(events);
}

async function start() {
  try {
    const status = await readStatus();
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
