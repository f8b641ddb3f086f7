//! Why a header is refused, and whether that can change.

use thiserror::Error;

use crate::{
    hash::BlockHash,
    single_blocks::Invalidity,
    sound::target::{CompactTarget, Target},
};

/// The first rule that a header breaks.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum HeaderError {
    /// The header follows another block.
    #[error("{}", wrong_previous(*expected, *found))]
    Previous {
        /// Hash of the block before; [`BlockHash::ZERO`] where a genesis block belongs.
        expected: BlockHash,
        /// The hash that the header names.
        found: BlockHash,
    },
    /// The difficulty is another one than the times of the blocks before require.
    #[error("the bits are {found}, and the rules require {expected} here: take the bits from a new template")]
    Bits {
        /// The bits that belong here.
        expected: CompactTarget,
        /// The bits of the header.
        found: CompactTarget,
    },
    /// The bits stand for no target, or for one that no block of this network may have.
    #[error(
        "the bits are {found}, and the easiest ones of this network are {limit}: take the bits from a new template"
    )]
    Limit {
        /// The bits of the easiest target.
        limit: CompactTarget,
        /// The bits of the header.
        found: CompactTarget,
    },
    /// The work is not done.
    #[error("the hash {hash} is above the target {target}: search for another nonce")]
    Work {
        /// Hash of the header.
        hash: BlockHash,
        /// The target that its bits stand for.
        target: Target,
    },
    /// Times do not run backwards.
    #[error("the time is {} s behind that of the block before: it has to be {parent} at least", parent.saturating_sub(*found))]
    BelowParent {
        /// Time of the block before: Unix time in seconds.
        parent: u32,
        /// Time of the header.
        found: u32,
    },
    /// The middle of the last times does not run backwards (Bitcoin).
    #[error(
        "the time has to be at least {} s later: above {median}, the median of the times of the last 11 blocks",
        (u64::from(*median) + 1).saturating_sub(u64::from(*found))
    )]
    NotAboveMedian {
        /// The median: Unix time in seconds.
        median: u32,
        /// Time of the header.
        found: u32,
    },
    /// The time lies in the future. This is no fault of who sent the header: one of the two clocks may be wrong.
    #[error(
        "the time is {0} s later than this clock allows now: keep the block and try again in {0} s, or set the clocks",
        found.saturating_sub(*latest)
    )]
    Early {
        /// The latest time that is taken now: Unix time in seconds.
        latest: u32,
        /// Time of the header.
        found: u32,
    },
    /// A block has a height below 2^32.
    #[error("no block can follow one of height 4294967295, the last height that a reward can name")]
    LastHeight,
}

impl HeaderError {
    /// The name of the rule in answers.
    pub const fn why(&self) -> &'static str {
        match self {
            Self::Previous { .. } | Self::LastHeight => "previous",
            Self::Bits { .. } | Self::Limit { .. } => "bits",
            Self::Work { .. } => "work",
            Self::BelowParent { .. } | Self::NotAboveMedian { .. } | Self::Early { .. } => "time",
        }
    }

    /// What can make the header pass.
    pub const fn invalidity(&self) -> Invalidity {
        match self {
            Self::Previous { .. } => Invalidity::MissingParent,
            Self::Early { .. } => Invalidity::Early,
            Self::Bits { .. }
            | Self::Limit { .. }
            | Self::Work { .. }
            | Self::BelowParent { .. }
            | Self::NotAboveMedian { .. }
            | Self::LastHeight => Invalidity::Permanent,
        }
    }
}

/// What is wrong with the previous hash of a header.
fn wrong_previous(expected: BlockHash, found: BlockHash) -> String {
    if expected == BlockHash::ZERO {
        return format!(
            "the previous hash is {found}, and a first block has no block before it: that hash has to be zero"
        );
    }
    format!("the previous hash is {found}, and the block before is {expected}: mine on that one")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_error_says_what_is_wrong_and_what_to_do() {
        let (zero, other) = (BlockHash::ZERO, BlockHash::sha256("other"));
        let bits = CompactTarget::from_consensus;
        for (error, sentence) in [
            (
                HeaderError::Previous { expected: other, found: zero },
                format!("the previous hash is {zero}, and the block before is {other}: mine on that one"),
            ),
            (
                HeaderError::Previous { expected: zero, found: other },
                format!(
                    "the previous hash is {other}, and a first block has no block before it: that hash has to be zero"
                ),
            ),
            (
                HeaderError::Bits { expected: bits(0x1e00_ffff), found: bits(0x1f00_ffff) },
                "the bits are 1f00ffff, and the rules require 1e00ffff here: take the bits from a new template".into(),
            ),
            (
                HeaderError::Limit { limit: bits(0x1f00_ffff), found: bits(0x2000_ffff) },
                "the bits are 2000ffff, and the easiest ones of this network are 1f00ffff: take the bits from a new template"
                    .into(),
            ),
            (
                HeaderError::BelowParent { parent: 1_000, found: 990 },
                "the time is 10 s behind that of the block before: it has to be 1000 at least".into(),
            ),
            (
                HeaderError::NotAboveMedian { median: 1_000, found: 1_000 },
                "the time has to be at least 1 s later: above 1000, the median of the times of the last 11 blocks".into(),
            ),
            (
                HeaderError::Early { latest: 1_060, found: 1_061 },
                "the time is 1 s later than this clock allows now: keep the block and try again in 1 s, or set the clocks"
                    .into(),
            ),
        ] {
            assert_eq!(error.to_string(), sentence);
        }
    }
}
