//! What a transfer pays for its room in a block.

use std::cmp::Ordering;

use crate::sound::checked_transfer::CheckedTransfer;

/// A fee for a number of bytes. Rates compare exactly, as fractions.
#[derive(Clone, Copy, Debug)]
pub struct FeeRate {
    /// In units.
    fee: u64,
    /// At least 1.
    bytes: u64,
}

/// Nothing for one byte.
impl Default for FeeRate {
    fn default() -> Self {
        Self { fee: 0, bytes: 1 }
    }
}

impl FeeRate {
    /// What a transfer pays.
    pub fn of(transfer: &CheckedTransfer) -> Self {
        Self { fee: transfer.transfer().fee, bytes: transfer.encoded_len() as u64 }
    }

    /// The whole units for each byte, rounded down.
    pub fn units_per_byte(self) -> u64 {
        self.fee / self.bytes
    }
}

impl Ord for FeeRate {
    fn cmp(&self, other: &Self) -> Ordering {
        let across = |fee: u64, bytes: u64| u128::from(fee) * u128::from(bytes);
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

    #[test]
    fn rates_compare_as_fractions() {
        let rate = |fee, bytes| FeeRate { fee, bytes };
        assert!(rate(200, 154) > rate(200, 155));
        assert_eq!(rate(154, 154), rate(234, 234));
        assert!(rate(u64::MAX, 154) < rate(u64::MAX, 153));
        assert_eq!(rate(307, 154).units_per_byte(), 1);
    }
}
