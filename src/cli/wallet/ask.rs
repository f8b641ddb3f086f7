//! Questions on the terminal. Where standard input is none, a script answers with one line for each question.

use std::io::{self, BufRead as _, IsTerminal as _, Write as _};

use super::super::failure::Failure;
use crate::wallet::Passphrase;

/// The longest answer that is read, in bytes.
const MAX_ANSWER: u64 = 4096;

/// Asks for a secret, which is not shown while it is typed.
pub(in super::super) fn secret(question: &str) -> Result<String, Failure> {
    if io::stdin().is_terminal() {
        return Ok(rpassword::prompt_password(question)?);
    }
    line()
}

/// Asks for something that may be seen.
pub(in super::super) fn open(question: &str) -> Result<String, Failure> {
    let mut out = io::stderr().lock();
    write!(out, "{question}")?;
    out.flush()?;
    line()
}

/// Asks for the passphrase of a wallet.
pub(in super::super) fn passphrase(wallet: &str) -> Result<Passphrase, Failure> {
    secret(&format!("Passphrase of the wallet {wallet}: ")).map(Passphrase::new)
}

/// Asks for a new passphrase, on a terminal twice; none when it is left empty.
pub(in super::super) fn new_passphrase() -> Result<Option<Passphrase>, Failure> {
    let first = secret("Passphrase for the file (empty for none): ").map(Passphrase::new)?;
    if first.is_empty() {
        return Ok(None);
    }
    if io::stdin().is_terminal() && secret("The same once more: ").map(Passphrase::new)? != first {
        return Err(Failure::CannotRun("the two passphrases differ; nothing was done".into()));
    }
    Ok(Some(first))
}

/// Whether somebody sits at the terminal who can be asked.
pub(in super::super) fn can_ask() -> bool {
    io::stdin().is_terminal()
}

fn line() -> Result<String, Failure> {
    let mut line = String::new();
    io::Read::take(io::stdin().lock(), MAX_ANSWER).read_line(&mut line)?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}
