//! Bitcoin's rule: a new target each 2016 blocks.

use crate::sound::target::{CompactTarget, Target, Wide};

/// How many blocks have the same target: two weeks of them.
pub const RETARGET_BLOCKS: u64 = 2016;

/// How many seconds the blocks between two changes shall take: two weeks.
const SPAN: i64 = 14 * 24 * 60 * 60;
/// A target changes by no more than this factor at once.
const MAX_FACTOR: i64 = 4;

/// The bits after 2016 blocks with the target `target`, the first of which carries the time `first` and the last of which
/// carries `last`. The time of the block before the first is not asked for: Bitcoin measures one interval too few.
pub fn retarget(target: Target, first: u32, last: u32, limit: Target) -> CompactTarget {
    let took = (i64::from(last) - i64::from(first)).clamp(SPAN / MAX_FACTOR, SPAN * MAX_FACTOR);
    // `took` is positive, and so small that the product has room.
    let next = target.widen() * Wide::from(took.unsigned_abs()) / Wide::from(SPAN.unsigned_abs());
    Target::within(next, limit).to_compact()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sound::profile::Profile;

    fn next(bits: &str, first: u32, last: u32) -> String {
        let target = bits.parse::<CompactTarget>().unwrap().decode().unwrap();
        retarget(target, first, last, Profile::Bitcoin.limit()).to_string()
    }

    #[test]
    fn two_weeks_leave_the_target_as_it_was() {
        assert_eq!(next("1b0404cb", 5, 5 + 1_209_600), "1b0404cb");
        assert_eq!(next("1b0404cb", 5, 5 + 604_800), "1b020265");
    }

    #[test]
    fn a_change_is_at_most_fourfold_even_when_times_run_backwards() {
        assert_eq!(next("1b0404cb", 0, 302_400), "1b010132");
        assert_eq!(next("1b0404cb", 0, 0), "1b010132");
        assert_eq!(next("1b0404cb", u32::MAX, 0), "1b010132");
        assert_eq!(next("1b0404cb", 0, 4_838_400), "1b10132c");
        assert_eq!(next("1b0404cb", 0, u32::MAX), "1b10132c");
    }

    #[test]
    fn the_target_stays_between_one_and_the_limit() {
        assert_eq!(next("1d00ffff", 0, 4_838_400), "1d00ffff");
        assert_eq!(next("01010000", 0, 302_400), "01010000");
    }
}
