//! Amounts of money.

use std::{fmt, str::FromStr};

use thiserror::Error;

/// How many units one coin has.
pub const COIN: u64 = 100_000_000;
/// How many decimals an amount of coins has at most.
const DECIMALS: usize = 8;
/// The most units that can ever be: 21 million coins.
pub const MAX_MONEY: Amount = Amount(21_000_000 * COIN);

/// An amount of money in units, from 0 to [`MAX_MONEY`].
///
/// No sum of money in a chain is above that, so that the operations that saturate are exact. Only where a store is damaged would
/// they not be, and the check of the store finds that.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Amount(u64);

impl Amount {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// This many units; `None` when there cannot be so many.
    pub const fn from_units(units: u64) -> Option<Self> {
        if units <= MAX_MONEY.0 { Some(Self(units)) } else { None }
    }

    /// This many units as something that was judged says, or [`MAX_MONEY`] where there cannot be so many.
    pub(super) const fn saturating(units: u64) -> Self {
        if units <= MAX_MONEY.0 { Self(units) } else { MAX_MONEY }
    }

    /// As a number of units.
    pub const fn units(self) -> u64 {
        self.0
    }

    /// The sum; `None` when there cannot be so much.
    pub fn checked_add(self, other: Self) -> Option<Self> {
        // Two amounts are far below 2^64 together.
        Self::from_units(self.0 + other.0)
    }

    /// What is left; `None` when the other amount is larger.
    pub fn checked_sub(self, other: Self) -> Option<Self> {
        self.0.checked_sub(other.0).map(Self)
    }

    /// The sum, or [`MAX_MONEY`] where there cannot be so much.
    #[must_use]
    pub fn saturating_add(self, other: Self) -> Self {
        // Two amounts are far below 2^64 together.
        Self::saturating(self.0 + other.0)
    }

    /// What is left, or nothing where the other amount is larger.
    #[must_use]
    pub fn saturating_sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

/// In coins, with as many decimals as it takes.
impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (coins, units) = (self.0 / COIN, self.0 % COIN);
        if units == 0 {
            return write!(f, "{coins}");
        }
        let decimals = format!("{units:08}");
        write!(f, "{coins}.{}", decimals.trim_end_matches('0'))
    }
}

/// A text is no amount of coins.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum BadCoins {
    /// It is no number as amounts are written.
    #[error("an amount is a number of coins such as 3 or 0.25, with at most 8 decimals")]
    Form,
    /// There will never be so many.
    #[error("there are never more than 21000000 coins")]
    TooMany,
}

/// Reads coins, exactly: digits, and a point with up to 8 decimals.
impl FromStr for Amount {
    type Err = BadCoins;

    fn from_str(text: &str) -> Result<Self, BadCoins> {
        let (coins, decimals) = match text.split_once('.') {
            Some((coins, decimals)) if !decimals.is_empty() => (coins, decimals),
            Some(_) => return Err(BadCoins::Form),
            None => (text, ""),
        };
        let are_digits = |text: &str| text.bytes().all(|digit| digit.is_ascii_digit());
        if coins.is_empty() || !are_digits(coins) || !are_digits(decimals) || decimals.len() > DECIMALS {
            return Err(BadCoins::Form);
        }
        // Only a number that is too long cannot be read now.
        let units = format!("{coins}{decimals:0<DECIMALS$}").parse().map_err(|_| BadCoins::TooMany)?;
        Self::from_units(units).ok_or(BadCoins::TooMany)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_stay_within_all_the_money_there_can_be() {
        let most = 2_100_000_000_000_000;
        assert_eq!(MAX_MONEY.units(), most);
        assert_eq!(Amount::from_units(most), Some(MAX_MONEY));
        assert_eq!(Amount::from_units(most + 1), None);
        assert_eq!(Amount::from_units(u64::MAX), None);
        let one = Amount(1);
        assert_eq!(MAX_MONEY.checked_add(one), None);
        assert_eq!(Amount(most - 1).checked_add(one), Some(MAX_MONEY));
        assert_eq!(Amount::ZERO.checked_sub(one), None);
        assert_eq!(MAX_MONEY.checked_sub(one), Some(Amount(most - 1)));
    }

    #[test]
    fn what_cannot_be_is_the_nearest_amount_that_can() {
        let (one, almost) = (Amount(1), Amount(MAX_MONEY.0 - 1));
        for (units, expected) in
            [(0, 0), (MAX_MONEY.0, MAX_MONEY.0), (MAX_MONEY.0 + 1, MAX_MONEY.0), (u64::MAX, MAX_MONEY.0)]
        {
            assert_eq!(Amount::saturating(units), Amount(expected), "{units}");
        }
        assert_eq!(almost.saturating_add(one), MAX_MONEY);
        assert_eq!(almost.saturating_add(Amount(2)), MAX_MONEY);
        assert_eq!(MAX_MONEY.saturating_add(MAX_MONEY), MAX_MONEY);
        assert_eq!(MAX_MONEY.saturating_sub(one), almost);
        assert_eq!(one.saturating_sub(Amount(2)), Amount::ZERO);
    }

    #[test]
    fn amounts_are_shown_in_coins() {
        for (units, shown) in
            [(0, "0"), (1, "0.00000001"), (150_000_000, "1.5"), (21 * COIN, "21"), (COIN + 10, "1.0000001")]
        {
            assert_eq!(Amount(units).to_string(), shown);
        }
    }

    #[test]
    fn coins_are_read_exactly() {
        for (text, units) in [
            ("0", 0),
            ("1", 100_000_000),
            ("0.25", 25_000_000),
            ("0.00000001", 1),
            ("21000000.00000000", MAX_MONEY.units()),
            ("007.5", 750_000_000),
        ] {
            assert_eq!(text.parse(), Ok(Amount(units)), "{text}");
        }
        for text in ["", ".", "1.", ".5", "-1", "+1", "1e3", "1,5", "1 ", "0x1", "0.000000001", "\u{661}"] {
            assert_eq!(text.parse::<Amount>(), Err(BadCoins::Form), "{text}");
        }
        for text in ["21000000.00000001", "21000001", "99999999999999999999999"] {
            assert_eq!(text.parse::<Amount>(), Err(BadCoins::TooMany), "{text}");
        }
    }
}
