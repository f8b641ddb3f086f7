//! Keys and signatures of BIP 340.

use std::{
    cmp::Ordering,
    fmt,
    hash::{Hash, Hasher},
};

use secp256k1::{Keypair, XOnlyPublicKey, schnorr};
use thiserror::Error;

/// The 32 bytes of a public key, as they came. Whether they are a key is not judged: [`PublicKey::try_from`] does.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct XOnlyKey([u8; 32]);

impl XOnlyKey {
    /// The receiver of the genesis block. It is no key.
    pub const ZERO: Self = Self([0; 32]);

    /// From the bytes of an encoding.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The bytes of the encoding.
    pub const fn to_bytes(self) -> [u8; 32] {
        self.0
    }
}

impl fmt::Debug for XOnlyKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "XOnlyKey({})", hex::encode(self.0))
    }
}

/// 32 bytes are no public key.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[error("these 32 bytes are not a public key: no point of the curve has them as its x coordinate")]
pub struct BadKey;

/// A public key: the x coordinate of a point on the curve secp256k1 (`lift_x` of BIP 340).
#[derive(Clone, Copy)]
pub struct PublicKey {
    key: XOnlyKey,
    /// The point. To find it takes a square root, which verification does not repeat.
    point: XOnlyPublicKey,
}

impl PublicKey {
    /// From the bytes of an encoding.
    ///
    /// # Errors
    /// When they do not lift to a point.
    pub fn from_bytes(bytes: [u8; 32]) -> Result<Self, BadKey> {
        let point = XOnlyPublicKey::from_byte_array(bytes).map_err(|_| BadKey)?;
        Ok(Self { key: XOnlyKey(bytes), point })
    }

    /// The bytes of the encoding.
    pub fn to_bytes(self) -> [u8; 32] {
        self.key.0
    }

    /// Whether the owner of this key has signed this message (BIP 340; a message may have any length).
    pub fn verify(&self, message: &[u8], signature: &Signature) -> bool {
        schnorr::verify(&schnorr::Signature::from_byte_array(signature.0), message, &self.point).is_ok()
    }
}

impl TryFrom<XOnlyKey> for PublicKey {
    type Error = BadKey;

    fn try_from(key: XOnlyKey) -> Result<Self, BadKey> {
        Self::from_bytes(key.0)
    }
}

impl From<PublicKey> for XOnlyKey {
    fn from(key: PublicKey) -> Self {
        key.key
    }
}

// The point follows from the bytes, so they alone are compared.
impl PartialEq for PublicKey {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key
    }
}

impl Eq for PublicKey {}

impl PartialOrd for PublicKey {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for PublicKey {
    fn cmp(&self, other: &Self) -> Ordering {
        self.key.cmp(&other.key)
    }
}

impl Hash for PublicKey {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.key.hash(state);
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({})", hex::encode(self.key.0))
    }
}

/// The 64 bytes of a signature, as they came. [`PublicKey::verify`] judges them.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Signature([u8; 64]);

impl Signature {
    /// From the bytes of an encoding.
    pub const fn from_bytes(bytes: [u8; 64]) -> Self {
        Self(bytes)
    }

    /// The bytes of the encoding.
    pub const fn to_bytes(self) -> [u8; 64] {
        self.0
    }
}

impl fmt::Debug for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Signature({})", hex::encode(self.0))
    }
}

/// 32 bytes are no secret key.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[error(
    "these 32 bytes are not a secret key: they are 0 or not below the order of the group; take 32 new random bytes"
)]
pub struct BadSecretKey;

/// A secret key, by which payments are signed. It is erased when it is dropped, as far as the compiler made no copies.
pub struct SecretKey(Keypair);

impl SecretKey {
    /// From the 32 bytes of the number, the first one the most significant.
    ///
    /// # Errors
    /// When the number is 0 or not below the order of the group.
    pub fn from_bytes(bytes: [u8; 32]) -> Result<Self, BadSecretKey> {
        Keypair::from_secret_bytes(bytes).map(Self).map_err(|_| BadSecretKey)
    }

    /// The key by which others verify.
    pub fn public_key(&self) -> PublicKey {
        let (point, _) = self.0.x_only_public_key();
        PublicKey { key: XOnlyKey(point.to_byte_array()), point }
    }

    /// Signs a message of any length (BIP 340). `aux` are 32 random bytes that protect the secret key against who measures
    /// the machine; the signature is valid whatever they are.
    pub fn sign(&self, message: &[u8], aux: &[u8; 32]) -> Signature {
        Signature(schnorr::sign_with_aux_rand(message, &self.0, aux).to_byte_array())
    }
}

impl Drop for SecretKey {
    fn drop(&mut self) {
        self.0.non_secure_erase();
    }
}

/// Does not show the key.
impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretKey")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The order of the group of secp256k1.
    const ORDER: &str = "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141";

    fn secret(byte: u8) -> SecretKey {
        SecretKey::from_bytes([byte; 32]).unwrap()
    }

    #[test]
    fn bytes_that_do_not_lift_are_no_key() {
        assert_eq!(PublicKey::try_from(XOnlyKey::ZERO), Err(BadKey));
        assert_eq!(PublicKey::from_bytes([0xff; 32]), Err(BadKey));
        let key = secret(1).public_key();
        assert_eq!(PublicKey::try_from(XOnlyKey::from(key)), Ok(key));
        assert_eq!(PublicKey::from_bytes(key.to_bytes()), Ok(key));
    }

    #[test]
    fn about_half_of_all_bytes_lift() {
        let lifting = (0..=u8::MAX).filter(|byte| PublicKey::from_bytes([*byte; 32]).is_ok()).count();
        assert!((100..156).contains(&lifting), "{lifting}");
    }

    #[test]
    fn secret_keys_lie_between_0_and_the_order() {
        let mut order: [u8; 32] = hex::decode(ORDER).unwrap().try_into().unwrap();
        assert_eq!(SecretKey::from_bytes([0; 32]).unwrap_err(), BadSecretKey);
        assert_eq!(SecretKey::from_bytes([0xff; 32]).unwrap_err(), BadSecretKey);
        assert_eq!(SecretKey::from_bytes(order).unwrap_err(), BadSecretKey);
        order[31] -= 1;
        let mut one = [0; 32];
        one[31] = 1;
        let (last, first) = (SecretKey::from_bytes(order).unwrap(), SecretKey::from_bytes(one).unwrap());
        // A key and its negative share the x coordinate.
        assert_eq!(last.public_key(), first.public_key());
    }

    #[test]
    fn a_signature_holds_for_its_key_and_message_alone() {
        let (alice, bob) = (secret(1), secret(2));
        let signature = alice.sign(b"pay", &[7; 32]);
        assert!(alice.public_key().verify(b"pay", &signature));
        assert!(!alice.public_key().verify(b"pay ", &signature));
        assert!(!bob.public_key().verify(b"pay", &signature));
        for bit in 0..512 {
            let mut bytes = signature.to_bytes();
            bytes[bit / 8] ^= 1 << (bit % 8);
            assert!(!alice.public_key().verify(b"pay", &Signature::from_bytes(bytes)), "bit {bit}");
        }
    }

    #[test]
    fn a_key_that_was_read_verifies_as_the_one_that_was_made() {
        let alice = secret(1);
        let read = PublicKey::from_bytes(alice.public_key().to_bytes()).unwrap();
        assert!(read.verify(b"", &alice.sign(b"", &[0; 32])));
    }

    #[test]
    fn keys_are_compared_by_their_bytes() {
        let mut keys: Vec<PublicKey> = (1..20).map(|byte| secret(byte).public_key()).collect();
        keys.sort_unstable();
        assert!(keys.is_sorted_by_key(|key| key.to_bytes()));
        let mut bytes: Vec<XOnlyKey> = keys.iter().map(|key| (*key).into()).collect();
        bytes.sort_unstable();
        assert!(bytes.iter().map(|key| key.to_bytes()).eq(keys.iter().map(|key| key.to_bytes())));
    }

    #[test]
    fn secrets_are_not_shown() {
        assert_eq!(format!("{:?}", secret(1)), "SecretKey");
    }
}
