//! How much a node keeps, and takes from others.

use std::fmt;

/// The most peers a node knows (docs/contract.md section 6).
pub const MAX_PEERS: usize = 128;
/// The most bytes that the encodings of waiting transactions have together (docs/contract.md section 6).
pub const MAX_MEMPOOL_BYTES: usize = 32 << 20;
/// The most bytes that the encodings of the blocks of all stale branches have together (docs/contract.md section 6).
pub const MAX_STALE_BYTES: u64 = 256 << 20;
/// The most bytes that the encodings of all side blocks have together (docs/sound-rules.md section 5).
pub(crate) const MAX_SIDE_BYTES: u64 = 256 << 20;
/// The same for a node in memory, where they take as much memory.
pub(crate) const MAX_SIDE_BYTES_IN_MEMORY: u64 = 32 << 20;
/// The most side blocks (docs/sound-rules.md section 5).
pub(crate) const MAX_SIDE_BLOCKS: u64 = 200_000;
/// The most side blocks that came from one source (docs/sound-rules.md section 5).
pub(crate) const MAX_SIDE_BLOCKS_OF_SOURCE: u64 = 20_000;
/// How many times the work of the last block a branch may have less than the chain, so that its blocks are kept
/// (docs/sound-rules.md section 5).
pub(crate) const MAX_WORK_BEHIND: u64 = 144;
/// A reorganisation that disconnects more blocks is worth a warning (docs/sound-rules.md section 4).
pub(crate) const DEEP_REORGANISATION: u64 = 100;
/// How many disconnected blocks and returned transactions are told of a replacement.
pub(crate) const MAX_TOLD: usize = 100;

/// How much is kept of blocks that are not in the chain, under rules under which blocks come one by one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SideLimits {
    /// The most bytes that their encodings have together.
    pub(crate) bytes: u64,
    /// The most blocks.
    pub(crate) blocks: u64,
    /// The most blocks that came from one source.
    pub(crate) blocks_of_source: u64,
    /// How many times the work of the last block a branch may have less than the chain.
    pub(crate) work_behind: u64,
}

impl SideLimits {
    /// How much a node in memory keeps.
    pub(crate) fn in_memory() -> Self {
        Self { bytes: MAX_SIDE_BYTES_IN_MEMORY, ..Self::default() }
    }
}

impl Default for SideLimits {
    fn default() -> Self {
        Self {
            bytes: MAX_SIDE_BYTES,
            blocks: MAX_SIDE_BLOCKS,
            blocks_of_source: MAX_SIDE_BLOCKS_OF_SOURCE,
            work_behind: MAX_WORK_BEHIND,
        }
    }
}

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
