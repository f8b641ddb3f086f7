//! Why a header is refused, and whether that can change.

use thiserror::Error;

use crate::{
    hash::BlockHash,
    sound::target::{CompactTarget, Target},
};

/// The first rule that a header breaks.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum HeaderError {
    /// The header follows another block.
    #[error("the previous hash is {found}, and the block before is {expected}: mine on that one")]
    Previous {
        /// Hash of the block before; [`BlockHash::ZERO`] where a genesis block belongs.
        expected: BlockHash,
        /// The hash that the header names.
        found: BlockHash,
    },
    /// The difficulty is another one than the times of the blocks before require.
    #[error("the bits are {found}, and the rules require {expected} here")]
    Bits {
        /// The bits that belong here.
        expected: CompactTarget,
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
    #[error("the time is {found}, below the {parent} of the block before: a block takes the time of that one at least")]
    BelowParent {
        /// Time of the block before: Unix time in seconds.
        parent: u32,
        /// Time of the header.
        found: u32,
    },
    /// The middle of the last times does not run backwards (Bitcoin).
    #[error("the time is {found}, and has to be above {median}, the median of the times of the last 11 blocks")]
    NotAboveMedian {
        /// The median: Unix time in seconds.
        median: u32,
        /// Time of the header.
        found: u32,
    },
    /// The time lies in the future. This is no fault of who sent the header: one of the two clocks may be wrong.
    #[error(
        "the time is {found}, and this clock takes blocks up to {latest} now: keep the block and try again, or set the clocks"
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

/// How a block is invalid: what may be concluded from that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Invalidity {
    /// For ever: the hash may be remembered as that of an invalid block.
    Permanent,
    /// Not yet valid: its time is ahead of the clock, which is nobody's fault.
    Early,
    /// Its parent is not the block that it was judged after.
    MissingParent,
    /// It has not the body that belongs to its header: who sent it is to blame, and the hash is not.
    Body,
}

impl HeaderError {
    /// The name of the rule in answers.
    pub const fn why(&self) -> &'static str {
        match self {
            Self::Previous { .. } | Self::LastHeight => "previous",
            Self::Bits { .. } => "bits",
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
            | Self::Work { .. }
            | Self::BelowParent { .. }
            | Self::NotAboveMedian { .. }
            | Self::LastHeight => Invalidity::Permanent,
        }
    }
}
