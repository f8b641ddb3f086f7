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
  peers(): Promise<v1.PeerList>;
  network(): Promise<v1.Network>;
  connect(nodes: string[]): Promise<v1.Connected>;
  disconnect(address: string): Promise<string>;
  replace(): Promise<v1.Round>;
  setMining(mining: v1.Mining): Promise<v1.Mining>;
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

/** Says what went wrong, unless a view has said it already. */
export type Tell = (error: unknown, told?: boolean) => void;

/** What every view is given. */
export interface Context {
  api: Api;
  problem: Tell;
  /** How many blocks the chain has. */
  length: () => number;
}

type Attribute = string | number | boolean | null | undefined;

/** What an element is made with: listeners, whose names begin with `on`, and attributes. */
export interface Properties {
  onchange?: (event: Event) => void;
  onclick?: (event: MouseEvent) => void;
  oninput?: (event: Event) => void;
  onkeydown?: (event: KeyboardEvent) => void;
  onscroll?: (event: Event) => void;
  onsubmit?: (event: SubmitEvent) => void;
  [attribute: string]: Attribute | ((event: never) => void);
}

export type Child = Node | string | number | null | undefined | false;
