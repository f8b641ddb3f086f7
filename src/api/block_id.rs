//! What names a block in the path of a request.

use bcoin_ledger::BlockHash;

/// What names a block.
pub(super) enum BlockId {
    /// Its place in the chain, from 1.
    Index(u64),
    /// Its hash.
    Hash(BlockHash),
}

impl BlockId {
    /// Reads it: 64 hexadecimal digits are a hash. `None` when the text names no block.
    pub(super) fn read(id: &str) -> Option<Self> {
        if let Ok(hash) = id.parse() {
            return Some(Self::Hash(hash));
        }
        let is_index = id.bytes().all(|digit| digit.is_ascii_digit());
        id.parse().ok().filter(|_| is_index).map(Self::Index)
    }
}
