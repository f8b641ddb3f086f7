//! Where a peer's chain parts from the own one.

use bcoin_ledger::BlockHash;
use bcoin_node::store::{Snapshot, StoreError};

use super::super::observer::Trail;

/// A block, by its height and its hash.
pub type BlockPoint = (u64, BlockHash);

/// The relation of a peer's chain to this node's own.
///
/// A chain that extends another one has more work under all rules, since every block has some. Which of two is better that part is
/// not said here: under the sound rules it is the one with more work, however long they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relation {
    /// They are the same.
    Same,
    /// The peer's chain extends this one.
    Ahead,
    /// This chain extends the peer's.
    Behind,
    /// They fork: each has blocks that the other lacks.
    Parted,
}

impl Relation {
    /// The relation of a chain of `length` blocks to one of `own` blocks, which have `common` as their last common block.
    pub(in crate::peers) fn new(own: u64, length: u64, common: Option<BlockPoint>) -> Self {
        let shared = common.map_or(0, |(height, _)| height);
        match (shared == own, shared == length) {
            (true, true) => Self::Same,
            (true, false) => Self::Ahead,
            (false, true) => Self::Behind,
            (false, false) => Self::Parted,
        }
    }
}

/// What the end of a chain says of where it parts from the own one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::peers) enum Parting {
    /// The last common block; none when they share none.
    At(Option<BlockPoint>),
    /// They part before the blocks that are known of it: the peer has to be asked.
    Earlier,
}

/// Where the chain that ends with `trail` parts from the one in `own`.
///
/// # Errors
/// When reading fails.
pub(in crate::peers) fn parting(own: &Snapshot, trail: &Trail) -> Result<Parting, StoreError> {
    let blocks: Vec<BlockPoint> = trail.newest_first().collect();
    // Below a common block all blocks are common, so the search halves what is open.
    let (mut diverged, mut common) = (0, blocks.len());
    while diverged < common {
        let middle = diverged + (common - diverged) / 2;
        let (height, hash) = blocks[middle];
        if own.hash(height)? == Some(hash) {
            common = middle;
        } else {
            diverged = middle + 1;
        }
    }
    Ok(match blocks.get(common) {
        Some(point) => Parting::At(Some(*point)),
        None if trail.is_whole() => Parting::At(None),
        None => Parting::Earlier,
    })
}
