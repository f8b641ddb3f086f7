//! Twelve words that hold all keys of a wallet (BIP 39).

use std::{array, borrow::Cow, fmt, hint::black_box, str::FromStr};

use sha2::{Digest as _, Sha256};
use thiserror::Error;

use super::{hash::TaggedHash, key::SecretKey};

/// How many words a wallet has.
const WORDS: usize = 12;
/// How many bits a word stands for.
const WORD_BITS: usize = 11;
/// How many bytes a text may have: 12 words of 8 letters with 3 bytes each have less than a third of that, and the rest is for
/// blanks. Longer ones are not looked at.
const LONGEST: usize = 1000;

/// The language of the words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// English.
    English,
    /// Simplified Chinese: each word is one character.
    SimplifiedChinese,
}

impl Language {
    fn list(self) -> bip39::Language {
        match self {
            Self::English => bip39::Language::English,
            Self::SimplifiedChinese => bip39::Language::SimplifiedChinese,
        }
    }

    /// Which position in the list of BIP 39 a word has.
    fn find(self, word: &str) -> Option<u16> {
        self.list().find_word(word)
    }

    /// The language that somebody writes: the lists have no word in common.
    fn of(text: &str) -> Self {
        let chinese = |character: char| {
            !character.is_ascii() && Self::SimplifiedChinese.find(character.encode_utf8(&mut [0; 4])).is_some()
        };
        if text.contains(chinese) { Self::SimplifiedChinese } else { Self::English }
    }

    /// The words of a text, as the lists have them.
    fn split(self, text: &str) -> Vec<String> {
        let parts = text.split_whitespace();
        match self {
            Self::English => parts.map(str::to_lowercase).collect(),
            Self::SimplifiedChinese => parts
                .flat_map(
                    |part| if part.is_ascii() { vec![part.into()] } else { part.chars().map(String::from).collect() },
                )
                .collect(),
        }
    }
}

/// Twelve words, which stand for 16 random bytes, the entropy: all keys of a wallet follow from it. Other wallets derive other keys
/// from the same words.
///
/// The entropy is erased when it is dropped, as far as the compiler made no copies.
pub struct Mnemonic {
    language: Language,
    entropy: [u8; 16],
}

impl Mnemonic {
    /// The words for 16 random bytes.
    pub fn from_entropy(entropy: [u8; 16], language: Language) -> Self {
        Self { language, entropy }
    }

    /// The 16 bytes.
    pub fn entropy(&self) -> &[u8; 16] {
        &self.entropy
    }

    /// The language of the words.
    pub fn language(&self) -> Language {
        self.language
    }

    /// The words, to be written down.
    pub fn words(&self) -> [&'static str; WORDS] {
        let list = self.language.list().word_list();
        positions(&self.entropy).map(|position| list[usize::from(position)])
    }

    /// The wallet's own secret key: the first one.
    pub fn first_key(&self) -> SecretKey {
        // Of 2^32 hashes all but about none are keys.
        self.keys().next().unwrap_or_else(|| unreachable!("no hash of the entropy is a key"))
    }

    /// The secret keys, the first one of which is the wallet's own: the tagged hashes of the entropy and of the numbers from 0 on
    /// that are keys (docs/sound-rules.md section 7).
    pub fn keys(&self) -> impl Iterator<Item = SecretKey> + use<> {
        let tagged = TaggedHash::new("BCoin/key").after(self.entropy);
        (0..=u32::MAX).filter_map(move |number| SecretKey::from_bytes(tagged.hash(number.to_be_bytes())).ok())
    }
}

impl Drop for Mnemonic {
    fn drop(&mut self) {
        self.entropy = [0; 16];
        // Without it the compiler may leave out what nobody reads.
        black_box(&self.entropy);
    }
}

/// Does not show the words.
impl fmt::Debug for Mnemonic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Mnemonic")
    }
}

/// Why a text is not the words of a wallet.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum BadWords {
    /// One of the first twelve words is in no list.
    #[error(
        "word {place}, {word:?}, is not one of the 2048 words that BIP 39 has in this language: check how it is spelt"
    )]
    Unknown {
        /// Which word, from 1.
        place: usize,
        /// The word.
        word: String,
    },
    /// The text is longer than twelve words and the blanks between them.
    #[error("a wallet has 12 words, and this text is much longer: enter the 12 words and nothing else")]
    Long,
    /// There are more words than twelve, or fewer.
    #[error("a wallet has 12 words, and these are {0}")]
    Count(usize),
    /// The last bits of the last word do not fit the others.
    #[error("these words do not belong together: one of them is not the right one, or their order is wrong")]
    Checksum,
}

/// Reads words as people write them: with any blanks between them, English ones also in upper case, Chinese ones also without
/// blanks.
impl FromStr for Mnemonic {
    type Err = BadWords;

    fn from_str(text: &str) -> Result<Self, BadWords> {
        if text.len() > LONGEST {
            return Err(BadWords::Long);
        }
        // Other forms of the same characters, such as Latin letters as wide as Chinese ones.
        let mut text = Cow::from(text);
        bip39::Mnemonic::normalize_utf8_cow(&mut text);
        let language = Language::of(&text);
        let words = language.split(&text);
        let mut found = [0; WORDS];
        for ((position, word), place) in found.iter_mut().zip(&words).zip(1..) {
            *position = language.find(word).ok_or_else(|| BadWords::Unknown { place, word: word.clone() })?;
        }
        if words.len() != WORDS {
            return Err(BadWords::Count(words.len()));
        }
        let [first @ .., last] = found;
        let bits = first.iter().fold(0_u128, |bits, position| bits << WORD_BITS | u128::from(*position));
        let mnemonic = Self { language, entropy: (bits << 7 | u128::from(last >> 4)).to_be_bytes() };
        if positions(&mnemonic.entropy) == found { Ok(mnemonic) } else { Err(BadWords::Checksum) }
    }
}

/// The words for these bytes, as positions in a list: 11 bits each, the last one 7 bits and a checksum of 4.
fn positions(entropy: &[u8; 16]) -> [u16; WORDS] {
    let bits = u128::from_be_bytes(*entropy);
    let checksum = u128::from(Sha256::digest(entropy)[0] >> 4);
    array::from_fn(|word| {
        let position = match 128_usize.checked_sub(WORD_BITS * (word + 1)) {
            Some(after) => bits >> after,
            None => bits << 4 | checksum,
        };
        (position & 0x7ff) as u16
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const ENGLISH: &str = "ozone drill grab fiber curtain grace pudding thank cruise elder eight picnic";
    const CHINESE: &str = "蒙 台 脱 纪 构 硫 浆 霉 感 仅 鱼 汤";

    fn read(text: &str) -> Result<[u8; 16], BadWords> {
        text.parse::<Mnemonic>().map(|words| *words.entropy())
    }

    fn unknown(place: usize, word: &str) -> Result<[u8; 16], BadWords> {
        Err(BadWords::Unknown { place, word: word.into() })
    }

    #[test]
    fn both_languages_stand_for_the_same_bytes() {
        let entropy = read(ENGLISH).unwrap();
        assert_eq!(hex::encode(entropy), "9e885d952ad362caeb4efe34a8e91bd2");
        assert_eq!(read(CHINESE), Ok(entropy));
        for (language, text) in [(Language::English, ENGLISH), (Language::SimplifiedChinese, CHINESE)] {
            let mnemonic = Mnemonic::from_entropy(entropy, language);
            assert_eq!(mnemonic.words().join(" "), text);
            assert_eq!(text.parse::<Mnemonic>().unwrap().language(), language);
        }
    }

    #[test]
    fn words_are_read_as_people_write_them() {
        let wide = |character: char| match character {
            'a'..='z' => char::from_u32(u32::from(character) - u32::from('a') + u32::from('ａ')).unwrap(),
            other => other,
        };
        for text in [
            ENGLISH.to_uppercase(),
            ENGLISH.replace("ozone", "Ozone"),
            ENGLISH.replace(' ', " \t\r\n "),
            ENGLISH.replace(' ', "\u{3000}"),
            format!("\n  {ENGLISH}\u{a0}"),
            ENGLISH.chars().map(wide).collect(),
            CHINESE.replace(' ', ""),
            CHINESE.replace(' ', "\u{3000}"),
            CHINESE.replace("构 硫", "构硫\n"),
            format!("  {CHINESE}  "),
        ] {
            assert_eq!(read(&text), read(ENGLISH), "{text:?}");
        }
    }

    #[test]
    fn an_unknown_word_is_named_with_its_place() {
        assert_eq!(read(&ENGLISH.replace("grace", "grase")), unknown(6, "grase"));
        assert_eq!(read(&ENGLISH.replace("picnic", "picnics")), unknown(12, "picnics"));
        assert_eq!(read(&ENGLISH.replace("ozone drill", "ozonedrill")), unknown(1, "ozonedrill"));
        assert_eq!(read("OZONE Drll"), unknown(2, "drll"));
        assert_eq!(read(&CHINESE.replace('纪', "紀")), unknown(4, "紀"));
        assert_eq!(read(&CHINESE.replace('纪', "ozone")), unknown(4, "ozone"));
        assert_eq!(read(&ENGLISH.replace("grab", "蒙")), unknown(1, "ozone"));
        let shown = read(&ENGLISH.replace("grace", "grase")).unwrap_err().to_string();
        assert!(shown.contains("word 6") && shown.contains("grase"), "{shown}");
    }

    #[test]
    fn other_counts_are_refused() {
        assert_eq!(read(""), Err(BadWords::Count(0)));
        assert_eq!(read(" \u{3000} "), Err(BadWords::Count(0)));
        assert_eq!(read(ENGLISH.rsplit_once(' ').unwrap().0), Err(BadWords::Count(11)));
        assert_eq!(read(&format!("{ENGLISH} zoo")), Err(BadWords::Count(13)));
        assert_eq!(read(&format!("{ENGLISH} {ENGLISH}")), Err(BadWords::Count(24)));
        assert_eq!(read(&format!("{CHINESE}的")), Err(BadWords::Count(13)));
    }

    #[test]
    fn a_long_text_is_not_looked_at() {
        for text in ["é".repeat(1 << 18), "a".repeat(1 << 20), CHINESE.repeat(1 << 14), " ".repeat(LONGEST + 1)] {
            assert_eq!(read(&text), Err(BadWords::Long));
        }
        let padded = format!("{ENGLISH}{}", " ".repeat(LONGEST - ENGLISH.len()));
        assert_eq!(read(&padded), read(ENGLISH));
    }

    #[test]
    fn one_last_word_in_16_fits_the_others() {
        for (text, language) in [(ENGLISH, Language::English), (CHINESE, Language::SimplifiedChinese)] {
            let (first, last) = text.rsplit_once(' ').unwrap();
            let fitting: Vec<&str> = language
                .list()
                .word_list()
                .iter()
                .copied()
                .filter(|word| match read(&format!("{first} {word}")) {
                    Ok(_) => true,
                    Err(error) => {
                        assert_eq!(error, BadWords::Checksum);
                        false
                    }
                })
                .collect();
            assert_eq!(fitting.len(), 128);
            assert!(fitting.contains(&last));
        }
        assert_eq!(read(&ENGLISH.replace("ozone drill", "drill ozone")), Err(BadWords::Checksum));
    }

    #[test]
    fn secrets_are_not_shown() {
        assert_eq!(format!("{:?}", ENGLISH.parse::<Mnemonic>().unwrap()), "Mnemonic");
    }

    #[test]
    fn the_keys_of_a_wallet_differ_and_stay() {
        let mnemonic: Mnemonic = ENGLISH.parse().unwrap();
        let keys = || mnemonic.keys().take(20).map(|key| key.public_key()).collect::<Vec<_>>();
        let mut sorted = keys();
        sorted.sort_unstable();
        sorted.dedup();
        assert_eq!(sorted.len(), 20);
        assert_eq!(keys(), keys());
    }

    proptest! {
        #[test]
        fn words_are_those_of_the_library_and_are_read_back(entropy in any::<[u8; 16]>(), english in any::<bool>()) {
            let language = if english { Language::English } else { Language::SimplifiedChinese };
            let words = Mnemonic::from_entropy(entropy, language).words();
            let library = bip39::Mnemonic::from_entropy_in(language.list(), &entropy).unwrap();
            prop_assert!(library.words().eq(words));
            prop_assert_eq!(read(&words.join(" ")), Ok(entropy));
            prop_assert_eq!(read(&words.join("  ").to_uppercase()), Ok(entropy));
        }

        #[test]
        fn any_text_is_read_or_refused(text in any::<String>()) {
            let _ = read(&text);
        }
    }
}
