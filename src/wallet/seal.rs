//! Encryption with a passphrase: Argon2id (RFC 9106) makes a key of it, with which ChaCha20-Poly1305 (RFC 8439) encrypts.

use std::{fmt, hint::black_box};

use argon2::{Algorithm, Argon2, Params, Version};
use chacha20poly1305::{
    ChaCha20Poly1305, Key, Nonce,
    aead::{Aead as _, KeyInit as _, Payload},
};

use super::{NoRandomness, random};

/// Memory that one guess at a passphrase takes, in KiB: 19 MiB.
pub(super) const MEMORY_KIB: u32 = 19 << 10;
/// Passes over that memory.
pub(super) const PASSES: u32 = 2;
/// Lanes, which could be computed side by side.
pub(super) const LANES: u32 = 1;

/// A passphrase; erased when it is dropped, as far as the compiler made no copies.
pub struct Passphrase(Vec<u8>);

impl Passphrase {
    /// This text. It is not changed in any way: blanks and letters of other scripts count as they were typed.
    pub fn new(text: String) -> Self {
        Self(text.into_bytes())
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Drop for Passphrase {
    fn drop(&mut self) {
        self.0.fill(0);
        // Without it the compiler may leave out what nobody reads.
        black_box(&self.0);
    }
}

/// Does not show it.
impl fmt::Debug for Passphrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Passphrase")
    }
}

impl PartialEq for Passphrase {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

/// Bytes that were encrypted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Sealed {
    /// What makes the key of a passphrase another one in each file.
    pub(super) salt: [u8; 16],
    /// The nonce of the cipher. The key is used once, so any would do.
    pub(super) nonce: [u8; 12],
    /// The encrypted bytes, with their authentication tag.
    pub(super) ciphertext: Vec<u8>,
}

impl Sealed {
    /// Encrypts `secret`. `beside` is not encrypted, and opening fails when it is another one then.
    ///
    /// # Errors
    /// When the system gives no random numbers.
    pub(super) fn seal(secret: &[u8], beside: &[u8], passphrase: &Passphrase) -> Result<Self, NoRandomness> {
        let (salt, nonce) = (random()?, random()?);
        let payload = Payload { msg: secret, aad: beside };
        // Encrypting fails only beyond 256 GiB.
        let ciphertext = cipher(passphrase, &salt).encrypt(&Nonce::from(nonce), payload).unwrap_or_default();
        Ok(Self { salt, nonce, ciphertext })
    }

    /// What was encrypted; `None` when the passphrase is not the one, or something was changed.
    pub(super) fn open(&self, beside: &[u8], passphrase: &Passphrase) -> Option<Vec<u8>> {
        let payload = Payload { msg: &self.ciphertext, aad: beside };
        cipher(passphrase, &self.salt).decrypt(&Nonce::from(self.nonce), payload).ok()
    }
}

fn cipher(passphrase: &Passphrase, salt: &[u8]) -> ChaCha20Poly1305 {
    let mut key = [0; 32];
    // These parameters and lengths are allowed.
    let params = Params::new(MEMORY_KIB, PASSES, LANES, Some(key.len())).unwrap_or_default();
    let hashed =
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params).hash_password_into(&passphrase.0, salt, &mut key);
    debug_assert!(hashed.is_ok());
    let cipher = ChaCha20Poly1305::new(&Key::from(key));
    key.fill(0);
    black_box(&key);
    cipher
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passphrase(text: &str) -> Passphrase {
        Passphrase::new(text.into())
    }

    #[test]
    fn what_was_sealed_opens_with_the_passphrase_and_with_nothing_else() {
        let sealed = Sealed::seal(b"secret", b"beside", &passphrase("open sesame")).unwrap();
        assert_eq!(sealed.open(b"beside", &passphrase("open sesame")).as_deref(), Some(b"secret".as_slice()));
        assert_eq!(sealed.open(b"beside", &passphrase("Open sesame")), None);
        assert_eq!(sealed.open(b"Beside", &passphrase("open sesame")), None);
        let mut changed = sealed.clone();
        changed.ciphertext[3] ^= 1;
        assert_eq!(changed.open(b"beside", &passphrase("open sesame")), None);
        let again = Sealed::seal(b"secret", b"beside", &passphrase("open sesame")).unwrap();
        assert!(again.salt != sealed.salt && again.nonce != sealed.nonce && again.ciphertext != sealed.ciphertext);
    }

    /// Computed with the reference implementation of Argon2 (argon2-cffi 25.1).
    #[test]
    fn the_key_is_that_of_the_rfc() {
        let mut key = [0; 32];
        let params = Params::new(MEMORY_KIB, PASSES, LANES, Some(32)).unwrap();
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into(b"open sesame", &[7; 16], &mut key)
            .unwrap();
        assert_eq!(hex::encode(key), KEY_OF_OPEN_SESAME);
    }

    const KEY_OF_OPEN_SESAME: &str = "2ce628706d218cc9b556e55b9c25a07a157562936f1c73f75cab34ce789e7706";
}
