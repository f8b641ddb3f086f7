//! The end of a chain, and the work that makes one chain better than another.

use std::fmt;

use ruint::aliases::U256;

use crate::hash::BlockHash;

/// The end of a chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tip {
    /// How many blocks the chain has: the first one has height 1.
    pub height: u64,
    /// Hash of the last block.
    pub hash: BlockHash,
    /// The work of all blocks together.
    pub work: Work,
}

impl Tip {
    /// Whether the chain that ends here is better than the one that ends at `other`. On a tie neither is: a node keeps the
    /// one that it had first.
    pub fn has_more_work_than(&self, other: &Self) -> bool {
        self.work > other.work
    }
}

/// An amount of work: a number of 256 bits.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Work(U256);

impl Work {
    /// From 32 big-endian bytes.
    pub fn from_be_bytes(bytes: [u8; 32]) -> Self {
        Self(U256::from_be_bytes(bytes))
    }

    /// In decimal digits.
    pub fn to_decimal(self) -> String {
        self.0.to_string()
    }

    /// As 32 big-endian bytes.
    pub fn to_be_bytes(self) -> [u8; 32] {
        self.0.to_be_bytes()
    }

    /// The sum, or the largest number when it would be larger.
    pub fn saturating_add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    /// The difference, or 0 when it would be less.
    pub fn saturating_sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }

    /// So many times this, or the largest number when it would be larger.
    pub fn saturating_mul(self, times: u64) -> Self {
        Self(self.0.saturating_mul(U256::from(times)))
    }
}

impl From<u64> for Work {
    fn from(work: u64) -> Self {
        Self(U256::from(work))
    }
}

impl From<U256> for Work {
    fn from(work: U256) -> Self {
        Self(work)
    }
}

/// 64 hexadecimal digits.
impl fmt::Display for Work {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:064x}", self.0)
    }
}

impl fmt::Debug for Work {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Work({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_adds_up_and_compares_as_a_number() {
        assert_eq!(Work::from(255).saturating_add(Work::from(1)), Work::from(256));
        assert_eq!(Work::from(u64::MAX).saturating_add(Work::from(1)).to_string(), format!("{:064x}", 1_u128 << 64));
        assert!(Work::from(256) > Work::from(255));
        let largest = Work::from_be_bytes([u8::MAX; 32]);
        assert_eq!(largest.saturating_add(Work::from(1)), largest);
        assert_eq!(largest.saturating_mul(2), largest);
        assert_eq!(Work::from(255).saturating_mul(2), Work::from(510));
        assert_eq!(Work::from(255).saturating_sub(Work::from(5)), Work::from(250));
        assert_eq!(Work::from(5).saturating_sub(Work::from(255)), Work::default());
    }

    #[test]
    fn a_tie_is_not_better() {
        let tip = |hash: &str, work: u64| Tip { height: 3, hash: BlockHash::sha256(hash), work: work.into() };
        assert!(tip("a", 4).has_more_work_than(&tip("b", 3)));
        assert!(!tip("a", 3).has_more_work_than(&tip("b", 3)));
        assert!(!tip("a", 2).has_more_work_than(&tip("b", 3)));
    }
}
