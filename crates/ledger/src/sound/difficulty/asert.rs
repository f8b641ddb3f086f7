//! ASERT: the target doubles for each half-life that blocks are late, and halves for each that they are early.
//!
//! The specification is aserti3-2d of Bitcoin Cash (2020-11-15-asert). It compares a block with an anchor far behind; the rules
//! of a class compare it with its parent only.

use std::num::NonZeroU32;

use crate::sound::{
    height::Height,
    target::{CompactTarget, Target, Wide},
};

/// Fractions of half-lives are counted in parts of this.
const ONE: i128 = 1 << FRACTION_BITS;
const FRACTION_BITS: u32 = 16;

/// The parameters of an ASERT rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asert {
    /// How many seconds a block shall take.
    pub interval: u32,
    /// So many seconds too late double the target.
    pub half_life: NonZeroU32,
    /// The easiest target.
    pub limit: Target,
}

/// The block that the absolute form measures from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Anchor {
    /// Its height.
    pub height: Height,
    /// The time of its parent: Unix time in seconds.
    pub parent_time: u32,
    /// Its target.
    pub target: Target,
}

impl Asert {
    /// The bits of the next block when its parent has the target `parent` and took `seconds`.
    pub fn relative(&self, parent: Target, seconds: u32) -> CompactTarget {
        self.shifted(parent, i128::from(seconds) - i128::from(self.interval))
    }

    /// The bits of the block after the one with this height and time, measured from an anchor. This is the published form; no
    /// rule of B-Coin uses it, because after a pause it makes up for every block that was not mined.
    pub fn absolute(&self, anchor: &Anchor, height: Height, time: u32) -> CompactTarget {
        let seconds = i128::from(time) - i128::from(anchor.parent_time);
        let blocks = i128::from(height.to_u32()) - i128::from(anchor.height.to_u32()) + 1;
        self.shifted(anchor.target, seconds - i128::from(self.interval) * blocks)
    }

    /// floor(target * 2^(late / half-life)) from 1 to the limit, in compact form; the power by the published approximation.
    fn shifted(&self, target: Target, late: i128) -> CompactTarget {
        // The rule's 64 bits hold every exponent that its parameters allow; 128 hold those of any parameters. The division
        // truncates towards zero.
        let exponent = late * ONE / i128::from(self.half_life.get());
        // From here on downwards: the fraction is never negative.
        let product = target.widen() * Wide::from(factor(exponent.rem_euclid(ONE).unsigned_abs()));
        // The factor is counted in parts as well.
        let shift = exponent.div_euclid(ONE) - i128::from(FRACTION_BITS);
        let places = usize::try_from(shift.unsigned_abs()).unwrap_or(usize::MAX);
        let next = if shift < 0 {
            product >> places
        } else {
            // What loses bits is far beyond the limit.
            product.checked_shl(places).unwrap_or(Wide::MAX)
        };
        Target::within(next, self.limit).to_compact()
    }
}

/// 2^(fraction / 65536) in parts of 65536, for a fraction below 65536, by a polynomial whose error is below 0.013 %.
fn factor(fraction: u128) -> u128 {
    let square = fraction * fraction;
    let sum = 195_766_423_245_049 * fraction + 971_821_376 * square + 5127 * square * fraction + (1 << 47);
    (1 << FRACTION_BITS) + (sum >> 48)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sound::difficulty::classroom::CLASSROOM;

    fn next(bits: &str, seconds: u32) -> String {
        CLASSROOM.relative(bits.parse::<CompactTarget>().unwrap().decode().unwrap(), seconds).to_string()
    }

    #[test]
    fn the_factor_runs_from_one_to_two() {
        assert_eq!((factor(0), factor(65535)), (65536, 131_071));
        for fraction in 0..65536_u128 {
            let exact = 65536.0 * (fraction as f64 / 65536.0).exp2();
            assert!((factor(fraction) as f64 / exact - 1.0).abs() < 0.000_13, "{fraction}");
        }
    }

    #[test]
    fn a_block_in_time_changes_nothing_and_a_half_life_doubles() {
        assert_eq!(next("1e00ffff", 10), "1e00ffff");
        assert_eq!(next("1e007fff", 130), "1e00fffe");
        assert_eq!(next("1e00ffff", 0), "1e00f1a7");
    }

    #[test]
    fn the_target_stays_between_one_and_the_limit_however_wide_the_shift() {
        assert_eq!(next("1e00ffff", u32::MAX), "1f00ffff");
        let eager = Asert { interval: u32::MAX, half_life: NonZeroU32::MIN, ..CLASSROOM };
        assert_eq!(eager.relative(CLASSROOM.limit, 0).to_string(), "01010000");
        let anchor = |height, parent_time| Anchor { height: Height::new(height), parent_time, target: CLASSROOM.limit };
        let hardest = eager.absolute(&anchor(0, u32::MAX), Height::new(u32::MAX), 0);
        assert_eq!(hardest.to_string(), "01010000");
        let easiest = eager.absolute(&anchor(u32::MAX, 0), Height::GENESIS, u32::MAX);
        assert_eq!(easiest.to_string(), "1f00ffff");
    }
}
