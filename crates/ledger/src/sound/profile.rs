//! The sets of parameters under which headers are judged (docs/sound-rules.md section 4).

use std::{fmt, str::FromStr};

use thiserror::Error;

use super::target::{CompactTarget, Target};

/// How hard work is, and what times blocks may carry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Profile {
    /// A block each 10 seconds, at whatever power a class has.
    Classroom,
    /// Two hashes for a block, always: for tests and programming.
    Instant,
    /// Bitcoin's own rules, for its headers only.
    Bitcoin,
}

/// The lowest time that a block may carry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeRule {
    /// The time of its parent. The difficulty follows from the times of two blocks, so that none may run backwards.
    AtLeastParent,
    /// One second more than the median of the last 11 times, or of all when there are fewer (BIP 113 names this median).
    AboveMedian,
}

/// About 65,000 hashes for a block: even a slow device alone keeps up with the interval.
const CLASSROOM_LIMIT: Target = Target::from_highest(0x0000_ffff_0000_0000);
/// About 2^24 hashes: one machine makes the genesis block of a room in seconds, and the first blocks are about as hard as a
/// small class needs.
const CLASSROOM_GENESIS_BITS: CompactTarget = CompactTarget::from_consensus(0x1e00_ffff);
/// Every second hash is good, as in Bitcoin's network for tests (regtest).
const INSTANT_LIMIT: Target = Target::from_highest(0x7fff_ff00_0000_0000);
const INSTANT_GENESIS_BITS: CompactTarget = CompactTarget::from_consensus(0x207f_ffff);
/// Difficulty 1: about 2^32 hashes for a block.
const BITCOIN_LIMIT: Target = Target::from_highest(0x0000_0000_ffff_0000);
const BITCOIN_GENESIS_BITS: CompactTarget = CompactTarget::from_consensus(0x1d00_ffff);

/// Far below the 300 seconds beyond which a block's duration counts no more (`difficulty::classroom`): otherwise clocks that lie
/// would stretch the interval.
const CLASSROOM_MAX_AHEAD: u32 = 60;
/// Two hours, as in Bitcoin.
const BITCOIN_MAX_AHEAD: u32 = 2 * 60 * 60;

impl Profile {
    /// The name, as a genesis block carries it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Classroom => "classroom",
            Self::Instant => "instant",
            Self::Bitcoin => "bitcoin",
        }
    }

    /// The easiest target.
    pub const fn limit(self) -> Target {
        match self {
            Self::Classroom => CLASSROOM_LIMIT,
            Self::Instant => INSTANT_LIMIT,
            Self::Bitcoin => BITCOIN_LIMIT,
        }
    }

    /// The bits of the genesis block.
    pub const fn genesis_bits(self) -> CompactTarget {
        match self {
            Self::Classroom => CLASSROOM_GENESIS_BITS,
            Self::Instant => INSTANT_GENESIS_BITS,
            Self::Bitcoin => BITCOIN_GENESIS_BITS,
        }
    }

    /// How many seconds the time of a block may lie after the clock of the one who judges it. A later one is an early block.
    pub const fn max_seconds_ahead(self) -> u32 {
        match self {
            Self::Classroom | Self::Instant => CLASSROOM_MAX_AHEAD,
            Self::Bitcoin => BITCOIN_MAX_AHEAD,
        }
    }

    /// The lowest time that a block may carry.
    pub const fn time_rule(self) -> TimeRule {
        match self {
            Self::Classroom | Self::Instant => TimeRule::AtLeastParent,
            Self::Bitcoin => TimeRule::AboveMedian,
        }
    }
}

/// The name.
impl fmt::Display for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A text names no profile.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[error("the profiles are classroom, instant and bitcoin")]
pub struct BadProfile;

/// Reads a name, in lower case only: it is part of what a genesis block says.
impl FromStr for Profile {
    type Err = BadProfile;

    fn from_str(text: &str) -> Result<Self, BadProfile> {
        [Self::Classroom, Self::Instant, Self::Bitcoin]
            .into_iter()
            .find(|profile| profile.name() == text)
            .ok_or(BadProfile)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limits_are_these_compact_targets() {
        for (profile, limit, genesis) in [
            (Profile::Classroom, "1f00ffff", "1e00ffff"),
            (Profile::Instant, "207fffff", "207fffff"),
            (Profile::Bitcoin, "1d00ffff", "1d00ffff"),
        ] {
            let bits: CompactTarget = limit.parse().unwrap();
            assert_eq!(bits.decode(), Ok(profile.limit()), "{profile}");
            assert_eq!(profile.limit().to_compact(), bits, "{profile}");
            assert_eq!(profile.genesis_bits().to_string(), genesis, "{profile}");
            assert!(profile.genesis_bits().decode().unwrap() <= profile.limit(), "{profile}");
        }
    }

    #[test]
    fn names_are_read_back() {
        for profile in [Profile::Classroom, Profile::Instant, Profile::Bitcoin] {
            assert_eq!(profile.to_string().parse(), Ok(profile));
        }
        for other in ["", "Classroom", "classroom ", "regtest"] {
            assert_eq!(other.parse::<Profile>(), Err(BadProfile), "{other}");
        }
    }
}
