// What the parts of the page give each other. For the type checker alone.

import type { JsonNumber } from "../page/ledger/json.js";
import type * as sound from "./sound.d.ts";
import type * as v1 from "./v1.d.ts";

/** The routes that are the same under all rules. */
export interface CommonApi {
  connect(nodes: string[]): Promise<v1.Connected>;
  disconnect(address: string): Promise<string>;
  setMining(mining: v1.Mining): Promise<v1.Mining>;
}

/** The routes that the page uses under the printed rules. */
export interface Api extends CommonApi {
  headers(from: number, limit: number): Promise<v1.Headers>;
  block(id: BlockId): Promise<v1.Block>;
  text(id: BlockId): Promise<string>;
  mine(): Promise<v1.Mined>;
  pending(limit: number): Promise<v1.Pending>;
  pay(payment: v1.Payment): Promise<v1.Waiting>;
  accounts(limit: number): Promise<v1.Accounts>;
  account(name: string): Promise<v1.AccountPage>;
  replace(): Promise<v1.Round>;
  /** Shows canonical texts of blocks to this node and to its peers. */
  judge(blocks: string[]): Promise<v1.Judgements>;
}

/** The routes that the page uses under the sound rules. */
export interface SoundApi extends CommonApi {
  headers(from: number, limit: number): Promise<sound.Headers>;
  block(id: BlockId): Promise<sound.Block>;
  mine(): Promise<sound.Mined>;
  pending(limit: number): Promise<sound.Pending>;
  accounts(limit: number): Promise<sound.Accounts>;
  account(address: string): Promise<sound.AccountPage>;
  /** A further page of an account's transactions, by the path that the one before names. */
  accountNext(path: string): Promise<sound.AccountPage>;
  replace(): Promise<v1.RoundOf<sound.Replacement>>;
}

/** Told what a node's stream of events brings. */
export interface Listener {
  heard(event: NodeEvent): void;
  /** The node is gone, or back. */
  alive(is: boolean): void;
  /** The picture of the network is another one. */
  changed(network: v1.Network): void;
}

/** An answer of the node as plain values; the fields of a transaction keep their digits. */
export type Plain = null | boolean | string | number | JsonNumber | Plain[] | { [name: string]: Plain };

/** The index of a block, or its hash. */
export type BlockId = number | string;

/** Says what went wrong: in `beside`, an element for messages, or below the header when there is none. */
export type Tell = (error: unknown, beside?: HTMLElement) => void;

/** What a control needs of the node: reading, mining and paying, or changing settings. */
export type Needs = "read" | "use" | "all";

/** An event under whichever rules. */
export type NodeEvent = v1.NodeEvent | sound.NodeEvent;

/** What every view is given, whatever the rules. */
export interface Shell {
  problem: Tell;
  /** How many blocks the chain has. */
  length: () => number;
  /** The latest status; null until it has been read. */
  status: () => v1.Status | null;
  /** The latest picture of the network; null until it has come. */
  network: () => v1.Network | null;
  /** What this browser may do. */
  access: () => v1.Access;
  /** Whether the node answers. */
  alive: () => boolean;
  /** How the node is called that has this node address; null when that is not known. */
  nameOf: (address: unknown) => string | null;
  /** How the node is called that the picture of the network lists at this host and port; null when that is not known. */
  nameAt: (address: string) => string | null;
  /**
   * Calls the listener whenever one of the above may have changed. When the language changes, the views are made anew and listen anew.
   */
  onState: (listener: () => void) => void;
  /** What a view holds beyond its elements: made once, and given back when the views are made anew in another language. */
  keep: <Kept>(name: string, make: () => Kept) => Kept;
}

/** What the views of the printed rules are given. */
export interface Context extends Shell {
  api: Api;
}

/** What the views of the sound rules are given. */
export interface SoundContext extends Shell {
  api: SoundApi;
  /** The chain has another last block than before. */
  setTip: (tip: sound.Header) => void;
}

/** The names of the sections. */
export type SectionName =
  "network" | "mining" | "chain" | "proofs" | "pending" | "accounts" | "tamper" | "log" | "words";

/** The main actions, which a phone has within the thumb's reach. */
export type Shortcut = "mine" | "pay" | "longest";

/** The page under some rules: its sections, and what they are told. */
export interface Views {
  sections: Partial<Record<SectionName, HTMLElement>>;
  shortcuts: Shortcut[];
  /** What the header says of the node. */
  about(status: v1.Status): Child[];
  /** The status was read: what was known before may not be true any more. */
  show(status: v1.Status): void;
  /** The views were made anew in another language: all that is known of the chain is still true. */
  again(status: v1.Status, length: number): void;
  draw(network: v1.Network): void;
  /** One event, in its turn. */
  hear(event: NodeEvent): void;
  /** All events that came together have been heard. */
  heard(events: NodeEvent[]): void;
}

/** What any rules tell of a block in a list. */
export interface Head {
  index: number;
  hash: string;
  previous_hash: string;
  transactions: number;
}

/** How the chain is shown under some rules. */
export interface Face<H extends Head, Shown> {
  /** The last line of a card. */
  about(header: H): Child[];
  /** Another text whenever a card has to be made anew. */
  key(header: H): string;
  /** Told when cards have to be made anew. */
  onArrival(listener: () => void): void;
  /** What is known of blocks after `fork` is not true any more. */
  forget(fork: number): void;
  read(id: BlockId): Promise<Shown>;
  /** The place of the block in the chain; 0 when it is beside the chain. */
  placeOf(shown: Shown): number;
  detail(shown: Shown, actions: { open: (hash: string) => void; close: () => void }): HTMLElement;
}

type Attribute = string | number | boolean | null | undefined;

/** What an element is made with: listeners, whose names begin with `on`, and attributes. */
export interface Properties {
  onchange?: (event: Event) => void;
  onclick?: (event: MouseEvent) => void;
  onfocusin?: (event: FocusEvent) => void;
  oninput?: (event: Event) => void;
  onkeydown?: (event: KeyboardEvent) => void;
  onscroll?: (event: Event) => void;
  onpointerenter?: (event: PointerEvent) => void;
  onpointerleave?: (event: PointerEvent) => void;
  ontoggle?: (event: Event) => void;
  onsubmit?: (event: SubmitEvent) => void;
  [attribute: string]: Attribute | ((event: never) => void);
}

export type Child = Node | string | number | null | undefined | false;
