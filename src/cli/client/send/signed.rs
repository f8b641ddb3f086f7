//! A payment under the sound rules: signed here, with a key of a wallet of this computer.

use std::{
    fs::File,
    io::{self, Read as _},
    time::Duration,
};

use bcoin_ledger::{
    BlockHash,
    sound::{Amount, Note, SecretKey, SighashEngine, Signature, Transfer},
};
use sha2::{Digest as _, Sha256};
use tokio::time::sleep;

use super::super::{
    find,
    http::{ClientError, Node},
    output::{GOOD, Output},
    sound_words::{coins, departure},
    words,
};
use crate::{
    cli::{
        failure::Failure,
        flags::SendFlags,
        wallet::{self, ask},
    },
    wallet::{WalletFolder, WalletName, random},
    wire::sound::{Accepted, AccountPage, RawJson, SoundStatus, TransactionState, TransactionStatus, TransferJson},
};

/// The wallet that pays when none is named.
const STANDARD: &str = "default";
/// How often the node is asked while `--wait` waits.
const POLL: Duration = Duration::from_millis(500);
/// How many bytes of a file are hashed at a time.
const READ_BYTES: usize = 64 << 10;

pub(super) async fn run(flags: SendFlags, amount: &str) -> Result<(), Failure> {
    let amount: Amount = amount.parse().map_err(|error| Failure::WrongCommandLine(format!("the amount: {error}")))?;
    let (node, out) = (find::node(&flags.ask).await?, Output::new(&flags.ask));
    let payment = Payment::prepare(&flags, &node, amount).await?;
    if !flags.yes && !payment.is_confirmed()? {
        return Err(Failure::CannotRun("nothing was sent".into()));
    }
    let sent = payment.send(&node).await?;
    match &sent {
        Sent::Now(answer) if out.is_json() => out.document(answer.json()?)?,
        Sent::Now(answer) => {
            let accepted: Accepted = answer.read()?;
            out.line(format_args!("Sent; it waits for block {}. Its id is {}.", accepted.block, accepted.id))?;
        }
        Sent::Before(id) => out.line(format_args!(
            "The node has this payment from the last time, although its answer was lost; it was not sent again. Its id is {id}."
        ))?,
    }
    match flags.wait {
        None => Ok(()),
        Some(wanted) => wait(&node, out, &payment.transfer.id().to_string(), wanted).await,
    }
}

/// A signed transfer, and what is said of it.
struct Payment {
    folder: WalletFolder,
    wallet: WalletName,
    genesis: BlockHash,
    transfer: Transfer,
    /// What the sender can spend, in units.
    balance: u64,
    /// Whether it was sent before, and no answer came.
    is_repeated: bool,
}

/// How a payment has reached the node.
enum Sent {
    Now(super::super::http::Answer),
    Before(String),
}

impl Payment {
    async fn prepare(flags: &SendFlags, node: &Node, amount: Amount) -> Result<Self, Failure> {
        let status: SoundStatus = node.get("/status").await?.read().map_err(|_| {
            Failure::CannotRun(format!(
                "the node at http://{} does not follow the sound rules; there a payment is `bcoin send SENDER RECEIVER AMOUNT`",
                node.address()
            ))
        })?;
        let genesis: BlockHash = status.genesis.parse()?;
        let (name, number) = wallet::split(flags.from.as_deref().unwrap_or(STANDARD));
        let wallet: WalletName = name.parse().map_err(|error| Failure::WrongCommandLine(format!("--from: {error}")))?;
        let folder = wallet::folder()?;
        check_network(&folder, &wallet, genesis, flags.genesis_changed, &status.room)?;
        let receiver = wallet::own_address(flags.to.as_deref().unwrap_or_default())?;
        let note = note(flags)?;
        let opened = wallet::open(&wallet, &folder.read(&wallet)?)?;
        let key =
            opened.key(number.unwrap_or(0)).ok_or_else(|| Failure::CannotRun("the wallet has no such key".into()))?;
        let sender = bcoin_ledger::sound::Address::from(key.public_key());
        let account: AccountPage = node.get(&format!("/accounts/{sender}?limit=1")).await?.read()?;
        let unsigned = Transfer {
            sender: key.public_key().into(),
            receiver: receiver.key().into(),
            amount: amount.units(),
            fee: 0,
            nonce: account.next_nonce,
            note,
            signature: Signature::from_bytes([0; 64]),
        };
        let fee = flags.fee.as_deref().map(str::parse::<Amount>).transpose();
        let fee = fee.map_err(|error| Failure::WrongCommandLine(format!("--fee: {error}")))?.map(Amount::units);
        let unsigned = priced(unsigned, &account, fee, flags.replace)?;
        // Looked at last: the same payment once more is the one whose answer was lost.
        if let Some(lost) = folder.lost_transfer(&wallet)
            && is_same_payment(&lost, &unsigned)
        {
            return Ok(Self {
                folder,
                wallet,
                genesis,
                transfer: lost,
                balance: account.account.balance,
                is_repeated: true,
            });
        }
        let transfer = sign(unsigned, &key, genesis)?;
        Ok(Self { folder, wallet, genesis, transfer, balance: account.account.balance, is_repeated: false })
    }

    /// Shows what will be paid, and asks whether to.
    fn is_confirmed(&self) -> Result<bool, Failure> {
        let Transfer { receiver, amount, fee, .. } = &self.transfer;
        let question = format!(
            "Pay {} to {receiver}, and a fee of {}, from the wallet {}, which has {}? [y/N] ",
            coins(*amount),
            coins(*fee),
            self.wallet,
            coins(self.balance)
        );
        if !ask::can_ask() {
            return Err(Failure::WrongCommandLine("without a terminal, sending needs --yes".into()));
        }
        Ok(matches!(ask::open(&question)?.trim(), "y" | "Y" | "yes"))
    }

    /// Sends it. Until the node has answered, it is kept in the wallets' folder: sent again after a lost answer it is the same
    /// transfer, which is paid once.
    async fn send(&self, node: &Node) -> Result<Sent, Failure> {
        let id = self.transfer.id().to_string();
        if self.is_repeated
            && let Ok(answer) = node.get(&format!("/transactions/{id}")).await
            && let Ok(TransactionStatus { state: TransactionState::Waiting | TransactionState::Confirmed, .. }) =
                answer.read()
        {
            self.folder.forget_lost(&self.wallet);
            return Ok(Sent::Before(id));
        }
        self.folder.keep_until_answered(&self.wallet, &self.transfer)?;
        let answer = node.post_json("/transactions", &RawJson { raw: hex::encode(self.transfer.encode()) }).await;
        if !matches!(answer, Err(ClientError::NoAnswer { .. })) {
            self.folder.forget_lost(&self.wallet);
        }
        let answer = answer?;
        self.folder.set_network(&self.wallet, self.genesis)?;
        Ok(Sent::Now(answer))
    }
}

/// Refuses a network that is not the one of the last time: a signature for one is worth nothing in another, and a node that shows
/// another one may be in the wrong room.
fn check_network(
    folder: &WalletFolder,
    wallet: &WalletName,
    genesis: BlockHash,
    may_change: bool,
    room: &str,
) -> Result<(), Failure> {
    match folder.last_network(wallet) {
        Some(last) if last != genesis && !may_change => Err(Failure::CannotRun(format!(
            "this node is in the room {:?}, with the first block {genesis}, and the wallet {wallet} was used with {last} last; \
             when that is right, add --genesis-changed",
            room.escape_debug().to_string()
        ))),
        _ => Ok(()),
    }
}

/// The note of the payment: a text, or the SHA-256 of a file.
fn note(flags: &SendFlags) -> Result<Note, Failure> {
    let bytes = match (&flags.note, &flags.note_hash) {
        (Some(text), _) => text.as_bytes().to_vec(),
        (None, Some(file)) => {
            let failed = |error: io::Error| Failure::CannotRun(format!("{}: {error}", file.display()));
            let (mut hash, mut buffer) = (Sha256::new(), vec![0; READ_BYTES]);
            let mut reader = File::open(file).map_err(failed)?;
            loop {
                match reader.read(&mut buffer).map_err(failed)? {
                    0 => break hash.finalize().to_vec(),
                    count => hash.update(&buffer[..count]),
                }
            }
        }
        (None, None) => Vec::new(),
    };
    Note::new(&bytes).map_err(|error| Failure::WrongCommandLine(format!("--note: {error}")))
}

/// The transfer with its fee and, when it is to replace the last one that waits, with its nonce.
fn priced(unsigned: Transfer, account: &AccountPage, fee: Option<u64>, replaces: bool) -> Result<Transfer, Failure> {
    let bytes = unsigned.encoded_len() as u64;
    let usual = bytes.saturating_mul(account.fee_per_byte);
    if !replaces {
        return Ok(Transfer { fee: fee.unwrap_or(usual), ..unsigned });
    }
    let TransferJson { nonce, fee: old, .. } = account
        .waiting
        .last()
        .ok_or_else(|| Failure::CannotRun("no payment of this wallet waits, so there is none to replace".into()))?;
    let least = (u128::from(*old) * 11).div_ceil(10).max(u128::from(*old) + u128::from(bytes));
    let least = u64::try_from(least).unwrap_or(u64::MAX);
    Ok(Transfer { fee: fee.unwrap_or(least.max(usual)), nonce: *nonce, ..unsigned })
}

/// Whether somebody who sends `now` means the payment that was sent before.
fn is_same_payment(before: &Transfer, now: &Transfer) -> bool {
    (before.sender, before.receiver, before.amount, &before.note) == (now.sender, now.receiver, now.amount, &now.note)
}

fn sign(unsigned: Transfer, key: &SecretKey, genesis: BlockHash) -> Result<Transfer, Failure> {
    let sighash = unsigned.sighash(&SighashEngine::new(genesis));
    Ok(Transfer { signature: key.sign(&sighash, &random()?), ..unsigned })
}

/// Waits until a block holds the transfer and `wanted` - 1 further ones follow it.
async fn wait(node: &Node, out: Output, id: &str, wanted: u64) -> Result<(), Failure> {
    let mut told = 0;
    loop {
        let status: TransactionStatus = node.get(&format!("/transactions/{id}")).await?.read()?;
        if let (TransactionState::Gone, Some(why)) = (status.state, status.why) {
            return Err(Failure::CannotRun(format!("the payment is gone: {}", departure(why))));
        }
        if status.confirmations > told {
            told = status.confirmations;
            let confirmations = words::count(told, "confirmation");
            out.line(out.paint(GOOD, format_args!("{confirmations}, in block {}", status.index.unwrap_or_default())))?;
        }
        if told >= wanted {
            return Ok(());
        }
        sleep(POLL).await;
    }
}
