//! The hash of a block: SHA-256 over its canonical text.

use std::fmt;

use sha2::{Digest, Sha256};

/// The SHA-256 of a block's canonical text; shown as 64 lower-case hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct BlockHash([u8; 32]);

impl BlockHash {
    /// Hashes the canonical text of a block, as `hashlib.sha256(text.encode())` does.
    pub fn of(canonical: &str) -> Self {
        Self::of_bytes(canonical.as_bytes())
    }

    /// As [`BlockHash::of`], from the bytes of the text.
    pub fn of_bytes(canonical: &[u8]) -> Self {
        Self(Sha256::digest(canonical).into())
    }

    /// The 32 bytes of the hash.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Whether `text` is this hash, written the one way that counts: lower case, all 64 digits.
    pub fn is_written(&self, text: &str) -> bool {
        let mut digits = [0_u8; 64];
        hex::encode_to_slice(self.0, &mut digits).is_ok() && digits == text.as_bytes()
    }
}

impl From<[u8; 32]> for BlockHash {
    fn from(bytes: [u8; 32]) -> Self {
        Self(bytes)
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
    fn a_hash_is_shown_and_compared_as_lower_case_hexadecimal() {
        let empty = BlockHash::of("");
        let text = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(empty.to_string(), text);
        assert!(empty.is_written(text));
        assert!(!empty.is_written(&text.to_uppercase()));
        assert!(!empty.is_written(&text[..63]));
        assert!(!empty.is_written(""));
    }
}
