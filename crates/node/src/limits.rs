//! How much a node keeps, and takes from others.

use std::fmt;

/// The most peers a node knows (docs/contract.md section 6).
pub const MAX_PEERS: usize = 128;
/// The most bytes that the encodings of waiting transactions have together (docs/contract.md section 6).
pub const MAX_MEMPOOL_BYTES: usize = 32 << 20;
/// The most bytes that the encodings of the blocks of all stale branches have together (docs/contract.md section 6).
pub const MAX_STALE_BYTES: u64 = 256 << 20;
/// How many disconnected blocks and returned transactions are told of a replacement.
pub(crate) const MAX_TOLD: usize = 100;

/// A limit that keeps a node from taking a longer chain (docs/contract.md section 6).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChainLimit {
    /// The most bytes that the encodings of the blocks of a chain have together.
    Chain(u64),
    /// The most bytes that the encoding of a block has.
    Block(u64),
    /// The most bytes that temporary files have together.
    TemporaryFiles(u64),
}

impl ChainLimit {
    /// The name under which users know it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Chain(_) => "max-chain",
            Self::Block(_) => "max-block",
            Self::TemporaryFiles(_) => "temporary-files",
        }
    }
}

impl fmt::Display for ChainLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Chain(bytes) => write!(f, "--max-chain, {bytes} bytes of blocks"),
            Self::Block(bytes) => write!(f, "max-block, {bytes} bytes in one block"),
            Self::TemporaryFiles(bytes) => write!(f, "temporary-files, {bytes} bytes of temporary files together"),
        }
    }
}
