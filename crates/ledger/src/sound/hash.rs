//! The hashes of the sound rules, and what they name besides blocks.

use std::{fmt, str::FromStr};

use sha2::{Digest as _, Sha256};

use crate::hash::{BadHash, BlockHash};

/// The SHA-256 of the SHA-256 of these bytes (`H` in docs/sound-rules.md).
pub fn double_sha256(bytes: impl AsRef<[u8]>) -> [u8; 32] {
    Sha256::digest(Sha256::digest(bytes)).into()
}

/// A hash for one purpose: SHA256(SHA256(tag) || SHA256(tag) || message), as in BIP 340. Its beginning is the same for all
/// messages, and is hashed once.
#[derive(Clone, Debug)]
pub struct TaggedHash(Sha256);

impl TaggedHash {
    /// The hash with this tag.
    pub fn new(tag: &str) -> Self {
        let tag = Sha256::digest(tag);
        Self(Sha256::new().chain_update(tag).chain_update(tag))
    }

    /// The same hash, of messages that begin with these bytes.
    #[must_use]
    pub fn after(&self, beginning: impl AsRef<[u8]>) -> Self {
        Self(self.0.clone().chain_update(beginning))
    }

    /// The hash of a message.
    pub fn hash(&self, message: impl AsRef<[u8]>) -> [u8; 32] {
        self.0.clone().chain_update(message).finalize().into()
    }
}

macro_rules! hash_type {
    ($(#[$about:meta])* $name:ident) => {
        $(#[$about])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name([u8; 32]);

        impl $name {
            /// From the bytes as they are hashed.
            pub const fn from_hashed(bytes: [u8; 32]) -> Self {
                Self(bytes)
            }

            /// The bytes as they are hashed.
            pub const fn to_hashed(self) -> [u8; 32] {
                self.0
            }
        }

        /// 64 hexadecimal digits, the bytes reversed.
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                BlockHash::from_hashed(self.0).fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self)
            }
        }

        /// Reads what is shown; upper-case digits too.
        impl FromStr for $name {
            type Err = BadHash;

            fn from_str(text: &str) -> Result<Self, BadHash> {
                text.parse::<BlockHash>().map(|hash| Self(hash.to_hashed()))
            }
        }
    };
}

hash_type! {
    /// The id of a transaction: the hash of its whole encoding.
    Txid
}

hash_type! {
    /// The root of a Merkle tree over the ids of a block's transactions.
    MerkleRoot
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_are_shown_reversed() {
        let id = Txid::from_hashed(std::array::from_fn(|at| at as u8));
        let shown = "1f1e1d1c1b1a191817161514131211100f0e0d0c0b0a09080706050403020100";
        assert_eq!(id.to_string(), shown);
        assert_eq!(shown.parse(), Ok(id));
        assert_eq!("00".parse::<Txid>(), Err(BadHash));
        assert_eq!(BlockHash::from_hashed(id.to_hashed()).to_string(), shown);
        assert_eq!(BlockHash::from_hashed(id.to_hashed()).to_hashed(), id.to_hashed());
    }

    #[test]
    fn a_tagged_hash_begins_with_its_tag_twice() {
        let tag = Sha256::digest("BCoin/key");
        let plain: [u8; 32] = Sha256::digest([&tag[..], &tag[..], b"message"].concat()).into();
        assert_eq!(TaggedHash::new("BCoin/key").hash("message"), plain);
        assert_eq!(TaggedHash::new("BCoin/key").after("mess").hash("age"), plain);
    }
}
