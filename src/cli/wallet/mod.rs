//! `bcoin wallet`: the keys of the sound rules (docs/sound-rules.md section 7).

pub(super) mod ask;
mod receiver;

use std::io::{self, Write as _};

use bcoin_ledger::sound::{Language, Mnemonic};
use clap::{Args, Subcommand, ValueEnum};

pub(super) use self::receiver::{of_network, open, own_address, split, standard};
use super::{failure::Failure, folders};
use crate::wallet::{Wallet, WalletFile, WalletFolder, WalletName};

#[derive(Debug, Args)]
pub(super) struct WalletFlags {
    #[command(subcommand)]
    command: WalletCommand,
}

#[derive(Debug, Subcommand)]
enum WalletCommand {
    /// Make a wallet with twelve new words.
    Create(CreateFlags),
    /// List the wallets and their addresses.
    List,
    /// Show the address of a wallet, or its words.
    Show(ShowFlags),
    /// Make a wallet from its twelve words, which are asked for.
    Restore(RestoreFlags),
    /// Delete a wallet from this computer. Its words bring it back.
    Forget(ForgetFlags),
}

#[derive(Debug, Args)]
struct CreateFlags {
    /// Its name.
    #[arg(default_value_t = WalletName::standard())]
    name: WalletName,

    /// The language of the words.
    #[arg(long, value_enum, default_value_t = WordsIn::English)]
    language: WordsIn,

    /// Do not ask for a passphrase, and write the words into the file as they are.
    #[arg(long)]
    no_passphrase: bool,
}

#[derive(Debug, Args)]
struct ShowFlags {
    /// Its name.
    #[arg(default_value_t = WalletName::standard())]
    name: WalletName,

    /// Show the twelve words. Who sees them has the money.
    #[arg(long)]
    words: bool,
}

#[derive(Debug, Args)]
struct RestoreFlags {
    /// Its name.
    #[arg(default_value_t = WalletName::standard())]
    name: WalletName,

    /// Do not ask for a passphrase, and write the words into the file as they are.
    #[arg(long)]
    no_passphrase: bool,
}

#[derive(Debug, Args)]
struct ForgetFlags {
    /// Its name.
    name: WalletName,

    /// Do not ask.
    #[arg(long)]
    yes: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum WordsIn {
    English,
    Chinese,
}

/// The folder with the wallets of this user.
pub(super) fn folder() -> Result<WalletFolder, Failure> {
    let folder = folders::of_program()
        .ok_or_else(|| Failure::CannotRun("this user has no data folder, in which wallets could lie".into()))?;
    Ok(WalletFolder::new(folder.join("wallets")))
}

pub(super) fn run(flags: WalletFlags) -> Result<(), Failure> {
    match flags.command {
        WalletCommand::Create(CreateFlags { name, language, no_passphrase }) => {
            let language = match language {
                WordsIn::English => Language::English,
                WordsIn::Chinese => Language::SimplifiedChinese,
            };
            create(&name, language, no_passphrase)
        }
        WalletCommand::List => list(),
        WalletCommand::Show(ShowFlags { name, words }) => show(&name, words),
        WalletCommand::Restore(RestoreFlags { name, no_passphrase }) => restore(&name, no_passphrase),
        WalletCommand::Forget(ForgetFlags { name, yes }) => forget(&name, yes),
    }
}

fn create(name: &WalletName, language: Language, no_passphrase: bool) -> Result<(), Failure> {
    let folder = folder()?;
    check_free(&folder, name)?;
    let wallet = Wallet::generate(language)?;
    keep(&folder, name, &wallet, no_passphrase)?;
    let mut out = io::stdout().lock();
    writeln!(
        out,
        "Write down these twelve words and keep them. They are the wallet: who has them has its money, and without"
    )
    .map_err(Failure::of_output)?;
    writeln!(out, "them nobody brings it back when the file is lost. Other wallets make other keys of them.")
        .map_err(Failure::of_output)?;
    writeln!(out, "  {}", wallet.mnemonic().words().join(" ")).map_err(Failure::of_output)?;
    Ok(())
}

fn restore(name: &WalletName, no_passphrase: bool) -> Result<(), Failure> {
    let folder = folder()?;
    check_free(&folder, name)?;
    let mnemonic: Mnemonic = ask::secret("The twelve words: ")?.parse()?;
    keep(&folder, name, &mnemonic.into(), no_passphrase)
}

/// Asks nobody for words or passphrases in vain.
fn check_free(folder: &WalletFolder, name: &WalletName) -> Result<(), Failure> {
    let file = folder.file(name);
    if !file.exists() {
        return Ok(());
    }
    Err(Failure::CannotRun(format!("there is a wallet {name} already: {}; choose another name", file.display())))
}

fn keep(folder: &WalletFolder, name: &WalletName, wallet: &Wallet, no_passphrase: bool) -> Result<(), Failure> {
    let passphrase = if no_passphrase { None } else { ask::new_passphrase()? };
    let file = WalletFile::new(wallet, passphrase.as_ref())?;
    let path = folder.create(name, &file)?;
    let mut out = io::stdout().lock();
    writeln!(out, "Wallet {name}: {}", file.address()).map_err(Failure::of_output)?;
    let protection = if file.is_encrypted() { "encrypted with the passphrase" } else { "without a passphrase" };
    writeln!(out, "  file  {} ({protection})", path.display()).map_err(Failure::of_output)?;
    Ok(())
}

fn list() -> Result<(), Failure> {
    let folder = folder()?;
    let names = folder.names()?;
    let mut out = io::stdout().lock();
    if names.is_empty() {
        writeln!(out, "There is no wallet yet; `bcoin wallet create` makes one.")?;
    }
    let width = names.iter().map(|name| name.as_str().len()).max().unwrap_or(0);
    for name in names {
        // One file that cannot be used does not hide the others.
        match folder.read(&name) {
            Ok(file) => {
                let protection = if file.is_encrypted() { "  with a passphrase" } else { "" };
                writeln!(out, "{name:<width$}  {}{protection}", file.address()).map_err(Failure::of_output)?;
            }
            Err(error) => writeln!(out, "{name:<width$}  {error}").map_err(Failure::of_output)?,
        }
    }
    Ok(())
}

fn show(name: &WalletName, words: bool) -> Result<(), Failure> {
    let folder = folder()?;
    let file = folder.read(name)?;
    let mut out = io::stdout().lock();
    if words {
        let wallet = open(name, &file)?;
        return writeln!(out, "{}", wallet.mnemonic().words().join(" ")).map_err(Failure::of_output);
    }
    writeln!(out, "{}", file.address()).map_err(Failure::of_output)
}

fn forget(name: &WalletName, yes: bool) -> Result<(), Failure> {
    let folder = folder()?;
    let file = folder.read(name);
    if !yes {
        if !ask::can_ask() {
            return Err(Failure::WrongCommandLine("without a terminal, forgetting a wallet needs --yes".into()));
        }
        let whose = file.map(|file| format!(" of {}", file.address())).unwrap_or_default();
        let question = format!("Without its words the money{whose} is lost. Type the wallet's name to forget it: ");
        if ask::open(&question)? != name.as_str() {
            return Err(Failure::CannotRun("that is not its name; nothing was done".into()));
        }
    }
    folder.forget(name)?;
    writeln!(io::stdout(), "The wallet {name} is forgotten.").map_err(Failure::of_output)
}
