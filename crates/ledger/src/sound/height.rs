//! Positions in a chain.

use std::fmt;

/// How many blocks stand before a block: 0 for the genesis block (unlike [`crate::Tip::height`], which counts from 1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Height(u32);

impl Height {
    /// The first block.
    pub const GENESIS: Self = Self(0);

    /// So many blocks stand before.
    pub const fn new(height: u32) -> Self {
        Self(height)
    }

    /// From the number of a block as the node counts, from 1; `None` when no height is so large.
    pub fn from_index(index: u64) -> Option<Self> {
        index.checked_sub(1).and_then(|height| u32::try_from(height).ok()).map(Self)
    }

    /// The number of the block as the chapter and the node count, from 1.
    pub fn index(self) -> u64 {
        u64::from(self.0) + 1
    }

    /// How many blocks stand before.
    pub const fn to_u32(self) -> u32 {
        self.0
    }

    /// The next one; `None` after the last one that an encoding can hold.
    pub fn next(self) -> Option<Self> {
        self.0.checked_add(1).map(Self)
    }
}

impl fmt::Display for Height {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_node_counts_one_more() {
        assert_eq!(Height::GENESIS.index(), 1);
        assert_eq!(Height::from_index(1), Some(Height::GENESIS));
        assert_eq!(Height::from_index(0), None);
        let last = Height::new(u32::MAX);
        assert_eq!((last.index(), last.next()), (1 << 32, None));
        assert_eq!(Height::from_index(1 << 32), Some(last));
        assert_eq!(Height::from_index((1 << 32) + 1), None);
    }
}
