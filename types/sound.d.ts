// The JSON shapes of /api/v1 under the sound rules, as src/wire/sound defines them. For the type checker alone.

import type { JsonNumber } from "../page/ledger/json.js";
import type * as v1 from "./v1.d.ts";

/** Amounts are whole numbers of units; 100,000,000 units are 1 coin. */
export type Units = number | JsonNumber;

/** A node at a glance. */
export interface Status extends v1.Status {
  rules: "sound";
  /** Who is paid for the blocks of this node; empty when nobody is, and then it mines none. */
  miner: string;
  profile: string;
  /** The name of the network. */
  room: string;
  genesis: string;
  /** The work of all blocks: 64 hexadecimal digits. */
  work: string;
  /** The target of the last block in compact form: 8 hexadecimal digits. */
  bits: string;
  mempool: { count: number; bytes: number };
}

interface HeaderFields {
  index: number;
  hash: string;
  previous_hash: string;
  merkle_root: string;
  /** Unix time in seconds. */
  timestamp: number;
  bits: string;
  /** The nonce. */
  proof: number;
  version: number;
}

/** What a block is without its transactions. */
export interface Header extends HeaderFields {
  /** How many transactions the block holds, the reward among them. */
  transactions: number;
  bytes: number;
  reward: Units;
  /** Null in the first block. */
  receiver: string | null;
  /** The work of all blocks up to this one. */
  work: string;
}

/** A signed payment. */
export interface Transfer {
  id: string;
  sender: string;
  receiver: string;
  amount: Units;
  fee: Units;
  nonce: number;
  /** Hexadecimal digits. */
  note: string;
  signature: string;
}

/** What the miner of a block gets. */
export interface Reward {
  id: string;
  /** Null in the first block. */
  receiver: string | null;
  amount: Units;
  /** Hexadecimal digits. */
  note: string;
  extranonce: string;
}

export type Transaction = Transfer | Reward;

export interface Block extends HeaderFields {
  transactions: Transaction[];
  /** Whether the chain has it; otherwise it is on a branch beside the chain. */
  active: boolean;
}

/** A page of headers, by rising index. */
export interface Headers {
  headers: Header[];
  length: number;
  next: string | null;
}

/** A block that was mined on request. */
export interface Mined {
  block: Omit<Block, "active">;
  tries: number;
  took_ms: number;
}

/** A page of the transfers that wait. */
export interface Pending {
  transactions: Transfer[];
  total: number;
  next: string | null;
}

/** What the chain says of one address. */
export interface Account {
  address: string;
  balance: Units;
  /** How many transfers it has sent. */
  nonce: number;
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
export interface AccountPage extends Account {
  /** Rewards that can be spent within the next ten blocks. */
  immature: Units;
  /** The nonce of its next transfer, after those that wait. */
  next_nonce: number;
  /** Its transfers that wait, in the order of their nonces; absent when the node does not tell them. */
  waiting: Transfer[];
  transactions: BookedTransaction[];
  next: string | null;
}

/** A chain that was replaced by one with more work. */
export interface Replacement extends v1.ReplacementOf<Header, Transfer> {
  connected: { count: number; blocks: Header[] };
}

/** What came of asking all peers for more work. */
export type Round = v1.RoundOf<Replacement>;

/** Why a transfer waits no more, although no block of the chain holds it. */
export type Departure = "replaced" | "evicted" | "invalid" | "undone";

/** The data of the events that only these rules have, or have otherwise. */
export interface EventData extends Pick<v1.EventData, "peers" | "mining" | "beyond_limit" | "reset"> {
  block: {
    header: Header;
    mined_here: boolean;
    /** Null when it was not mined here. */
    tries: number | null;
    took_ms: number | null;
    pending: number | null;
    time: string;
  };
  transaction: { transaction: Transfer; block: number; pending: number; time: string };
  left: { why: Departure; ids: string[]; time: string };
  replacement: { replacement: Replacement; pending: number; time: string };
}

export type EventName = keyof EventData;

/** An event: its name and its data. */
export type NodeEvent = { [Name in EventName]: [name: Name, data: EventData[Name]] }[EventName];
