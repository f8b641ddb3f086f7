//! How much a node keeps.

/// The most peers a node knows (docs/contract.md section 6).
pub const MAX_PEERS: usize = 128;
/// The most bytes that the encodings of waiting transactions have together (docs/contract.md section 6).
pub const MAX_MEMPOOL_BYTES: usize = 32 << 20;
/// How many disconnected blocks and returned transactions are told of a replacement.
pub(crate) const MAX_TOLD: usize = 100;
