//! Wallets of the sound rules on the disk (docs/sound-rules.md section 7): twelve words in a file, with a passphrase encrypted.
//!
//! Wallets lie beside the data of the nodes and never in it, so that deleting a chain loses no keys.

mod file;
mod folder;
mod name;
mod seal;

use std::fmt;

use bcoin_ledger::sound::{Address, Language, Mnemonic, SecretKey};

pub use self::{
    file::{FileError, OpenError, WalletFile},
    folder::{FolderError, WalletFolder},
    name::{BadWalletName, WalletName},
    seal::Passphrase,
};

/// A wallet whose words are known.
pub struct Wallet {
    mnemonic: Mnemonic,
}

/// The system gives no random numbers.
#[derive(Debug, thiserror::Error)]
#[error("the system gives no random numbers: {0}")]
pub struct NoRandomness(getrandom::Error);

impl Wallet {
    /// A wallet with new words.
    ///
    /// # Errors
    /// When the system gives no random numbers.
    pub fn generate(language: Language) -> Result<Self, NoRandomness> {
        Ok(Self::from(Mnemonic::from_entropy(random()?, language)))
    }

    /// The words.
    pub fn mnemonic(&self) -> &Mnemonic {
        &self.mnemonic
    }

    /// The secret key of this number, from 0. There are more than anybody asks for.
    pub fn key(&self, number: u16) -> Option<SecretKey> {
        self.mnemonic.keys().nth(number.into())
    }

    /// The address of the key of this number.
    pub fn address(&self, number: u16) -> Option<Address> {
        self.key(number).map(|key| Address::from(key.public_key()))
    }
}

impl From<Mnemonic> for Wallet {
    fn from(mnemonic: Mnemonic) -> Self {
        Self { mnemonic }
    }
}

/// Does not show the words.
impl fmt::Debug for Wallet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Wallet")
    }
}

/// Random bytes of the system.
///
/// # Errors
/// When it gives none.
pub fn random<const N: usize>() -> Result<[u8; N], NoRandomness> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(NoRandomness)?;
    Ok(bytes)
}
