//! What a transfer pays for its room in a block.

use std::cmp::Ordering;

use crate::sound::{amount::Amount, checked_transfer::CheckedTransfer};

/// A fee for a number of bytes. Rates compare exactly, as fractions.
#[derive(Clone, Copy, Debug)]
pub struct FeeRate {
    fee: Amount,
    /// At least 1.
    bytes: u64,
}

/// Nothing for one byte.
impl Default for FeeRate {
    fn default() -> Self {
        Self { fee: Amount::ZERO, bytes: 1 }
    }
}

impl FeeRate {
    /// What a transfer pays.
    pub fn of(transfer: &CheckedTransfer) -> Self {
        Self { fee: transfer.fee(), bytes: transfer.encoded_len() as u64 }
    }

    /// The whole units for each byte, rounded down.
    pub fn units_per_byte(self) -> u64 {
        self.fee.units() / self.bytes
    }
}

impl Ord for FeeRate {
    fn cmp(&self, other: &Self) -> Ordering {
        let across = |fee: Amount, bytes: u64| u128::from(fee.units()) * u128::from(bytes);
        across(self.fee, other.bytes).cmp(&across(other.fee, self.bytes))
    }
}

impl PartialOrd for FeeRate {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for FeeRate {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for FeeRate {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sound::amount::MAX_MONEY;

    #[test]
    fn rates_compare_as_fractions() {
        let rate = |fee, bytes| FeeRate { fee: Amount::from_units(fee).unwrap(), bytes };
        let most = MAX_MONEY.units();
        assert!(rate(200, 154) > rate(200, 155));
        assert_eq!(rate(154, 154), rate(234, 234));
        assert!(rate(most, 154) < rate(most, 153));
        assert_eq!(rate(307, 154).units_per_byte(), 1);
    }
}
