//! The rule of a class: relative ASERT, a block each 10 seconds.

use std::num::NonZeroU32;

use super::asert::Asert;
use crate::sound::{
    profile::Profile,
    target::{CompactTarget, Target},
};

/// A class sees a block each 10 seconds. Twelve of them late double the target: that follows a class that starts or stops its
/// miners within two or three minutes, and a single block that takes much less or more than 10 seconds moves it little.
pub(super) const CLASSROOM: Asert =
    Asert { interval: 10, half_life: NonZeroU32::new(120).unwrap(), limit: Profile::Classroom.limit() };

/// A block counts as having taken no longer than this many seconds: a class that comes back after a night finds work about five
/// times as easy, and not so easy that it mines the night's blocks at once.
const MAX_SECONDS: u32 = 300;

/// The bits of the next block when its parent has the target `parent` and came `seconds` after its own parent.
pub fn classroom(parent: Target, seconds: u32) -> CompactTarget {
    CLASSROOM.relative(parent, seconds.min(MAX_SECONDS))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_night_counts_as_five_minutes() {
        let target = Profile::Classroom.genesis_bits().decode().unwrap();
        assert_eq!(classroom(target, u32::MAX), classroom(target, 300));
        assert_ne!(classroom(target, 300), classroom(target, 299));
    }
}
