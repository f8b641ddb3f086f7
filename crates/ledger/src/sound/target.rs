//! Targets, and Bitcoin's compact form of them.

use std::{fmt, str::FromStr};

use ruint::{Uint, aliases::U256};
use thiserror::Error;

use crate::{hash::BlockHash, tip::Work};

/// A number that a product of a target and a factor below 2^64 fits.
pub(super) type Wide = Uint<320, 5>;

/// The largest number that the hash of a block may be: at least 1, at most 2^256 - 1.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Target(U256);

impl Target {
    /// The target whose highest 64 bits are these, not all zero, and whose other bits are zero.
    pub(super) const fn from_highest(bits: u64) -> Self {
        debug_assert!(bits != 0);
        Self(U256::from_limbs([0, 0, 0, bits]))
    }

    /// The target closest to `number` from 1 to `limit`.
    pub(super) fn within(number: Wide, limit: Self) -> Self {
        Self(number.saturating_to::<U256>().clamp(U256::ONE, limit.0))
    }

    /// The same number, with room for products.
    pub(super) fn widen(self) -> Wide {
        Wide::from(self.0)
    }

    /// From 32 little-endian bytes; `None` when all are zero.
    pub fn from_le_bytes(bytes: [u8; 32]) -> Option<Self> {
        let number = U256::from_le_bytes(bytes);
        (!number.is_zero()).then_some(Self(number))
    }

    /// As 32 little-endian bytes: the order of the bytes of a hash as they are hashed.
    pub fn to_le_bytes(self) -> [u8; 32] {
        self.0.to_le_bytes()
    }

    /// The compact form of the largest target that has one and is not above this one. It reads back as a target.
    pub fn to_compact(self) -> CompactTarget {
        let mut size = self.0.byte_len();
        let mut mantissa: u32 = match size {
            0..=3 => self.0.wrapping_to::<u32>() << (8 * (3 - size)),
            _ => (self.0 >> (8 * (size - 3))).wrapping_to(),
        };
        // The highest bit of the mantissa is its sign.
        if mantissa & CompactTarget::SIGN != 0 {
            mantissa >>= 8;
            size += 1;
        }
        CompactTarget((size as u32) << 24 | mantissa)
    }

    /// Whether a block with this hash has done the work.
    pub fn is_met_by(self, hash: BlockHash) -> bool {
        U256::from_be_bytes(*hash.as_bytes()) <= self.0
    }

    /// How many hashes it takes on average to find one that meets the target: floor(2^256 / (target + 1)), as in Bitcoin.
    pub fn work(self) -> Work {
        // 2^256 itself has no room: 2^256 / n = (2^256 - n) / n + 1.
        match self.0.checked_add(U256::ONE) {
            Some(divisor) => Work::from(!self.0 / divisor + U256::ONE),
            None => Work::from(1),
        }
    }
}

/// 64 hexadecimal digits.
impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:064x}", self.0)
    }
}

impl fmt::Debug for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Target({self})")
    }
}

/// A target in the four bytes of a header (`bits`). Not every value stands for a target.
///
/// The highest byte counts the bytes of the number, and the three others are its highest ones; the highest bit of these is a
/// sign.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct CompactTarget(u32);

impl CompactTarget {
    /// The sign.
    const SIGN: u32 = 0x0080_0000;
    /// The highest bytes of the number.
    const MANTISSA: u32 = 0x007f_ffff;

    /// From the number that a header holds.
    pub const fn from_consensus(bits: u32) -> Self {
        Self(bits)
    }

    /// The number that a header holds.
    pub const fn to_consensus(self) -> u32 {
        self.0
    }

    /// The target that these bits stand for. Several bits may stand for the same one.
    ///
    /// # Errors
    /// When they stand for none, by the rules of Bitcoin Core.
    pub fn decode(self) -> Result<Target, BadTarget> {
        let size = self.0 >> 24;
        let mantissa = self.0 & Self::MANTISSA;
        // The bytes of the mantissa that a short number does not have are dropped before anything is judged.
        let (mantissa, shift) = match size {
            0..=3 => (mantissa >> (8 * (3 - size)), 0),
            _ => (mantissa, 8 * (size - 3)),
        };
        if mantissa == 0 {
            return Err(BadTarget::Zero);
        }
        if self.0 & Self::SIGN != 0 {
            return Err(BadTarget::Negative);
        }
        U256::from(mantissa).checked_shl(shift as usize).map(Target).ok_or(BadTarget::Overflow)
    }
}

/// 8 hexadecimal digits.
impl fmt::Display for CompactTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:08x}", self.0)
    }
}

impl fmt::Debug for CompactTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CompactTarget({self})")
    }
}

/// Reads what is shown; upper-case digits too.
impl FromStr for CompactTarget {
    type Err = BadBits;

    fn from_str(text: &str) -> Result<Self, BadBits> {
        let mut bytes = [0; 4];
        hex::decode_to_slice(text, &mut bytes).map_err(|_| BadBits)?;
        Ok(Self(u32::from_be_bytes(bytes)))
    }
}

/// Why bits stand for no target.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum BadTarget {
    /// No hash could meet it.
    #[error("the bits stand for zero, and a target is at least 1")]
    Zero,
    /// The sign is set.
    #[error("the bits stand for a negative number, and a target is at least 1")]
    Negative,
    /// A hash has 256 bits.
    #[error("the bits stand for a number of more than 256 bits, and a target has at most 256")]
    Overflow,
}

/// A text is no compact target.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[error("bits have 8 hexadecimal digits")]
pub struct BadBits;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn target(bits: u32) -> Target {
        CompactTarget(bits).decode().unwrap()
    }

    #[test]
    fn bits_without_a_target_say_why() {
        for (bits, error) in [
            (0x0000_0000, BadTarget::Zero),
            (0x0080_0000, BadTarget::Zero),
            (0x0200_00ff, BadTarget::Zero),
            (0xff00_0000, BadTarget::Zero),
            (0x01fe_dcba, BadTarget::Negative),
            (0x1d80_0001, BadTarget::Negative),
            (0xffff_ffff, BadTarget::Negative),
            (0x2101_0000, BadTarget::Overflow),
            (0x2200_0100, BadTarget::Overflow),
            (0x2300_0001, BadTarget::Overflow),
            (0xff7f_ffff, BadTarget::Overflow),
        ] {
            assert_eq!(CompactTarget(bits).decode(), Err(error), "{bits:08x}");
        }
    }

    #[test]
    fn a_hash_meets_a_target_up_to_the_target_itself() {
        let target = target(0x1d00_ffff);
        let hash = |text: &str| format!("{text:0<64}").parse::<BlockHash>().unwrap();
        assert!(target.is_met_by(hash("00000000ffff")));
        assert!(target.is_met_by(BlockHash::ZERO));
        assert!(!target.is_met_by("00000000ffff0000000000000000000000000000000000000000000000000001".parse().unwrap()));
        assert_eq!(target.to_string(), hash("00000000ffff").to_string());
        assert_eq!(target.to_le_bytes(), hash("00000000ffff").to_hashed());
    }

    #[test]
    fn the_largest_target_needs_one_hash() {
        assert_eq!(Target(U256::MAX).work(), Work::from(1));
        assert_eq!(Target(U256::MAX - U256::ONE).work(), Work::from(1));
        assert_eq!(Target(U256::MAX >> 1).work(), Work::from(2));
        assert_eq!(Target(U256::ONE).work(), Work::from(U256::ONE << 255));
        assert_eq!(Target(U256::MAX).to_compact(), CompactTarget(0x2100_ffff));
    }

    #[test]
    fn bits_are_shown_as_eight_digits_and_read_back() {
        let bits = CompactTarget(0x0100_34ef);
        assert_eq!(bits.to_string(), "010034ef");
        assert_eq!("010034EF".parse(), Ok(bits));
        for other in ["", "10034ef", "0010034ef", "+10034ef", "0x0034ef", "010034eg", "0100é3"] {
            assert_eq!(other.parse::<CompactTarget>(), Err(BadBits), "{other}");
        }
    }

    #[test]
    fn numbers_are_brought_within_the_limit() {
        let limit = target(0x1d00_ffff);
        assert_eq!(Target::within(Wide::ZERO, limit), Target(U256::ONE));
        assert_eq!(Target::within(Wide::MAX, limit), limit);
        assert_eq!(Target::within(target(0x1c00_ffff).widen(), limit), target(0x1c00_ffff));
        assert_eq!(Target::from_highest(0xffff_0000), limit);
    }

    proptest! {
        #[test]
        fn the_compact_form_rounds_down_and_is_stable(bytes: [u8; 32], zeros in 0..32_usize) {
            let mut bytes = bytes;
            bytes[32 - zeros..].fill(0);
            let Some(target) = Target::from_le_bytes(bytes) else { return Ok(()) };
            let compact = target.to_compact();
            let back = compact.decode().unwrap();
            prop_assert!(back <= target);
            prop_assert_eq!(back.to_compact(), compact);
            // Nothing between the two has a compact form: at least 15 bits are kept.
            prop_assert!(target.0 - back.0 <= target.0 >> 15);
        }

        #[test]
        fn an_easier_target_needs_no_more_work(one: [u8; 32], other: [u8; 32]) {
            let (Some(one), Some(other)) = (Target::from_le_bytes(one), Target::from_le_bytes(other)) else {
                return Ok(());
            };
            let (hard, easy) = (one.min(other), one.max(other));
            prop_assert!(hard.work() >= easy.work());
        }
    }
}
