//! A block that is kept aside until it can be judged.

use std::sync::Arc;

use bcoin_ledger::BlockHash;

use crate::source::Source;

/// A block that is kept aside. Its work is done and its body is the one of its header, so that no other block can come under its
/// hash. Cheap to clone.
#[derive(Clone, Debug)]
pub(super) struct KeptBlock {
    pub(super) hash: BlockHash,
    pub(super) parent: BlockHash,
    pub(super) encoding: Arc<[u8]>,
    pub(super) source: Source,
}

/// How many of these blocks are of this source.
pub(super) fn count_of<'a>(blocks: impl Iterator<Item = &'a KeptBlock>, source: &Source) -> usize {
    blocks.filter(|block| block.source == *source).count()
}

#[cfg(test)]
pub(super) mod testing {
    use super::*;

    pub(in crate::intake) fn hash(number: usize) -> BlockHash {
        BlockHash::sha256(number.to_string())
    }

    /// A block whose parent has the number before it.
    pub(in crate::intake) fn block(number: usize, source: &str, bytes: usize) -> KeptBlock {
        KeptBlock {
            hash: hash(number),
            parent: hash(number.wrapping_sub(1)),
            encoding: vec![0; bytes].into(),
            source: Source::new(source),
        }
    }
}
