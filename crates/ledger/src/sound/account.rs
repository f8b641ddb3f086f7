//! Accounts, and what a block does to them (docs/sound-rules.md section 3).

use super::{
    block::{DecodeError, coinbase_of},
    check::{BlockError, CheckedBlock, FIRST_TRANSFER},
    checked_transfer::CheckedTransfer,
    key::XOnlyKey,
    transaction::Coinbase,
};
use crate::rules::{self, Accounts, StateError};

/// How many blocks after its own a reward is credited: that of height m is first spendable in block m + 11.
pub const MATURITY: u64 = 10;
/// The position of the coinbase in its block.
const COINBASE_POSITION: u32 = 1;

/// What the chain says of one key. An account that is 0 and 0 equals one that is absent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Account {
    /// What it can spend, in units.
    pub balance: u64,
    /// How many transfers it has sent.
    pub nonce: u64,
}

/// Balance and nonce, 8 bytes little-endian each.
impl rules::Account for Account {
    fn encode(&self) -> Vec<u8> {
        [self.balance.to_le_bytes(), self.nonce.to_le_bytes()].concat()
    }

    fn decode(bytes: &[u8]) -> Option<Self> {
        let (balance, nonce) = bytes.split_first_chunk()?;
        Some(Self { balance: u64::from_le_bytes(*balance), nonce: u64::from_le_bytes(nonce.try_into().ok()?) })
    }
}

/// Why an account cannot make a transfer.
enum Refused {
    Nonce { expected: u64 },
    Funds { balance: u64 },
}

impl Refused {
    /// As the rule that the block breaks which holds the transfer.
    fn in_block(self, position: u32, checked: &CheckedTransfer) -> BlockError {
        match self {
            Self::Nonce { expected } => BlockError::Nonce { position, expected, found: checked.nonce() },
            Self::Funds { balance } => BlockError::Funds { position, balance, cost: checked.cost() },
        }
    }
}

impl Account {
    /// Pays amount and fee of the transfer with this nonce.
    fn pay(&mut self, nonce: u64, cost: u64) -> Result<(), Refused> {
        if nonce != self.nonce {
            return Err(Refused::Nonce { expected: self.nonce });
        }
        let balance = self.balance.checked_sub(cost).ok_or(Refused::Funds { balance: self.balance })?;
        // 2^64 transfers cannot be made.
        *self = Self { balance, nonce: self.nonce.wrapping_add(1) };
        Ok(())
    }

    /// All money together is below 2^51 units, so that no sum of it overflows.
    fn credit(&mut self, units: u64) {
        self.balance = self.balance.wrapping_add(units);
    }

    fn debit(&mut self, units: u64) {
        self.balance = self.balance.wrapping_sub(units);
    }

    fn take_back(&mut self, cost: u64) {
        self.credit(cost);
        self.nonce = self.nonce.wrapping_sub(1);
    }
}

/// What a block pays its miner, which is credited [`MATURITY`] blocks later.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reward {
    /// Who is paid.
    pub receiver: XOnlyKey,
    /// How many units.
    pub amount: u64,
}

impl Reward {
    /// Reads it from the encoding of a block that this node has judged and written down.
    ///
    /// # Errors
    /// When the bytes are not the beginning of one.
    pub(super) fn of_encoding(bytes: &[u8]) -> Result<Self, BlockError> {
        let Coinbase { receiver, amount, .. } = coinbase_of(bytes).map_err(DecodeError::from)?;
        Ok(Self { receiver, amount })
    }
}

/// Applies the transfers of a block in their order, then credits the reward that has become spendable by it.
pub(super) fn connect<A: Accounts<Account>>(
    accounts: &mut A,
    block: &CheckedBlock,
    matured: Option<&Reward>,
) -> Result<(), StateError<BlockError, A::Error>> {
    for (position, checked) in (FIRST_TRANSFER..).zip(block.transfers()) {
        let (transfer, cost) = (checked.transfer(), checked.cost());
        let pay = |sender: &mut Account| sender.pay(transfer.nonce, cost);
        let paid = update(accounts, transfer.sender, Some(position), pay).map_err(StateError::Accounts)?;
        paid.map_err(|refused| StateError::Refused(refused.in_block(position, checked)))?;
        let credit = |receiver: &mut Account| receiver.credit(transfer.amount);
        update(accounts, transfer.receiver, Some(position), credit).map_err(StateError::Accounts)?;
    }
    list_coinbase(accounts, block).map_err(StateError::Accounts)?;
    change_matured(accounts, matured, Account::credit).map_err(StateError::Accounts)
}

/// The exact reverse of [`connect`].
pub(super) fn disconnect<A: Accounts<Account>>(
    accounts: &mut A,
    block: &CheckedBlock,
    matured: Option<&Reward>,
) -> Result<(), A::Error> {
    change_matured(accounts, matured, Account::debit)?;
    list_coinbase(accounts, block)?;
    let last = FIRST_TRANSFER + block.transfers().len() as u32;
    for (position, checked) in (FIRST_TRANSFER..last).zip(block.transfers()).rev() {
        let (transfer, cost) = (checked.transfer(), checked.cost());
        update(accounts, transfer.receiver, Some(position), |receiver| receiver.debit(transfer.amount))?;
        update(accounts, transfer.sender, Some(position), |sender| sender.take_back(cost))?;
    }
    Ok(())
}

fn update<A: Accounts<Account>, T>(
    accounts: &mut A,
    key: XOnlyKey,
    position: Option<u32>,
    change: impl FnOnce(&mut Account) -> T,
) -> Result<T, A::Error> {
    accounts.update(&key.to_bytes(), position, change)
}

/// The genesis block pays nobody.
fn change_matured<A: Accounts<Account>>(
    accounts: &mut A,
    matured: Option<&Reward>,
    change: fn(&mut Account, u64),
) -> Result<(), A::Error> {
    match matured {
        Some(Reward { receiver, amount }) if *receiver != XOnlyKey::ZERO => {
            update(accounts, *receiver, None, |account| change(account, *amount))
        }
        _ => Ok(()),
    }
}

/// A reward belongs to its block in the list of the receiver's transactions. The balance changes later.
fn list_coinbase<A: Accounts<Account>>(accounts: &mut A, block: &CheckedBlock) -> Result<(), A::Error> {
    match block.coinbase().receiver {
        XOnlyKey::ZERO => Ok(()),
        receiver => update(accounts, receiver, Some(COINBASE_POSITION), |_| ()),
    }
}
