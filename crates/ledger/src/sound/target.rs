//! Targets in Bitcoin's compact form.

/// A target in the four bytes of a header (`bits`). Not every value stands for a target.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CompactTarget(u32);

impl CompactTarget {
    /// From the number that a header holds.
    pub const fn from_consensus(bits: u32) -> Self {
        Self(bits)
    }

    /// The number that a header holds.
    pub const fn to_consensus(self) -> u32 {
        self.0
    }
}
