// What page/ledger reads, and what it says of blocks. For the type checker alone.

import type { JsonNumber } from "../page/ledger/json.js";

/** A JSON value as the lossless reader gives it: objects are Maps, numbers JsonNumbers. */
export type Json = Scalar | Json[] | Map<string, Json>;

/** What a field of a transaction may be. */
export type Scalar = null | boolean | string | JsonNumber;

export type Transaction = Map<string, Scalar>;

interface BlockFields {
  index: JsonNumber;
  previous_hash: string;
  proof: JsonNumber;
  timestamp: string;
  transactions: Transaction[];
}

/** A value that readBlock has accepted. */
export type Block = { get<Field extends keyof BlockFields>(field: Field): BlockFields[Field] } & Map<string, Json>;

/** What a block is to the one after it. */
export interface Tip {
  index: bigint;
  proof: bigint;
  hash: string;
}

/** Why something is no block. */
export type ShapeCode = "shape" | "integer" | "text" | "transactions" | "transaction" | "digits";

/** Why a block is not the right one. */
export type ChainCode = "genesis" | "index" | "link" | "proof" | "after";

export type FaultCode = ShapeCode | ChainCode | "length";

/** The values that a fault is told with. */
export type FaultData = Record<string, string | number | bigint>;

export interface Fault {
  code: FaultCode;
  data: FaultData;
}

/** How a block of a copy came to be what it is; `relinked`: only the hash that it names is another one, and it is the right one. */
export type BlockState = "same" | "changed" | "relinked" | "mined";

/** The link between a block and the one before it. */
export interface Link {
  /** The hash that the block names. */
  named: string;
  /** The hash that the block before has; null when it cannot be read. */
  hash: string | null;
  whole: boolean;
}
