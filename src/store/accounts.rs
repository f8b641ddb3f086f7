//! The index beside the chain: which block has which hash, and who received and sent how much. It changes in the same commit as
//! the blocks do, and names the tip it belongs to.

use std::collections::HashMap;

use redb::{ReadableTable as _, Table, WriteTransaction};
use serde::{Deserialize, Serialize};

use super::{
    error::StoreError,
    tables::{ACCOUNT_PAYMENTS, ACCOUNTS, BLOCK_HASHES, META, meta},
};
use crate::ledger::{Block, BlockHash, Scalar, Sum, Transaction};

/// How many accounts are held in memory before they are written down.
const MOST_HELD: usize = 10_000;
/// How much of a name that is too long is kept, in characters; its hash follows.
const LONG_NAME_PREFIX: usize = 190;

/// The name under which the index knows a sender or receiver: a text as it is, any other scalar as its JSON. A name of more than
/// 256 characters, which only blocks of other nodes can hold, is cut and followed by the SHA-256 of its canonical text.
pub(super) fn account_name(scalar: &Scalar) -> String {
    let name = match scalar {
        Scalar::Text(text) => text.clone(),
        other => other.canonical(),
    };
    if name.chars().count() <= Transaction::LONGEST_NAME {
        return name;
    }
    let prefix: String = name.chars().take(LONG_NAME_PREFIX).collect();
    format!("{prefix}…{}", BlockHash::of(&scalar.canonical()))
}

/// An account as it is kept: JSON.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Record {
    /// Names the account in the list of payments.
    pub(super) number: u64,
    /// Exact sums, as [`Sum`] shows itself.
    pub(super) received: String,
    pub(super) sent: String,
    pub(super) payments: u64,
    pub(super) uncounted: u64,
}

impl Record {
    pub(super) fn read(bytes: &[u8]) -> Result<Self, StoreError> {
        serde_json::from_slice(bytes).map_err(|error| StoreError::Damaged(format!("an account: {error}")))
    }
}

/// What a name adds up to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Totals {
    pub(super) received: Sum,
    pub(super) sent: Sum,
    pub(super) payments: u64,
    pub(super) uncounted: u64,
}

impl Totals {
    pub(super) fn of(record: &Record) -> Result<Self, StoreError> {
        let sum = |text: &str| Sum::read(text).ok_or_else(|| StoreError::Damaged(format!("{text:?} is no sum")));
        Ok(Self {
            received: sum(&record.received)?,
            sent: sum(&record.sent)?,
            payments: record.payments,
            uncounted: record.uncounted,
        })
    }

    /// Counts a payment in which the account is sender, receiver or both; `sign` takes it out again.
    pub(super) fn book(&mut self, entry: &Entry<'_>, sign: Sign) {
        let count = |number: &mut u64| match sign {
            Sign::Add => *number += 1,
            Sign::Remove => *number = number.saturating_sub(1),
        };
        count(&mut self.payments);
        let Some(amount) = entry.amount else { return count(&mut self.uncounted) };
        let add = |sum: &mut Sum| match sign {
            Sign::Add => sum.add(amount),
            Sign::Remove => sum.subtract(amount),
        };
        if entry.receives {
            add(&mut self.received);
        }
        if entry.sends {
            add(&mut self.sent);
        }
    }
}

/// Whether a block comes or goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sign {
    Add,
    Remove,
}

/// One account's part in a payment.
pub(super) struct Entry<'a> {
    pub(super) name: String,
    amount: Option<&'a Sum>,
    receives: bool,
    sends: bool,
}

/// Calls `book` for each account that a payment names: once when it pays itself.
pub(super) fn for_each_entry<E>(
    transaction: &Transaction,
    mut book: impl FnMut(Entry<'_>) -> Result<(), E>,
) -> Result<(), E> {
    let amount = Sum::of(&transaction.amount);
    let (sender, receiver) = (account_name(&transaction.sender), account_name(&transaction.receiver));
    if sender == receiver {
        return book(Entry { name: sender, amount: amount.as_ref(), receives: true, sends: true });
    }
    book(Entry { name: sender, amount: amount.as_ref(), receives: false, sends: true })?;
    book(Entry { name: receiver, amount: amount.as_ref(), receives: true, sends: false })
}

/// Changes the index within one transaction. Nothing counts before [`Indexer::finish`].
pub(super) struct Indexer<'t> {
    hashes: Table<'t, [u8; 32], u64>,
    accounts: Table<'t, &'static [u8], &'static [u8]>,
    payments: Table<'t, (u64, u64, u32), ()>,
    meta: Table<'t, &'static str, &'static [u8]>,
    held: HashMap<String, Held>,
    next_number: u64,
}

struct Held {
    number: u64,
    totals: Totals,
}

impl<'t> Indexer<'t> {
    pub(super) fn open(write: &'t WriteTransaction) -> Result<Self, StoreError> {
        let meta = write.open_table(META)?;
        let next = meta.get(meta::NEXT_ACCOUNT)?.and_then(|bytes| <[u8; 8]>::try_from(bytes.value()).ok());
        Ok(Self {
            hashes: write.open_table(BLOCK_HASHES)?,
            accounts: write.open_table(ACCOUNTS)?,
            payments: write.open_table(ACCOUNT_PAYMENTS)?,
            meta,
            held: HashMap::new(),
            next_number: next.map_or(1, u64::from_le_bytes),
        })
    }

    /// Takes a block in, or out again.
    pub(super) fn change(&mut self, block: &Block, hash: BlockHash, sign: Sign) -> Result<(), StoreError> {
        match sign {
            Sign::Add => drop(self.hashes.insert(hash.as_bytes(), block.index)?),
            Sign::Remove => drop(self.hashes.remove(hash.as_bytes())?),
        }
        self.book(block, sign)
    }

    fn book(&mut self, block: &Block, sign: Sign) -> Result<(), StoreError> {
        for (position, transaction) in (1..).zip(&block.transactions) {
            for_each_entry(transaction, |entry| {
                let held = self.hold(&entry.name)?;
                held.totals.book(&entry, sign);
                let key = (held.number, block.index, position);
                match sign {
                    Sign::Add => drop(self.payments.insert(key, ())?),
                    Sign::Remove => drop(self.payments.remove(key)?),
                }
                Ok::<(), StoreError>(())
            })?;
        }
        if self.held.len() > MOST_HELD { self.write_down() } else { Ok(()) }
    }

    fn hold(&mut self, name: &str) -> Result<&mut Held, StoreError> {
        if !self.held.contains_key(name) {
            let kept = self.accounts.get(name.as_bytes())?.map(|record| Record::read(record.value())).transpose()?;
            let held = match kept {
                Some(record) => Held { number: record.number, totals: Totals::of(&record)? },
                None => {
                    let number = self.next_number;
                    self.next_number += 1;
                    Held { number, totals: Totals::default() }
                }
            };
            self.held.insert(name.to_owned(), held);
        }
        self.held.get_mut(name).ok_or_else(|| StoreError::Damaged("an account was lost".into()))
    }

    fn write_down(&mut self) -> Result<(), StoreError> {
        for (name, Held { number, totals }) in self.held.drain() {
            if totals.payments == 0 {
                self.accounts.remove(name.as_bytes())?;
                continue;
            }
            let record = Record {
                number,
                received: totals.received.to_string(),
                sent: totals.sent.to_string(),
                payments: totals.payments,
                uncounted: totals.uncounted,
            };
            let record = serde_json::to_vec(&record).map_err(|error| StoreError::Damaged(error.to_string()))?;
            self.accounts.insert(name.as_bytes(), record.as_slice())?;
        }
        Ok(())
    }

    /// Writes everything down in the middle of a change that is not complete yet.
    pub(super) fn pause(mut self) -> Result<(), StoreError> {
        self.write_down()?;
        self.meta.insert(meta::NEXT_ACCOUNT, self.next_number.to_le_bytes().as_slice())?;
        Ok(())
    }

    /// Writes everything down, as the index of the chain that ends with `tip`.
    pub(super) fn finish(mut self, tip: BlockHash) -> Result<(), StoreError> {
        self.meta.insert(meta::INDEX_TIP, tip.as_bytes().as_slice())?;
        self.pause()
    }
}
