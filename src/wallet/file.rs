//! The file of a wallet: JSON with the words, or with the encrypted entropy, and a checksum that tells damage from a wrong
//! passphrase.

use bcoin_ledger::sound::{Address, BadAddress, BadWords, Language, Mnemonic};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use thiserror::Error;

use super::{
    NoRandomness, Wallet,
    seal::{LANES, MEMORY_KIB, PASSES, Passphrase, Sealed},
};

/// The format that this program writes and reads.
const FORMAT: u32 = 1;
/// The longest file that is read, in bytes.
pub(super) const MAX_FILE_BYTES: u64 = 64 << 10;

/// What a file holds.
#[derive(Clone, Debug)]
pub struct WalletFile {
    shape: Shape,
    address: Address,
}

/// The file as it is written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Shape {
    format: u32,
    /// The address of the wallet's own key, the first one.
    address: String,
    language: LanguageName,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    words: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    encrypted: Option<Encrypted>,
    /// SHA-256 of the other fields.
    checksum: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum LanguageName {
    English,
    Chinese,
}

/// The entropy, encrypted, and how.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Encrypted {
    kdf: String,
    memory_kib: u32,
    passes: u32,
    lanes: u32,
    salt: String,
    cipher: String,
    nonce: String,
    ciphertext: String,
}

const KDF: &str = "argon2id";
const CIPHER: &str = "chacha20-poly1305";

/// A file is no wallet that this program can use.
#[derive(Debug, Error)]
pub enum FileError {
    /// It is no JSON of this shape.
    #[error("it is no wallet of this program: {0}")]
    Shape(serde_json::Error),
    /// It is of a later program.
    #[error("it has the format {0}, which this program does not know")]
    Format(u32),
    /// A byte of it has changed.
    #[error("it is damaged: its checksum does not fit; restore the wallet from its words")]
    Checksum,
    /// It is intact, but what it says cannot be.
    #[error("it contradicts itself: {0}")]
    Content(String),
}

/// A wallet cannot be opened.
#[derive(Debug, Error)]
pub enum OpenError {
    /// The file is encrypted, and no passphrase was given.
    #[error("this wallet has a passphrase")]
    NeedsPassphrase,
    /// The passphrase is another one.
    #[error("that is not the passphrase of this wallet")]
    WrongPassphrase,
    /// The words in it cannot be used.
    #[error("the words in its file cannot be used: {0}")]
    Words(#[from] BadWords),
    /// The keys are not those of the address beside them.
    #[error("its file holds the keys of another address")]
    OtherAddress,
}

impl From<BadAddress> for FileError {
    fn from(error: BadAddress) -> Self {
        Self::Content(error.to_string())
    }
}

impl Shape {
    /// All that stands beside the secret, in one order.
    fn beside(&self) -> Vec<u8> {
        format!("{}\n{}\n{:?}", self.format, self.address, self.language).into_bytes()
    }

    fn right_checksum(&self) -> String {
        let without = Self { checksum: String::new(), ..self.clone() };
        // A struct of texts and numbers can always be written.
        hex::encode(Sha256::digest(serde_json::to_vec(&without).unwrap_or_default()))
    }
}

impl WalletFile {
    /// The file of a wallet, encrypted when there is a passphrase.
    ///
    /// # Errors
    /// When the system gives no random numbers.
    pub fn new(wallet: &Wallet, passphrase: Option<&Passphrase>) -> Result<Self, NoRandomness> {
        let mnemonic = wallet.mnemonic();
        let language = match mnemonic.language() {
            Language::English => LanguageName::English,
            Language::SimplifiedChinese => LanguageName::Chinese,
        };
        let address = own_address(mnemonic);
        let mut shape = Shape {
            format: FORMAT,
            address: address.to_string(),
            language,
            words: None,
            encrypted: None,
            checksum: String::new(),
        };
        match passphrase {
            None => shape.words = Some(mnemonic.words().join(" ")),
            Some(passphrase) => {
                let sealed = Sealed::seal(mnemonic.entropy(), &shape.beside(), passphrase)?;
                shape.encrypted = Some(Encrypted {
                    kdf: KDF.into(),
                    memory_kib: MEMORY_KIB,
                    passes: PASSES,
                    lanes: LANES,
                    salt: hex::encode(sealed.salt),
                    cipher: CIPHER.into(),
                    nonce: hex::encode(sealed.nonce),
                    ciphertext: hex::encode(sealed.ciphertext),
                });
            }
        }
        shape.checksum = shape.right_checksum();
        Ok(Self { shape, address })
    }

    /// Reads the text of a file.
    ///
    /// # Errors
    /// When it is no wallet, or a changed one.
    pub fn read(text: &[u8]) -> Result<Self, FileError> {
        let shape: Shape = serde_json::from_slice(text).map_err(FileError::Shape)?;
        if shape.format != FORMAT {
            return Err(FileError::Format(shape.format));
        }
        if shape.checksum != shape.right_checksum() {
            return Err(FileError::Checksum);
        }
        if shape.words.is_some() == shape.encrypted.is_some() {
            return Err(FileError::Content("a wallet has either words or an encrypted part".into()));
        }
        if let Some(encrypted) = &shape.encrypted {
            let found = (encrypted.kdf.as_str(), encrypted.memory_kib, encrypted.passes, encrypted.lanes);
            if (found, encrypted.cipher.as_str()) != ((KDF, MEMORY_KIB, PASSES, LANES), CIPHER) {
                return Err(FileError::Content("it is encrypted in a way that this program does not know".into()));
            }
        }
        let address = shape.address.parse()?;
        Ok(Self { shape, address })
    }

    /// The text of the file.
    pub fn text(&self) -> String {
        // A struct of texts and numbers can always be written.
        serde_json::to_string_pretty(&self.shape).unwrap_or_default() + "\n"
    }

    /// The address of the wallet's own key.
    pub fn address(&self) -> Address {
        self.address
    }

    /// Whether it takes a passphrase to open it.
    pub fn is_encrypted(&self) -> bool {
        self.shape.encrypted.is_some()
    }

    /// The wallet. Takes about 50 ms when it is encrypted.
    ///
    /// # Errors
    /// When the passphrase is missing or wrong, or the keys are not those of the address.
    pub fn open(&self, passphrase: Option<&Passphrase>) -> Result<Wallet, OpenError> {
        let mnemonic = match (&self.shape.encrypted, passphrase) {
            (None, _) => self.shape.words.as_deref().unwrap_or_default().parse()?,
            (Some(_), None) => return Err(OpenError::NeedsPassphrase),
            (Some(encrypted), Some(passphrase)) => {
                let language = match self.shape.language {
                    LanguageName::English => Language::English,
                    LanguageName::Chinese => Language::SimplifiedChinese,
                };
                let entropy = encrypted.open(&self.shape.beside(), passphrase).ok_or(OpenError::WrongPassphrase)?;
                Mnemonic::from_entropy(entropy, language)
            }
        };
        if own_address(&mnemonic) != self.address {
            return Err(OpenError::OtherAddress);
        }
        Ok(mnemonic.into())
    }
}

impl Encrypted {
    fn open(&self, beside: &[u8], passphrase: &Passphrase) -> Option<[u8; 16]> {
        let sealed = Sealed {
            salt: bytes(&self.salt)?,
            nonce: bytes(&self.nonce)?,
            ciphertext: hex::decode(&self.ciphertext).ok()?,
        };
        sealed.open(beside, passphrase)?.try_into().ok()
    }
}

fn bytes<const N: usize>(text: &str) -> Option<[u8; N]> {
    hex::decode(text).ok()?.try_into().ok()
}

fn own_address(mnemonic: &Mnemonic) -> Address {
    Address::from(mnemonic.first_key().public_key())
}

#[cfg(test)]
mod tests {
    use super::*;

    const WORDS: &str = "legal winner thank year wave sausage worth useful legal winner thank yellow";

    fn wallet() -> Wallet {
        WORDS.parse::<Mnemonic>().unwrap().into()
    }

    fn passphrase(text: &str) -> Passphrase {
        Passphrase::new(text.into())
    }

    #[test]
    fn a_file_is_read_back_as_the_wallet_that_it_is_of() {
        let file = WalletFile::new(&wallet(), None).unwrap();
        let read = WalletFile::read(file.text().as_bytes()).unwrap();
        assert!(!read.is_encrypted() && read.text() == file.text());
        assert_eq!(read.address().to_string(), "bco1qpkhqnch0fve4dz3lz3gpla36lus6d8mp8scz0l6ej9gtqc8gxv3gartchr");
        assert_eq!(read.open(None).unwrap().mnemonic().words().join(" "), WORDS);
        let chinese = Wallet::from(Mnemonic::from_entropy([7; 16], Language::SimplifiedChinese));
        for passphrase in [None, Some(passphrase("p"))] {
            let file = WalletFile::new(&chinese, passphrase.as_ref()).unwrap();
            let opened = WalletFile::read(file.text().as_bytes()).unwrap().open(passphrase.as_ref()).unwrap();
            assert_eq!(opened.mnemonic().words(), chinese.mnemonic().words());
        }
    }

    #[test]
    fn an_encrypted_file_holds_no_words_and_tells_a_wrong_passphrase() {
        let file = WalletFile::new(&wallet(), Some(&passphrase("open sesame"))).unwrap();
        let text = file.text();
        let entropy = hex::encode(wallet().mnemonic().entropy());
        assert!(WORDS.split(' ').all(|word| !text.contains(word)) && !text.contains(&entropy), "{text}");
        let file = WalletFile::read(text.as_bytes()).unwrap();
        assert!(matches!(file.open(None), Err(OpenError::NeedsPassphrase)));
        assert!(matches!(file.open(Some(&passphrase("open Sesame"))), Err(OpenError::WrongPassphrase)));
        assert_eq!(file.open(Some(&passphrase("open sesame"))).unwrap().address(0), Some(file.address()));
    }

    /// A changed byte is damage, and is never taken for a wrong passphrase.
    #[test]
    fn every_changed_byte_is_noticed() {
        for passphrase in [None, Some(passphrase("p"))] {
            let text = WalletFile::new(&wallet(), passphrase.as_ref()).unwrap().text().into_bytes();
            let mut unharmed = 0;
            for place in 0..text.len() {
                for changed in [text[place] ^ 1, text[place] ^ 0x20] {
                    let mut other = text.clone();
                    other[place] = changed;
                    match WalletFile::read(&other) {
                        // Only the blanks between the parts of JSON may be others.
                        Ok(file) => {
                            unharmed += 1;
                            assert_eq!(file.text().as_bytes(), text, "{place}");
                        }
                        Err(error) => assert!(!error.to_string().contains("passphrase"), "{error}"),
                    }
                }
            }
            assert!(unharmed < text.len() / 4, "{unharmed}");
        }
    }

    #[test]
    fn what_is_no_wallet_is_refused_with_its_reason() {
        let right = WalletFile::new(&wallet(), None).unwrap();
        let with = |change: &dyn Fn(&mut Shape)| {
            let mut shape = right.shape.clone();
            change(&mut shape);
            shape.checksum = shape.right_checksum();
            WalletFile::read(&serde_json::to_vec(&shape).unwrap())
        };
        for (change, reason) in [
            (&(|shape: &mut Shape| shape.format = 2) as &dyn Fn(&mut Shape), "the format 2"),
            (&|shape: &mut Shape| shape.words = None, "either words or an encrypted part"),
            (&|shape: &mut Shape| shape.address = "bco1".into(), "contradicts itself"),
        ] {
            let error = with(change).unwrap_err().to_string();
            assert!(error.contains(reason), "{error}");
        }
        let other = with(&|shape| shape.words = Some(WORDS.replace("yellow", "thank"))).unwrap();
        assert!(matches!(other.open(None), Err(OpenError::Words(_))));
        let other = with(&|shape| {
            shape.words = Some(Mnemonic::from_entropy([9; 16], Language::English).words().join(" "));
        });
        assert!(matches!(other.unwrap().open(None), Err(OpenError::OtherAddress)));
        assert!(matches!(WalletFile::read(b"{}"), Err(FileError::Shape(_))));
    }
}
