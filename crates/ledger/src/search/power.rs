//! How much of the processor mining may take.

use std::{fmt, str::FromStr};

use thiserror::Error;

/// A percentage from 1 to 100 of each core's time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Power(u8);

/// A text is no [`Power`].
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[error("power is a whole percentage from 1 to 100, such as 50")]
pub struct BadPower;

impl Power {
    /// All of it.
    pub const FULL: Self = Self(100);

    /// As a percentage.
    pub const fn percent(self) -> u8 {
        self.0
    }
}

impl FromStr for Power {
    type Err = BadPower;

    fn from_str(text: &str) -> Result<Self, BadPower> {
        match text.parse() {
            Ok(percent @ 1..=100) => Ok(Self(percent)),
            _ => Err(BadPower),
        }
    }
}

/// The percentage, without a sign.
impl fmt::Display for Power {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn power_is_a_percentage_from_1_to_100() {
        for percent in 1..=100 {
            let text = percent.to_string();
            assert_eq!(text.parse::<Power>().map(|power| (power.percent(), power.to_string())), Ok((percent, text)));
        }
        for text in ["0", "101", "256", "-1", "50%", "0.5", "", "half"] {
            assert_eq!(text.parse::<Power>(), Err(BadPower), "{text:?}");
        }
    }
}
