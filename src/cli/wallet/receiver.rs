//! Which address a text or a setting means.

use bcoin_ledger::sound::{Address, Language};

use super::{super::failure::Failure, ask, folder};
use crate::wallet::{FolderError, OpenError, Wallet, WalletFile, WalletFolder, WalletName};

/// Opens a wallet; asks for its passphrase if it has one.
pub(in super::super) fn open(name: &WalletName, file: &WalletFile) -> Result<Wallet, Failure> {
    match file.open(None) {
        Err(OpenError::NeedsPassphrase) => Ok(file.open(Some(&ask::passphrase(name.as_str())?))?),
        opened => Ok(opened?),
    }
}

/// The address of this text, or of the wallet of this name. The key of another number than 0 is named by `NAME:NUMBER`, and can be told
/// of wallets without a passphrase only.
pub(in super::super) fn own_address(text: &str) -> Result<Address, Failure> {
    if let Ok(address) = text.parse() {
        return Ok(address);
    }
    let (name, number) = split(text);
    let no_address = || {
        // What begins like an address was meant as one.
        match text.parse::<Address>() {
            Err(error) if text.to_ascii_lowercase().starts_with("bco1") => error.to_string(),
            _ => format!("{:?} is neither an address nor the name of a wallet", text.escape_debug().to_string()),
        }
    };
    let name: WalletName = name.parse().map_err(|_| Failure::WrongCommandLine(no_address()))?;
    let file = folder()?.read(&name)?;
    match number {
        None => Ok(file.address()),
        Some(number) => key_address(&file.open(None)?, number),
    }
}

/// The name and the number of the key in `NAME:NUMBER`.
pub(in super::super) fn split(text: &str) -> (&str, Option<u16>) {
    match text.rsplit_once(':').and_then(|(name, number)| Some((name, number.parse().ok()?))) {
        Some((name, number)) => (name, Some(number)),
        None => (text, None),
    }
}

/// The address of the wallet `default`, which is made if there is none; and the sentence to say then.
pub(in super::super) fn standard() -> Result<(Address, Option<String>), Failure> {
    let (file, said) = read_or_make(&WalletName::standard())?;
    Ok((file.address(), said))
}

/// The addresses of the nodes of a network, the keys 1 to `count` of the wallet `network`, which is made if there is none; and the
/// sentence to say then.
pub(in super::super) fn of_network(count: u16) -> Result<(Vec<Address>, Option<String>), Failure> {
    let (file, said) = read_or_make(&WalletName::of_network())?;
    let wallet = file.open(None).map_err(|error| {
        Failure::CannotRun(format!(
            "the wallet network pays the nodes of a network, but: {error}; name another with --miner"
        ))
    })?;
    let addresses = (1..=count).map(|number| key_address(&wallet, number)).collect::<Result<_, _>>()?;
    Ok((addresses, said))
}

fn key_address(wallet: &Wallet, number: u16) -> Result<Address, Failure> {
    wallet.address(number).ok_or_else(|| Failure::CannotRun(format!("the wallet has no key {number}")))
}

fn read_or_make(name: &WalletName) -> Result<(WalletFile, Option<String>), Failure> {
    let folder: WalletFolder = folder()?;
    match folder.read(name) {
        Err(FolderError::Missing { .. }) => {}
        read => return Ok((read?, None)),
    }
    let file = WalletFile::new(&Wallet::generate(Language::English)?, None)?;
    let path = match folder.create(name, &file) {
        // Another node was faster.
        Err(FolderError::Exists { .. }) => return Ok((folder.read(name)?, None)),
        created => created?,
    };
    let said = format!(
        "Made the wallet {name}, which receives the rewards: {}; `bcoin wallet show {name} --words` shows the words to write down.",
        path.display()
    );
    Ok((file, Some(said)))
}
