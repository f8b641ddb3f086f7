//! Addresses: public keys in the form that people pass on (bech32m, BIP 350).

use std::{fmt, str::FromStr};

use bech32::{
    Bech32m, Hrp,
    primitives::decode::{CharError, CheckedHrpstring, ChecksumError, UncheckedHrpstring, UncheckedHrpstringError},
};
use thiserror::Error;

use super::key::{PublicKey, XOnlyKey};

/// What every address begins with, before the separator `1`.
const PREFIX: Hrp = Hrp::parse_unchecked("bco");
/// The beginning of every address, in lower case.
const BEGINNING: &str = "bco1";
/// How many characters an address has: the beginning, 264 bits and one of padding in groups of 5, and a checksum of 6.
const LENGTH: usize = 4 + 53 + 6;
/// How many characters a text of bech32m may have. Longer ones are not looked at.
const LONGEST: usize = 90;
/// The first byte: what follows is an x-only public key.
const X_ONLY_KEY: u8 = 0;

/// Whom a payment goes to: a public key, shown as 63 characters that begin with `bco1`.
///
/// A mistyped address is noticed: up to four wrong characters always, and others but for one in a billion.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Address(PublicKey);

impl Address {
    /// The key that owns what is paid to the address.
    pub fn key(self) -> PublicKey {
        self.0
    }
}

impl From<PublicKey> for Address {
    fn from(key: PublicKey) -> Self {
        Self(key)
    }
}

/// In lower case.
impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        XOnlyKey::from(self.0).fmt(f)
    }
}

/// The address of a key that was judged before. It is not judged again, which takes longer than to show it.
impl fmt::Display for XOnlyKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut payload = [X_ONLY_KEY; 33];
        payload[1..].copy_from_slice(&self.to_bytes());
        bech32::encode_lower_to_fmt::<Bech32m, _>(f, PREFIX, &payload).map_err(|_| fmt::Error)
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Address({self})")
    }
}

/// Why a text is no address.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum BadAddress {
    /// The text has blanks or line ends.
    #[error("an address has no blanks or line ends, and none before or after it: remove them")]
    Blank,
    /// The text begins otherwise.
    #[error("an address begins with bco1")]
    Prefix,
    /// Something is missing or too much.
    #[error("an address has 63 characters: copy all of it, and nothing else")]
    Length,
    /// A character that no address has.
    #[error("the character {0:?} cannot stand there in an address: copy it again")]
    Character(char),
    /// Lower and upper case together.
    #[error("an address is either all in lower case or all in upper case")]
    MixedCase,
    /// The checksum does not fit.
    #[error("the checksum of the address is wrong, so some characters of it are: copy it again")]
    Checksum,
    /// The checksum is the one of BIP 173.
    #[error("the checksum of the address is that of bech32, and addresses have that of bech32m (BIP 350)")]
    Bech32,
    /// The bit that fills the last group is set.
    #[error("the unused bit at the end of the address is 1, and it has to be 0")]
    Padding,
    /// The first byte stands for something unknown.
    #[error("the address is of a kind that these rules do not know: its first byte is {0}, and it has to be 0")]
    Kind(u8),
    /// The bytes are no public key.
    #[error("the address holds no public key: nobody could spend what is paid to it")]
    Key,
}

/// Upper case is read too.
impl FromStr for Address {
    type Err = BadAddress;

    fn from_str(text: &str) -> Result<Self, BadAddress> {
        if text.len() > LONGEST {
            return Err(BadAddress::Length);
        }
        if text.contains(char::is_whitespace) {
            return Err(BadAddress::Blank);
        }
        let (beginning, rest) = text.split_at_checked(BEGINNING.len()).ok_or(BadAddress::Prefix)?;
        if !beginning.eq_ignore_ascii_case(BEGINNING) {
            return Err(BadAddress::Prefix);
        }
        if text.chars().count() != LENGTH {
            return Err(BadAddress::Length);
        }
        if rest.contains('1') {
            // It would be taken for the separator.
            return Err(BadAddress::Character('1'));
        }
        let decoded = decode(text)?;
        decoded.validate_segwit_padding().map_err(|_| BadAddress::Padding)?;
        let payload: Vec<u8> = decoded.byte_iter().collect();
        let (kind, key) = payload.split_first().ok_or(BadAddress::Length)?;
        if *kind != X_ONLY_KEY {
            return Err(BadAddress::Kind(*kind));
        }
        let key = key.try_into().map_err(|_| BadAddress::Length)?;
        PublicKey::from_bytes(key).map(Self).map_err(|_| BadAddress::Key)
    }
}

/// Reads bech32m with any prefix and of any length.
fn decode(text: &str) -> Result<CheckedHrpstring<'_>, BadAddress> {
    let unchecked = UncheckedHrpstring::new(text).map_err(|error| match error {
        UncheckedHrpstringError::Char(CharError::MixedCase) => BadAddress::MixedCase,
        UncheckedHrpstringError::Char(CharError::InvalidChar(character)) => BadAddress::Character(character),
        _ => BadAddress::Prefix,
    })?;
    unchecked.validate_and_remove_checksum::<Bech32m>().map_err(|error| match error {
        ChecksumError::InvalidResidue(residue) if residue.matches_bech32_checksum() => BadAddress::Bech32,
        ChecksumError::InvalidResidue(_) => BadAddress::Checksum,
        _ => BadAddress::Length,
    })
}

#[cfg(test)]
mod tests {
    use bech32::{Bech32, Checksum, Fe32, primitives::iter::Fe32IterExt as _};
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;
    use crate::sound::key::SecretKey;

    /// The key and the address of alice in the golden data.
    const ALICE: (&str, &str) = (
        "fb864942e7d26cfbd952ad28eb2cb9c357da7a6a7e41d1366a28bfd3d464be23",
        "bco1qracvj2zulfxe77e22kj36evh8p40kn6dflyr5fkdg5tl575vjlzxq73qgk",
    );

    fn refusal(text: &str) -> BadAddress {
        text.parse::<Address>().unwrap_err()
    }

    /// A text with a checksum that fits.
    fn encoded<Ck: Checksum>(prefix: &str, payload: &[u8]) -> String {
        bech32::encode::<Ck>(Hrp::parse_unchecked(prefix), payload).unwrap()
    }

    fn payload(first: u8) -> Vec<u8> {
        let mut payload = vec![first];
        payload.extend(hex::decode(ALICE.0).unwrap());
        payload
    }

    #[test]
    fn a_key_is_shown_as_an_address_and_read_back() {
        let key = PublicKey::from_bytes(hex::decode(ALICE.0).unwrap().try_into().unwrap()).unwrap();
        let address = Address::from(key);
        assert_eq!(address.to_string(), ALICE.1);
        assert_eq!(address.to_string().len(), LENGTH);
        assert_eq!(ALICE.1.parse::<Address>(), Ok(address));
        assert_eq!(ALICE.1.to_uppercase().parse::<Address>(), Ok(address));
        assert_eq!(address.key(), key);
    }

    #[test]
    fn each_way_to_be_no_address_has_its_error() {
        let alice = ALICE.1;
        for text in [format!(" {alice}"), format!("{alice}\n"), format!("{alice}\u{3000}"), alice.replace('v', " ")] {
            assert_eq!(refusal(&text), BadAddress::Blank, "{text:?}");
        }
        for text in ["", "alice", "bco", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", "éé1q", &alice[4..]] {
            assert_eq!(refusal(text), BadAddress::Prefix, "{text:?}");
        }
        for text in [&alice[..62], "bco1", &format!("{alice}q"), &alice.repeat(2), &"a".repeat(1 << 20)] {
            assert_eq!(refusal(text), BadAddress::Length, "{text:?}");
        }
        for (character, from) in [('b', 'v'), ('1', 'l'), ('é', 'v'), ('\0', 'v'), ('i', 'v'), ('o', 'v')] {
            let text = format!("{}{}", &alice[..4], alice[4..].replacen(from, &character.to_string(), 1));
            assert_eq!(refusal(&text), BadAddress::Character(character), "{text:?}");
        }
        assert_eq!(refusal(&alice.replacen('v', "V", 1)), BadAddress::MixedCase);
        assert_eq!(refusal(&alice.replacen("bco", "Bco", 1)), BadAddress::MixedCase);
        assert_eq!(refusal(&alice.replacen("bco", "BCO", 1)), BadAddress::MixedCase);
        assert_eq!(refusal(&encoded::<Bech32>("bco", &payload(0))), BadAddress::Bech32);
        assert_eq!(refusal(&encoded::<Bech32m>("bcr", &payload(0))), BadAddress::Prefix);
        for kind in [1, 2, 0x80, u8::MAX] {
            assert_eq!(refusal(&encoded::<Bech32m>("bco", &payload(kind))), BadAddress::Kind(kind));
        }
        for length in [0, 1, 32, 34, 49] {
            assert_eq!(refusal(&encoded::<Bech32m>("bco", &vec![0; length])), BadAddress::Length, "{length}");
        }
        for byte in [0, u8::MAX] {
            let mut payload = [byte; 33];
            payload[0] = 0;
            assert_eq!(refusal(&encoded::<Bech32m>("bco", &payload)), BadAddress::Key);
        }
    }

    #[test]
    fn a_padding_bit_of_1_is_refused_although_its_checksum_fits() {
        let decoded = decode(ALICE.1).unwrap();
        let mut groups: Vec<Fe32> = decoded.fe32_iter().collect();
        let text =
            |groups: &[Fe32]| -> String { groups.iter().copied().with_checksum::<Bech32m>(&PREFIX).chars().collect() };
        assert_eq!(text(&groups), ALICE.1);
        let last = groups.last_mut().unwrap();
        *last = Fe32::try_from(last.to_u8() | 1).unwrap();
        let text = text(&groups);
        assert!(decode(&text).unwrap().byte_iter().eq(decoded.byte_iter()));
        assert_eq!(refusal(&text), BadAddress::Padding);
    }

    #[test]
    fn every_wrong_character_and_every_exchange_of_two_is_noticed() {
        let alice: Vec<char> = ALICE.1.chars().collect();
        for at in 4..alice.len() {
            for character in "qpzry9x8gf2tvdw0s3jn54khce6mua7l".chars().filter(|character| *character != alice[at]) {
                let mut text = alice.clone();
                text[at] = character;
                assert_eq!(refusal(&text.iter().collect::<String>()), BadAddress::Checksum);
            }
            let mut text = alice.clone();
            text.swap(at, at - 1);
            if text != alice && at > 4 {
                assert_eq!(refusal(&text.iter().collect::<String>()), BadAddress::Checksum);
            }
        }
    }

    #[test]
    fn the_strings_of_bip_350_are_judged_as_it_says() {
        let vectors = include_str!("../../../../tests/vectors/sound/bech32m.json");
        let vectors: Value = serde_json::from_str(vectors).unwrap();
        let valid = vectors["valid"].as_array().unwrap();
        let invalid = vectors["invalid"].as_array().unwrap();
        assert_eq!((valid.len(), invalid.len()), (7, 14));
        for text in valid {
            let text = text.as_str().unwrap();
            assert!(decode(text).is_ok(), "{text}");
            assert!(text.parse::<Address>().is_err(), "{text}");
        }
        for case in invalid {
            let text = case["text"].as_str().unwrap();
            assert!(decode(text).is_err(), "{case}");
            assert!(text.parse::<Address>().is_err(), "{case}");
        }
    }

    /// Texts that are addresses, or nearly.
    fn texts() -> impl Strategy<Value = String> {
        let address = any::<[u8; 32]>()
            .prop_filter_map("a key", |bytes| SecretKey::from_bytes(bytes).ok())
            .prop_map(|key| Address::from(key.public_key()).to_string());
        let payload = prop::collection::vec(any::<u8>(), 32..35)
            .prop_flat_map(|payload| (Just(payload), any::<bool>()))
            .prop_map(|(mut payload, kind)| {
                payload[0] *= u8::from(kind);
                encoded::<Bech32m>("bco", &payload)
            });
        prop_oneof![
            any::<String>(),
            "bco1[02-9ac-hj-np-z]{59}",
            payload.clone(),
            address.clone(),
            address.clone().prop_map(|text| text.to_uppercase()),
            (address, any::<prop::sample::Index>(), any::<char>()).prop_map(|(text, at, character)| {
                let mut text: Vec<char> = text.chars().collect();
                text[at.index(LENGTH)] = character;
                text.into_iter().collect()
            }),
        ]
    }

    proptest! {
        #[test]
        fn a_text_is_refused_or_shown_again_as_it_is_but_for_its_case(text in texts()) {
            if let Ok(address) = text.parse::<Address>() {
                prop_assert_eq!(address.to_string(), text.to_ascii_lowercase());
                prop_assert_eq!(PublicKey::from_bytes(address.key().to_bytes()), Ok(address.key()));
            }
        }

        #[test]
        fn every_key_has_an_address(bytes in any::<[u8; 32]>()) {
            if let Ok(key) = PublicKey::from_bytes(bytes) {
                prop_assert_eq!(Address::from(key).to_string().parse(), Ok(Address::from(key)));
            }
        }
    }
}
