//! Names of blocks.

use std::{fmt, str::FromStr};

use sha2::{Digest, Sha256};
use thiserror::Error;

/// The hash of a block; shown as 64 lower-case hexadecimal digits.
///
/// The bytes stand in the order in which they are shown. Rules that show a hash with its bytes reversed, as Bitcoin does,
/// reverse them where they hash and where they encode: [`BlockHash::from_hashed`], [`BlockHash::to_hashed`].
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct BlockHash([u8; 32]);

impl BlockHash {
    /// What stands for the parent of a first block.
    pub const ZERO: Self = Self([0; 32]);

    /// The SHA-256 of these bytes.
    pub fn sha256(bytes: impl AsRef<[u8]>) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// From the bytes of a hash that is shown with them reversed.
    pub fn from_hashed(mut bytes: [u8; 32]) -> Self {
        bytes.reverse();
        Self(bytes)
    }

    /// The bytes of a hash that is shown with them reversed, as they were hashed.
    pub fn to_hashed(self) -> [u8; 32] {
        let mut bytes = self.0;
        bytes.reverse();
        bytes
    }

    /// The 32 bytes of the hash, in the order in which they are shown.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Reads the hash that `text` shows in the one way that counts where hashes are compared as texts: lower case, all 64
    /// digits.
    pub fn from_lower_hex(text: &[u8]) -> Option<Self> {
        let digits: &[u8; 64] = text.try_into().ok()?;
        let (pairs, _) = digits.as_chunks::<2>();
        // Every stored block passes here at each start: one look at a table for each digit, and one at the outcome.
        let mut valid = 0;
        let bytes = std::array::from_fn(|at| {
            let [high, low] = pairs[at].map(|digit| DIGITS[usize::from(digit)]);
            valid |= high | low;
            high << 4 | low & 0xf
        });
        (valid & NO_DIGIT == 0).then_some(Self(bytes))
    }
}

/// Set in the value of what is no digit.
const NO_DIGIT: u8 = 0x80;

/// The values of the lower-case hexadecimal digits.
const DIGITS: [u8; 256] = {
    let mut digits = [NO_DIGIT; 256];
    let mut value = 0;
    while value < 16 {
        digits[b"0123456789abcdef"[value] as usize] = value as u8;
        value += 1;
    }
    digits
};

impl From<[u8; 32]> for BlockHash {
    fn from(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }
}

/// A text is no hash.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[error("a hash has 64 hexadecimal digits")]
pub struct BadHash;

/// Upper-case digits are read too.
impl FromStr for BlockHash {
    type Err = BadHash;

    fn from_str(text: &str) -> Result<Self, BadHash> {
        Self::from_lower_hex(text.to_ascii_lowercase().as_bytes()).ok_or(BadHash)
    }
}

impl fmt::Display for BlockHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for BlockHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BlockHash({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_is_shown_as_lower_case_hexadecimal_and_read_back() {
        let empty = BlockHash::sha256("");
        let text = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(empty.to_string(), text);
        assert_eq!(text.parse(), Ok(empty));
        assert_eq!(text.to_uppercase().parse(), Ok(empty));
        assert_eq!(BlockHash::from_lower_hex(text.as_bytes()), Some(empty));
        for other in [&text.to_uppercase(), &text[..63], "", &text.replace('e', "g")] {
            assert_eq!(BlockHash::from_lower_hex(other.as_bytes()), None, "{other}");
        }
        assert_eq!(text[..63].parse::<BlockHash>(), Err(BadHash));
    }
}
