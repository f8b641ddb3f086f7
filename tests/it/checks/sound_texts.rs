//! What people and programs write as texts under the sound rules: addresses, words, targets, ids and profiles.

use std::{
    fmt::Display,
    str::FromStr,
    time::{Duration, Instant},
};

use bcoin_ledger::{
    BlockHash, Work,
    sound::{Address, BadWords, CompactTarget, Language, MerkleRoot, Mnemonic, Profile, PublicKey, Target, Txid},
};
use sha2::{Digest as _, Sha256};

use super::{
    plain_bech32m,
    plain_target::{self, Plain},
};

/// More than any of these texts has.
const LONG: usize = 256 << 10;
/// So long a text that is refused may take at most, on a machine that has much else to do.
const QUICK: Duration = Duration::from_secs(2);

/// Texts are taken exactly when a plain reader takes them, and shown again as they were but for case and blanks. Long ones are
/// refused quickly. The bytes also serve as the content of texts whose checksums are made to fit.
pub fn sound_texts(data: &[u8]) -> bool {
    let groups = std::array::from_fn(|at| data.get(at).copied().unwrap_or_default() & 31);
    let mut taken = check_address(&plain_bech32m::address(&groups));
    if let Some(entropy) = data.first_chunk() {
        check_entropy(*entropy);
    }
    if let Some(bits) = data.first_chunk() {
        taken |= check_bits(u32::from_le_bytes(*bits));
    }
    if let Some(target) = data.first_chunk() {
        check_target(*target);
    }
    if let Ok(text) = str::from_utf8(data) {
        taken |= check_address(text) | check_words(text) | check_names(text);
        check_long(text);
    }
    taken
}

fn check_address(text: &str) -> bool {
    let found = text.parse::<Address>();
    let plain = plain_bech32m::payload(text).and_then(|payload| {
        let key: [u8; 32] = payload[1..].try_into().expect("a payload has 33 bytes");
        PublicKey::from_bytes(key).ok()
    });
    assert_eq!(found.ok().map(Address::key), plain, "{text:?}");
    let Ok(address) = found else { return false };
    assert_eq!(address.to_string(), text.to_ascii_lowercase());
    true
}

fn check_words(text: &str) -> bool {
    let Ok(mnemonic) = text.parse::<Mnemonic>() else { return false };
    let words = mnemonic.words();
    if text.is_ascii() {
        assert_eq!(text.to_lowercase().split_whitespace().collect::<Vec<_>>(), words, "{text:?}");
        assert_eq!(mnemonic.language(), Language::English);
    }
    // Other characters may be other forms of those in the list.
    if text.chars().all(|character| character.is_whitespace() || ('\u{4e00}'..='\u{9fff}').contains(&character)) {
        assert_eq!(text.split_whitespace().collect::<String>(), words.concat(), "{text:?}");
        assert_eq!(mnemonic.language(), Language::SimplifiedChinese);
    }
    check_entropy(*mnemonic.entropy());
    true
}

/// These bytes have words in both languages, which read back however they are written; with another checksum they do not.
fn check_entropy(entropy: [u8; 16]) {
    let bits = u128::from_be_bytes(entropy);
    let checksum = u128::from(Sha256::digest(entropy)[0] >> 4);
    let other_checksum = checksum ^ u128::from(1 + entropy[0] % 15);
    for (language, blank) in [(Language::English, " \t"), (Language::SimplifiedChinese, "")] {
        // The first word stands for the first 11 bits.
        let word = |position: u128| Mnemonic::from_entropy((position << 117).to_be_bytes(), language).words()[0];
        let last = |checksum: u128| word((bits & 0x7f) << 4 | checksum);
        let mut words: Vec<_> = (0..11).map(|at| word(bits >> (117 - 11 * at) & 0x7ff)).collect();
        words.push(last(checksum));
        assert_eq!(Mnemonic::from_entropy(entropy, language).words(), words[..]);
        let text = words.join(blank).to_uppercase();
        let read: Mnemonic = text.parse().unwrap_or_else(|error| panic!("{text:?}: {error}"));
        assert_eq!((read.entropy(), read.language()), (&entropy, language), "{text:?}");
        words[11] = last(other_checksum);
        let text = words.join(" ");
        assert_eq!(text.parse::<Mnemonic>().err(), Some(BadWords::Checksum), "{text:?}");
    }
}

fn check_bits(bits: u32) -> bool {
    let compact = CompactTarget::from_consensus(bits);
    assert_eq!(check_shown(&compact), format!("{bits:08x}"));
    let found = compact.decode().ok();
    let plain = plain_target::target(bits);
    assert_eq!(found.map(|target| Plain::from_be_bytes(&big_endian(target))), plain, "{bits:08x}");
    let Some(target) = found else { return false };
    check_target(target.to_le_bytes());
    true
}

fn check_target(bytes: [u8; 32]) {
    let Some(target) = Target::from_le_bytes(bytes) else {
        assert_eq!(bytes, [0; 32]);
        return;
    };
    assert_eq!(target.to_le_bytes(), bytes);
    let plain = Plain::from_be_bytes(&big_endian(target));
    assert_eq!(target.to_compact().to_consensus(), plain_target::compact(plain), "{target}");
    assert_eq!(target.work(), Work::from_be_bytes(plain_target::work(plain).to_be_bytes()), "{target}");
    let digits: String = big_endian(target).iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(target.to_string(), digits);
}

fn big_endian(target: Target) -> [u8; 32] {
    let mut bytes = target.to_le_bytes();
    bytes.reverse();
    bytes
}

fn check_names(text: &str) -> bool {
    let is_hex = |digits: usize| text.len() == digits && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let lower = text.to_ascii_lowercase();
    let shown = |found: Option<String>, is_right: bool| {
        assert_eq!(found, is_right.then(|| lower.clone()), "{text:?}");
        is_right
    };
    let bits = text.parse::<CompactTarget>().ok();
    let taken = shown(bits.as_ref().map(check_shown), is_hex(8))
        | shown(text.parse::<Txid>().ok().as_ref().map(check_shown), is_hex(64))
        | shown(text.parse::<MerkleRoot>().ok().as_ref().map(check_shown), is_hex(64))
        | shown(text.parse::<BlockHash>().ok().as_ref().map(check_shown), is_hex(64));
    if let Some(bits) = bits {
        check_bits(bits.to_consensus());
    }
    let profile = text.parse::<Profile>().ok();
    assert_eq!(profile.is_some(), ["classroom", "instant", "bitcoin"].contains(&text));
    taken | profile.as_ref().is_some_and(|profile| check_shown(profile) == text)
}

/// What is shown reads back.
fn check_shown<T: Display + FromStr + PartialEq>(value: &T) -> String {
    let shown = value.to_string();
    assert!(shown.parse().ok().as_ref() == Some(value), "{shown} does not read back");
    shown
}

fn check_long(text: &str) {
    if text.is_empty() {
        return;
    }
    let long = text.repeat(LONG.div_ceil(text.len()));
    let begun = Instant::now();
    assert!(long.parse::<Address>().is_err());
    assert!(long.parse::<CompactTarget>().is_err());
    assert!(long.parse::<Txid>().is_err());
    let words = long.parse::<Mnemonic>().expect_err("it is too long");
    assert!(words.to_string().len() < 1000, "a long text has a long refusal");
    let took = begun.elapsed();
    assert!(took < QUICK, "to refuse {text:?} again and again took {took:?}");
}
