// The page of a node under the printed rules: its views, and what they do with each event.

import { foreign } from "../dom.js";
import { aboutNode } from "../header.js";
import { glossary } from "../layout.js";
import { REST, soon } from "../soon.js";
import { accountsView } from "../views/accounts.js";
import { chainView } from "../views/chain.js";
import { chapterFace } from "../views/chain/face.js";
import { logView } from "../views/log.js";
import { chapterWords } from "../views/log/chapter.js";
import { miningView } from "../views/mining.js";
import { networkView } from "../views/network.js";
import { paymentTable } from "../views/payments.js";
import { pendingView } from "../views/pending.js";
import { proofsView } from "../views/proofs.js";
import { tamperView } from "../views/tamper.js";

/** @import { Context, Views } from "../../types/page.d.ts" */
/** @import { EventName, NodeEvent } from "../../types/v1.d.ts" */

/**
 * @param {Context} context
 * @returns {Views}
 */
export function chapterViews(context) {
  const { face, earlier } = chapterFace(context);
  const chain = chainView(context, face);
  const pending = pendingView(context);
  const mining = miningView(context, chain.headers);
  const proofs = proofsView(context, chain.headers, earlier);
  const network = networkView(context, { table: paymentTable });
  const accounts = accountsView(context);
  const tamper = tamperView(context);
  const log = logView(context, chapterWords);
  const refreshPending = soon(() => pending.refresh(), REST.pending);
  const refreshAccounts = soon(() => accounts.refresh(), REST.accounts);

  /** @param {NodeEvent} event */
  function hear([name, data]) {
    if (name === "block") {
      chain.add(data.header, mining.add(data));
      network.pass();
    } else if (name === "replacement") {
      chain.reset(data.replacement.length, data.replacement.fork);
      mining.restart(data.replacement.length, data.replacement.fork);
      network.show(data.replacement);
    } else if (name === "payment") {
      mining.pay(data.transaction, data.pending);
    } else if (name === "mining") {
      mining.show(data.mining);
    }
  }

  /** @param {NodeEvent[]} events */
  function heard(events) {
    const has = (/** @type {EventName[]} */ ...names) => events.some(([name]) => names.includes(name));
    if (has("block", "replacement")) proofs.drawSoon();
    if (has("block", "payment", "replacement")) refreshPending();
    if (has("block", "replacement")) refreshAccounts();
    if (has("block", "replacement")) tamper.grown();
    pending.hear(events);
    log.add(events);
  }

  return {
    sections: {
      network: network.element,
      mining: mining.element,
      chain: chain.element,
      proofs: proofs.element,
      pending: pending.element,
      accounts: accounts.element,
      log: log.element,
      words: glossary(),
      tamper: tamper.element,
    },
    shortcuts: ["mine", "pay", "longest"],
    about: (status) => aboutNode(status, foreign(status.miner, 60)),
    show(status) {
      network.enter(status);
      network.pass();
      chain.reset(status.length);
      mining.reset(status, status.length);
      proofs.drawSoon();
      refreshPending();
      refreshAccounts();
    },
    again(status, length) {
      chain.reset(length, Infinity);
      mining.reset(status, length, Infinity);
      proofs.drawSoon();
      network.enter(status);
      refreshPending();
      refreshAccounts();
    },
    draw: network.draw,
    // A node tells the events of its own rules alone.
    hear: (event) => hear(/** @type {NodeEvent} */ (event)),
    heard: (events) => heard(/** @type {NodeEvent[]} */ (events)),
  };
}
