// What the parts of the page give each other. For the type checker alone.

import type { JsonNumber } from "../page/ledger/json.js";
import type * as v1 from "./v1.d.ts";

/** The routes that the page uses. */
export interface Api {
  status(): Promise<v1.Status>;
  headers(from: number, limit: number): Promise<v1.Headers>;
  block(id: BlockId): Promise<v1.Block>;
  text(id: BlockId): Promise<string>;
  mine(): Promise<v1.Mined>;
  pending(limit: number): Promise<v1.Pending>;
  pay(payment: v1.Payment): Promise<v1.Waiting>;
  accounts(limit: number): Promise<v1.Accounts>;
  account(name: string): Promise<v1.AccountPage>;
  connect(nodes: string[]): Promise<v1.Connected>;
  disconnect(address: string): Promise<string>;
  replace(): Promise<v1.Round>;
  setMining(mining: v1.Mining): Promise<v1.Mining>;
  /** Shows canonical texts of blocks to this node and to its peers. */
  judge(blocks: string[]): Promise<v1.Judgements>;
}

/** Told what a node's stream of events brings. */
export interface Listener {
  heard(event: v1.NodeEvent): void;
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

/** What every view is given. */
export interface Context {
  api: Api;
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
