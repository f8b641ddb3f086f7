// What the picture of the network is made from. For the type checker alone.

import type { NetworkNode, PeerErrorCode, Relation } from "./v1.d.ts";

/** Why a node is of another network than the one that is asked. */
export type Elsewhere = Extract<PeerErrorCode, "other_rules" | "other_network">;

/** Nodes that have the same last block. */
export interface Stand {
  length: number;
  hash: string;
  nodes: NetworkNode[];
}

/** A branch with those that go on where it ends: one line of the picture. Its own blocks are those from fork + 1 to length. */
export interface Lane {
  /** The lane from which it parts; null when it has a first block of its own. */
  parent: Lane | null;
  fork: number;
  length: number;
  tip_hash: string;
  children: Lane[];
  /** The longest first. */
  stands: Stand[];
}

/** The tree of blocks. */
export interface Tree {
  lanes: Lane[];
  /** Nodes whose chain is not known. */
  unknown: NetworkNode[];
  /** The lane of the node that is asked. */
  own: Lane;
  /** How many blocks the node that is asked has. */
  here: number;
}

/** A node of a row, with its own place when the row holds several. */
export interface Member {
  node: NetworkNode;
  length: number | null;
  hash: string;
}

/**
 * A row of the picture: the end of a lane, a place on a lane where nodes are behind, several short ones gathered, or the nodes whose chain is
 * not known.
 */
export interface Row {
  kind: "tip" | "behind" | "fan" | "unknown";
  members: Member[];
  lane: Lane | null;
  /** The last block of the row's nodes; 0 for a fan and for what is not known. */
  length: number;
  hash: string;
  relation: Relation | null;
  /** The last block that the row shares with the node that is asked. */
  common: number;
  /** Where the row leaves its parent: the index of a block. Null when it has a first block of its own. */
  attach: number | null;
  /** The row that it leaves. */
  parent: Row | null;
  /** The first and last place where the chains of a fan part. */
  range: [number, number];
}

/** Whose blocks are drawn: those that this node has, those that it may get, and those of another way. */
export type Kind = "own" | "ahead" | "other";

/** What is drawn in a row; places are in percent of the width of the drawing. */
export interface Drawing {
  /** Lines from above to below: `from` and `to` are the parts of the row's height, its top, its middle or its bottom. */
  verticals: { x: number; from: "top" | "middle"; to: "middle" | "bottom"; dashed: boolean }[];
  /** The chain itself, from left to right. */
  line: { from: number; to: number; kind: Kind }[];
  blocks: { x: number; kind: Kind; tip: boolean; index: number }[];
  /** Places where blocks are left out. */
  breaks: { x: number; kind: Kind }[];
  /** Several chains that are not drawn one by one, and whether they part from the place or begin there. */
  fan: { x: number; parted: boolean } | null;
  /** Where a node stands on another row's line. */
  mark: number | null;
}

/** The whole picture: its rows, and what is drawn in each. */
export interface Picture {
  rows: Row[];
  drawings: Drawing[];
  /** Width of the drawing, in blocks. */
  units: number;
  /** Numbers above the drawing. */
  axis: { x: number; index: number }[];
}

/** What a visitor can do with a node of the picture. */
export interface Ways {
  /** The page of the node at an address. */
  pageOf(address: string): string | null;
  /** Fills the panel for a node before its button opens it. */
  open(address: string | null, button: HTMLElement | undefined): void;
  panel: HTMLElement;
}

/** How a node is started that joins the network of this one. */
export interface Joining {
  /** The flags of the rules, each with a space behind it. */
  flags: string;
  /** What to do when these are not enough; empty when nothing is to be said. */
  hint: string;
}
