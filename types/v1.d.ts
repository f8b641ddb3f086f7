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
export type Mining =
  { mode: "off" } | { mode: "on_payment" } | { mode: "interval"; every_ms: number } | { mode: "continuous" };

/** The rules that a node may follow. */
export type Rules = "chapter" | "sound";

/** A block, named by its place and its hash. */
export interface Point {
  index: number;
  hash: string;
}

export type DataKind = "folder" | "memory";

export type Access = "all" | "use" | "read";

/** A node at a glance. */
export interface Status {
  node_address: string;
  version: string;
  rules: Rules;
  miner: string;
  length: number;
  tip: Point;
  pending: number;
  peers: number;
  data: DataKind;
  /** How the node is called. */
  name: string;
  /** URLs by which other machines reach it; none when it listens to this machine alone. */
  addresses: string[];
  /** What the machine that asks may do: everything, everything but settings, or reading only. */
  access: Access;
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

/** Why a peer's answer is not used. */
export type PeerErrorCode =
  | "refused"
  | "too_slow"
  | "not_a_node"
  | "bad_chain"
  | "beyond_limit"
  | "other_rules"
  | "other_network"
  | "changed"
  | "store"
  | "cut_off"
  | "interrupted";

/** What became of addresses that were to be connected. */
export interface Connected {
  /** The addresses that were not known before. */
  added: string[];
  peers: string[];
}

export type Outcome = "taken" | "passed_over" | "itself";

/** What became of a peer's chain, and why. */
export type OfferCode =
  PeerErrorCode | "itself" | "adopted" | "not_longer" | "unfinished" | "outdated" | "tie" | "outdone";

/** A peer's answer to the question for a longer chain. */
export interface Offer {
  address: string;
  outcome: Outcome;
  length: number | null;
  /** A sentence. */
  reason: string;
  /** The same as a word that does not change. */
  code: OfferCode;
  limit: string | null;
  took_ms: number;
}

/** The blocks that a replacement gave up: how many, and the first of them. */
export interface GivenUpBlocks<Head> {
  /** 0 when they are not kept. */
  number: number;
  count: number;
  blocks: Head[];
}

/** The payments that wait again because of a replacement: how many, and the first of them. */
export interface Returned<Paid> {
  count: number;
  transactions: Paid[];
}

/** A chain that was replaced by a better one, in the blocks and payments of some rules. */
export interface ReplacementOf<Head, Paid> {
  /** The peer that had the better chain. */
  from: string | null;
  /** Index of the last block that both chains have; 0 when they share none. */
  fork: number;
  length: number;
  tip_hash: string;
  given_up: GivenUpBlocks<Head>;
  returned: Returned<Paid>;
  /** How many further payments of the blocks that were given up no node takes. */
  not_returned: number;
}

/** A chain that was replaced by a longer one. */
export type Replacement = ReplacementOf<Header, Transaction>;

interface RoundBase {
  length: number;
  tip: Point;
  offers: Offer[];
}

/** What came of asking all peers for a better chain. */
export type RoundOf<Change> = RoundBase &
  ({ replaced: true; replacement: Change } | { replaced: false; replacement: null });

export type Round = RoundOf<Replacement>;

/** What an error looks like. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
  /** Which part of the request is not right, such as `amount`, or the entry of a list; only where one can be named. */
  value?: string;
  /** Why it is not, as a word that does not change; only beside `value`. */
  code?: string;
}

/** A block that was mined, and when. */
export interface MinedPoint extends Point {
  time: string;
}

/** A node in the picture of the network. What is not known of it is null. */
export interface NetworkNode {
  /** Null for the node that is asked. */
  address: string | null;
  name: string | null;
  /** `here` is the node that is asked. */
  state: "here" | "answers" | "fails" | "unasked";
  kind: "b-coin" | "listing" | null;
  /** The sender of the rewards for the blocks that it mines. */
  node_address: string | null;
  miner: string | null;
  mining: Mining | null;
  length: number | null;
  tip_hash: string | null;
  /** The time that its last block names. */
  timestamp: string | null;
  /** How many transactions its last block holds. */
  transactions: number | null;
  /** The last block that it mined since it was started. */
  last_mined: MinedPoint | null;
  /** How its chain stands to that of the node that is asked. */
  relation: Relation | null;
  common: Point | null;
  /** The branch on which its last block lies: a place in `branches`. Null when its chain is not known. */
  branch: number | null;
  error_code: PeerErrorCode | null;
  /** When it answered last. */
  seen_at: string | null;
}

/** A part of the tree of blocks. */
export interface Branch {
  /** The branch from which it parts: a place in `branches`. Null when it has a first block of its own. */
  parent: number | null;
  /** The last block that it shares with its parent; 0 without a parent. Its own blocks have the indices fork + 1 to length. */
  fork: number;
  length: number;
  tip_hash: string;
}

/**
 * All nodes in one tree of blocks: the answer of GET /network, and the data of the event `network`, which has no id, and comes at once
 * and after each change when the stream is opened with `network=true`. Branch 0 is the chain of the node that is asked; a branch may go on where its parent
 * ends.
 */
export interface Network {
  /** The node that is asked, then its peers in the order they were added. */
  nodes: NetworkNode[];
  branches: Branch[];
}

export type Verdict = "refused" | "not_longer" | "longer";

/** What a node says of blocks that are shown to it. Nothing changes by that. */
export interface Judgement {
  verdict: Verdict;
  /** Index of the block that is refused. */
  block: number | null;
  /** Why it is refused, as a word that does not change. */
  code: "unknown_parent" | "shape" | "genesis" | "index" | "link" | "proof" | null;
  /** A sentence. */
  reason: string;
  /** How many blocks the chain would have; null when a block is refused. */
  length: number | null;
  /** How many blocks the chain of the node that judges has. */
  own_length: number;
}

/** What a node of the network says of blocks that are shown to it. */
export interface PeerJudgement {
  /** Null for the node that is asked. */
  address: string | null;
  name: string | null;
  /** Null when it does not answer, or is a node of the listing, which cannot be asked. */
  judgement: Judgement | null;
  /** Why there is none. */
  error_code: PeerErrorCode | "listing" | null;
}

export interface Judgements {
  judgements: PeerJudgement[];
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

/** The names of the printed rules' events. */
export type EventName = keyof EventData;

/** An event: its name and its data. */
export type NodeEvent = { [Name in EventName]: [name: Name, data: EventData[Name]] }[EventName];
