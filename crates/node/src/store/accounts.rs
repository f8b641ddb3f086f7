//! The accounts, and which transactions name them. They change in the same commit as the blocks do.

use std::collections::HashMap;

use bcoin_ledger::{Account, Accounts, ReadAccounts};
use redb::{ReadableTable as _, Table, WriteTransaction};

use super::{
    error::StoreError,
    sorted::insert_sorted,
    tables::{ACCOUNT_TRANSACTIONS, ACCOUNTS, META, meta},
};

/// How many accounts are held in memory before they are written down.
const MAX_HELD: usize = 10_000;
/// How many bytes the list of transactions takes in memory before it is written down.
const MAX_LISTED_BYTES: usize = 32 << 20;
/// How many bytes the number before an account's encoding takes.
const NUMBER_BYTES: usize = 8;

/// Whether a block comes or goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Direction {
    Connect,
    Disconnect,
}

/// The accounts within one write transaction. What is held in memory is written down by [`AccountTables::finish`].
pub(super) struct AccountTables<'t, A> {
    accounts: Table<'t, &'static [u8], &'static [u8]>,
    transactions: Table<'t, (u64, u64, u32), ()>,
    meta: Table<'t, &'static str, &'static [u8]>,
    held: HashMap<Vec<u8>, Held<A>>,
    /// New entries of `transactions`. They belong to one account after the other, so the table takes many of them faster in
    /// its own order.
    listed: Vec<TransactionKey>,
    next_number: u64,
}

/// Number of an account, height of a block and position in it.
type TransactionKey = (u64, u64, u32);

struct Held<A> {
    number: u64,
    account: A,
}

impl<'t, A: Account> AccountTables<'t, A> {
    pub(super) fn open(write: &'t WriteTransaction) -> Result<Self, StoreError> {
        let meta = write.open_table(META)?;
        let next = meta.get(meta::NEXT_ACCOUNT)?.and_then(|bytes| <[u8; 8]>::try_from(bytes.value()).ok());
        Ok(Self {
            accounts: write.open_table(ACCOUNTS)?,
            transactions: write.open_table(ACCOUNT_TRANSACTIONS)?,
            meta,
            held: HashMap::new(),
            listed: Vec::new(),
            next_number: next.map_or(1, u64::from_le_bytes),
        })
    }

    /// The accounts for the block at this height.
    pub(super) fn at(&mut self, height: u64, direction: Direction) -> Result<AtBlock<'_, 't, A>, StoreError> {
        if direction == Direction::Disconnect {
            // What is taken out has to be in the table.
            self.write_list()?;
        }
        Ok(AtBlock { tables: self, height, direction })
    }

    /// Writes down what is held, when it is much.
    pub(super) fn make_room(&mut self) -> Result<(), StoreError> {
        if self.held.len() > MAX_HELD {
            self.write_down()?;
        }
        if size_of_val(self.listed.as_slice()) >= MAX_LISTED_BYTES { self.write_list() } else { Ok(()) }
    }

    /// Writes everything down.
    pub(super) fn finish(mut self) -> Result<(), StoreError> {
        self.write_down()?;
        self.meta.insert(meta::NEXT_ACCOUNT, self.next_number.to_le_bytes().as_slice())?;
        Ok(())
    }

    fn hold(&mut self, name: &[u8]) -> Result<&mut Held<A>, StoreError> {
        if !self.held.contains_key(name) {
            let kept = self.accounts.get(name)?.map(|record| read_record(record.value())).transpose()?;
            let (number, account) = kept.unwrap_or_else(|| {
                let number = self.next_number;
                self.next_number += 1;
                (number, A::default())
            });
            self.held.insert(name.to_owned(), Held { number, account });
        }
        self.held.get_mut(name).ok_or_else(|| StoreError::Damaged("an account was lost".into()))
    }

    fn write_list(&mut self) -> Result<(), StoreError> {
        self.listed.sort_unstable();
        insert_sorted(&mut self.transactions, self.listed.drain(..).map(|key| (key, ())))
    }

    fn write_down(&mut self) -> Result<(), StoreError> {
        self.write_list()?;
        for (name, Held { number, account }) in self.held.drain() {
            let own = (number, 0, 0)..=(number, u64::MAX, u32::MAX);
            if account == A::default() && self.transactions.range(own)?.next().is_none() {
                self.accounts.remove(name.as_slice())?;
                continue;
            }
            let record = [&number.to_le_bytes(), account.encode().as_slice()].concat();
            self.accounts.insert(name.as_slice(), record.as_slice())?;
        }
        Ok(())
    }
}

/// The accounts as the blocks that were connected so far leave them.
impl<A: Account> ReadAccounts<A> for AccountTables<'_, A> {
    type Error = StoreError;

    fn read(&self, name: &[u8]) -> Result<A, StoreError> {
        if let Some(held) = self.held.get(name) {
            return Ok(held.account.clone());
        }
        let kept = self.accounts.get(name)?.map(|record| read_record(record.value())).transpose()?;
        Ok(kept.map(|(_, account)| account).unwrap_or_default())
    }
}

/// Reads an account and its number.
pub(super) fn read_record<A: Account>(record: &[u8]) -> Result<(u64, A), StoreError> {
    let read = || {
        let (number, account) = record.split_first_chunk::<NUMBER_BYTES>()?;
        Some((u64::from_le_bytes(*number), A::decode(account)?))
    };
    read().ok_or_else(|| StoreError::Damaged("an account cannot be read".into()))
}

/// The accounts while one block is connected or disconnected.
pub(super) struct AtBlock<'a, 't, A> {
    tables: &'a mut AccountTables<'t, A>,
    height: u64,
    direction: Direction,
}

impl<A: Account> Accounts<A> for AtBlock<'_, '_, A> {
    type Error = StoreError;

    fn update<T>(
        &mut self,
        name: &[u8],
        position: Option<u32>,
        change: impl FnOnce(&mut A) -> T,
    ) -> Result<T, StoreError> {
        let held = self.tables.hold(name)?;
        let result = change(&mut held.account);
        let Some(position) = position else { return Ok(result) };
        let key = (held.number, self.height, position);
        match self.direction {
            Direction::Connect => self.tables.listed.push(key),
            Direction::Disconnect => drop(self.tables.transactions.remove(key)?),
        }
        Ok(result)
    }
}
