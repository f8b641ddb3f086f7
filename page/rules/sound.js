// The page of a node under the sound rules: its views, and what they do with each event.

import { el, foreign } from "../dom.js";
import { aboutNode } from "../header.js";
import { large, t } from "../i18n.js";
import { glossary } from "../layout.js";
import { hashesOf } from "../ledger/sound/work.js";
import { REST, soon } from "../soon.js";
import { chainView } from "../views/chain.js";
import { logView } from "../views/log.js";
import { networkView } from "../views/network.js";
import { soundAccountsView } from "../views/sound/accounts.js";
import { shortAddress } from "../views/sound/address.js";
import { DEEP } from "../views/sound/deep.js";
import { soundFace } from "../views/sound/face.js";
import { soundWords } from "../views/sound/log.js";
import { soundMiningView } from "../views/sound/mining.js";
import { soundPendingView } from "../views/sound/pending.js";
import { argument } from "../views/sound/argument.js";
import { transferList } from "../views/sound/transactions.js";

/** @import { Joining } from "../../types/network.d.ts" */
/** @import { SoundContext, Views } from "../../types/page.d.ts" */
/** @import * as v1 from "../../types/v1.d.ts" */
/** @import { EventName, Header, NodeEvent, Status } from "../../types/sound.d.ts" */

/** The room of a node that is told none (docs/sound-rules.md section 2). */
const DEFAULT_ROOM = "B-Coin";

/**
 * @param {SoundContext} context
 * @returns {Views}
 */
export function soundViews(context) {
  const chain = chainView(context, soundFace(context));
  const pending = soundPendingView(context);
  const mining = soundMiningView(context, chain.headers);
  const network = networkView(context, { table: transferList, deep: DEEP, joining });
  const accounts = soundAccountsView(context);
  const log = logView(context, soundWords);
  const refreshPending = soon(() => pending.refresh(), REST.pending);
  const refreshAccounts = soon(() => accounts.refresh(), REST.accounts);
  const refreshAccount = soon(() => accounts.refreshOpen(), REST.accounts);
  chain.headers.onArrival(tellTip);

  /** The newest block of those that came together: at the easiest difficulty a thousand come in a second. @type {Header | null} */
  let newest = null;

  /** The work of the chain is what its last block says. */
  function tellTip() {
    const tip = chain.headers.peek(context.length());
    if (tip) context.setTip(tip);
  }

  /** @param {NodeEvent} event */
  function hear([name, data]) {
    if (name === "block") {
      newest = data.header;
      chain.headers.keep(newest);
      mining.add(data);
      network.pass();
    } else if (name === "replacement") {
      newest = null;
      chain.reset(data.replacement.length, data.replacement.fork);
      mining.restart(data.replacement.length, data.replacement.fork);
      network.show(data.replacement);
    } else if (name === "transaction") {
      mining.pay(data);
    } else if (name === "left") {
      mining.left();
      pending.left(data);
    } else if (name === "mining") {
      mining.show(data.mining);
    }
  }

  /** @param {NodeEvent[]} events */
  function heard(events) {
    const has = (/** @type {EventName[]} */ ...names) => events.some(([name]) => names.includes(name));
    if (newest) chain.add(newest, null);
    newest = null;
    if (has("block", "replacement")) tellTip();
    if (has("block", "transaction", "left", "replacement")) refreshPending();
    if (has("block", "replacement")) refreshAccounts();
    else if (has("transaction", "left")) refreshAccount();
    log.add(events);
  }

  return {
    sections: {
      network: network.element,
      mining: mining.element,
      chain: chain.element,
      pending: pending.element,
      accounts: accounts.element,
      log: log.element,
      words: glossary(),
    },
    shortcuts: ["mine", "longest"],
    about: (status) => about(/** @type {Status} */ (status)),
    show(status) {
      network.enter(status);
      network.pass();
      chain.reset(status.length);
      mining.reset(status, status.length);
      refreshPending();
      refreshAccounts();
    },
    again(status, length) {
      chain.reset(length, Infinity);
      mining.reset(status, length, Infinity);
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

/**
 * How a node is started in the same room. Where --genesis made the network, its name is not enough, and the status does not tell that.
 * @param {v1.Status} status
 * @returns {Joining}
 */
function joining(status) {
  const { room, profile } = /** @type {Status} */ (status);
  const flags = `--rules sound --room ${argument(room)} --profile ${profile} `;
  return { flags, hint: room === DEFAULT_ROOM ? "" : t("joinElsewhere") };
}

/** What the header says of the node. @param {Status} status */
function about(status) {
  const { room, profile, work, bits, miner } = status;
  const all = el("span", { id: "work", title: work }, t("work", large(hashesOf(work))));
  return aboutNode(
    status,
    miner === "" ? t("nobody") : shortAddress(miner),
    ` · ${t("room")}: `,
    foreign(room, 40),
    ` · ${t("profile", profile)} · `,
    all,
    ` · ${t("bits")}: `,
    el("code", { id: "bits" }, bits),
  );
}
