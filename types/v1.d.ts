// The JSON shapes of /api/v1 that the page uses, as src/wire/v1 defines them. For the type checker alone.

import type { JsonNumber } from "../page/ledger/json.js";

/** A field of a transaction: a number keeps its digits. */
export type Field = string | JsonNumber | boolean | null;

export interface Transaction {
  amount: Field;
  receiver: Field;
  sender: Field;
}

/** What a block is without its transactions. */
export interface Header {
  index: number;
  hash: string;
  previous_hash: string;
  proof: number;
  timestamp: string;
  /** How many transactions the block holds, the reward among them. */
  transactions: number;
}

export interface Block {
  hash: string;
  index: number;
  previous_hash: string;
  proof: number;
  timestamp: string;
  transactions: Transaction[];
}

/** A page of headers, by rising index. */
export interface Headers {
  headers: Header[];
  length: number;
  next: string | null;
}

/** A block that was mined on request. */
export interface Mined {
  block: Block;
  tries: number;
  took_ms: number;
}

/** When a node mines without being asked for each block. */
export type Mining = { mode: "off" } | { mode: "on_payment" } | { mode: "interval"; every_ms: number };

/** A block, named by its place and its hash. */
export interface Point {
  index: number;
  hash: string;
}

export type DataKind = "folder" | "memory";

/** A node at a glance. */
export interface Status {
  node_address: string;
  version: string;
  miner: string;
  length: number;
  tip: Point;
  pending: number;
  peers: number;
  data: DataKind;
  started_at: string;
  uptime_seconds: number;
  mining: Mining;
  /** Id of the latest event. */
  last_event: string;
}

/** A page of the payments that wait. */
export interface Pending {
  transactions: Transaction[];
  total: number;
  next: string | null;
}

/** A payment as it is sent; an amount of many digits is a text. */
export interface Payment {
  sender: string;
  receiver: string;
  amount: number | string;
}

/** A payment that was taken. */
export interface Waiting {
  transaction: Transaction;
  /** Index of the block that will hold it. */
  block: number;
}

/** What the chain says of one name; amounts are exact decimal numbers. */
export interface Account {
  name: string;
  received: string;
  sent: string;
  balance: string;
  payments: number;
  uncounted: number;
}

/** A page of accounts. */
export interface Accounts {
  accounts: Account[];
  total: number;
  next: string | null;
}

/** A transaction and where it stands. */
export interface BookedTransaction {
  block: number;
  position: number;
  transaction: Transaction;
}

/** An account and a page of its transactions, the latest first. */
export interface AccountPage {
  account: Account;
  transactions: BookedTransaction[];
  next: string | null;
}

export type Relation = "same" | "ahead" | "behind" | "parted";

interface AskedPeer {
  address: string;
  took_ms: number | null;
  /** Why it fails. */
  error: string | null;
  asked_at: string | null;
}

/** A peer whose chain is known. */
export interface AnsweringPeer extends AskedPeer {
  state: "answers";
  kind: "b-coin" | "listing";
  length: number;
  tip_hash: string;
  relation: Relation;
  /** The last block that both chains have. */
  common: Point | null;
}

/** A peer of whose chain nothing is known. */
export interface SilentPeer extends AskedPeer {
  state: "fails" | "itself" | "unasked";
  kind: null;
  length: null;
  tip_hash: null;
  relation: null;
  common: null;
}

export type Peer = AnsweringPeer | SilentPeer;

/** All peers, in the order they were added. */
export interface PeerList {
  peers: Peer[];
}

/** What became of addresses that were to be connected. */
export interface Connected {
  /** The addresses that were not known before. */
  added: string[];
  peers: string[];
}

export type Outcome = "taken" | "passed_over" | "itself";

/** A peer's answer to the question for a longer chain. */
export interface Offer {
  address: string;
  outcome: Outcome;
  length: number | null;
  reason: string;
  limit: string | null;
  took_ms: number;
}

/** The blocks that a replacement gave up: how many, and the first of them. */
export interface GivenUpBlocks {
  /** 0 when they are not kept. */
  number: number;
  count: number;
  blocks: Header[];
}

/** The payments that wait again because of a replacement: how many, and the first of them. */
export interface Returned {
  count: number;
  transactions: Transaction[];
}

/** A chain that was replaced by a longer one. */
export interface Replacement {
  /** The peer that had the longer chain. */
  from: string | null;
  /** Index of the last block that both chains have; 0 when they share none. */
  fork: number;
  length: number;
  tip_hash: string;
  given_up: GivenUpBlocks;
  returned: Returned;
  /** How many further payments of the blocks that were given up no node takes. */
  not_returned: number;
}

interface RoundBase {
  length: number;
  tip: Point;
  offers: Offer[];
}

/** What came of asking all peers for a longer chain. */
export type Round = RoundBase & ({ replaced: true; replacement: Replacement } | { replaced: false; replacement: null });

/** What an error looks like. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
}

/** The data of each event. */
export interface EventData {
  block: { header: Header; tries: number; took_ms: number; time: string };
  payment: { transaction: Transaction; block: number; pending: number; time: string };
  replacement: { replacement: Replacement; pending: number; time: string };
  peers: { added: string[]; removed: string[]; peers: number; time: string };
  mining: { mining: Mining; time: string };
  beyond_limit: { peer: string; length: number | null; limit: string; reason: string; time: string };
  reset: { time: string };
}

export type EventName = keyof EventData;

/** An event: its name and its data. */
export type NodeEvent = { [Name in EventName]: [name: Name, data: EventData[Name]] }[EventName];
