//! The name of a wallet, which is the name of its file.

use std::{fmt, str::FromStr};

use thiserror::Error;

/// What an address begins with: no wallet is called like one.
const ADDRESS_PREFIX: &str = "bco1";

/// The name of a wallet.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct WalletName(String);

/// A text is no name of a wallet.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[error(
    "a wallet's name has 1 to {} small letters, digits, - and _, begins with a letter or digit, and does not look like an address",
    WalletName::MAX_LENGTH
)]
pub struct BadWalletName;

impl WalletName {
    /// How many characters a name has at most.
    pub const MAX_LENGTH: usize = 40;

    /// The wallet that is used when none is named.
    pub fn standard() -> Self {
        Self("default".into())
    }

    /// The wallet of the nodes of `bcoin network`.
    pub fn of_network() -> Self {
        Self("network".into())
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for WalletName {
    type Err = BadWalletName;

    fn from_str(text: &str) -> Result<Self, BadWalletName> {
        let is_plain = |character: char| character.is_ascii_lowercase() || character.is_ascii_digit();
        let is_name = (1..=Self::MAX_LENGTH).contains(&text.len())
            && text.chars().all(|character| is_plain(character) || matches!(character, '-' | '_'))
            && text.starts_with(is_plain)
            && !text.starts_with(ADDRESS_PREFIX);
        if is_name { Ok(Self(text.into())) } else { Err(BadWalletName) }
    }
}

impl fmt::Display for WalletName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_the_name_of_a_file_everywhere() {
        for name in ["default", "network", "a", "7b", "ada-2026_11", &"x".repeat(40)] {
            assert_eq!(name.parse::<WalletName>().map(|name| name.to_string()), Ok(name.to_owned()));
        }
        for name in ["", "-a", "_", "Ada", "a b", "a/b", "..", "a.json", "ä", "bco1qq", &"x".repeat(41)] {
            assert_eq!(name.parse::<WalletName>(), Err(BadWalletName), "{name:?}");
        }
    }
}
