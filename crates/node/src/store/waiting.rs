//! The transactions that wait, as they are written down. Where they have ids, those that leave are found by them.

use std::collections::HashSet;

use bcoin_ledger::{Mempool, Transaction};
use redb::{ReadableTable, Table, WriteTransaction};

use super::{
    error::StoreError,
    ids::prefix_of,
    tables::{MEMPOOL, MEMPOOL_IDS},
};

/// Writes transactions down behind those that wait already.
pub(super) fn add<'a, T: Transaction>(
    write: &WriteTransaction,
    transactions: impl Iterator<Item = &'a T>,
) -> Result<(), StoreError> {
    let mut table = write.open_table(MEMPOOL)?;
    let next = table.last()?.map_or(1, |(key, _)| key.value() + 1);
    let mut ids = None;
    for (place, transaction) in (next..).zip(transactions) {
        table.insert(place, transaction.encode().as_slice())?;
        if let Some(id) = transaction.id() {
            let ids = match &mut ids {
                Some(ids) => ids,
                none => none.insert(write.open_table(MEMPOOL_IDS)?),
            };
            ids.insert((prefix_of(&id), place), ())?;
        }
    }
    Ok(())
}

/// Removes transactions.
pub(super) fn remove<'a, T: Transaction>(
    write: &WriteTransaction,
    transactions: impl Iterator<Item = &'a T>,
) -> Result<(), StoreError> {
    let mut table = write.open_table(MEMPOOL)?;
    let (mut ids, mut without_ids) = (None, HashSet::new());
    for transaction in transactions {
        let encoding = transaction.encode();
        let Some(id) = transaction.id() else {
            without_ids.insert(encoding);
            continue;
        };
        let ids = match &mut ids {
            Some(ids) => ids,
            none => none.insert(write.open_table(MEMPOOL_IDS)?),
        };
        let key = place_of(&table, ids, prefix_of(&id), &encoding)?;
        let key = key.ok_or_else(|| StoreError::Damaged("a transaction that waits is missing".into()))?;
        ids.remove(key)?;
        table.remove(key.1)?;
    }
    places_of(&table, without_ids)?.into_iter().try_for_each(|place| Ok(table.remove(place).map(drop)?))
}

/// Writes down all that waits now, when `before` waited: where it has only become less, what is gone is removed.
pub(super) fn change<T: Transaction, M: Mempool<T>>(
    write: &WriteTransaction,
    before: &M,
    now: &M,
) -> Result<(), StoreError> {
    let mut rest = now.transactions().peekable();
    let gone: Vec<&T> = before.transactions().filter(|waited| rest.next_if_eq(waited).is_none()).collect();
    let is_rest = rest.peek().is_none();
    if is_rest && gone.is_empty() {
        return Ok(());
    }
    // Without an id, finding one takes as long as writing all of them.
    if is_rest && gone.iter().all(|transaction| transaction.id().is_some()) {
        return remove(write, gone.into_iter());
    }
    set(write, now.transactions())
}

/// Forgets all that waits but these.
pub(super) fn set<'a, T: Transaction>(
    write: &WriteTransaction,
    transactions: impl Iterator<Item = &'a T>,
) -> Result<(), StoreError> {
    write.open_table(MEMPOOL)?.retain(|_, _| false)?;
    write.delete_table(MEMPOOL_IDS)?;
    add(write, transactions)
}

fn place_of(
    table: &impl ReadableTable<u64, &'static [u8]>,
    ids: &Table<'_, (u64, u64), ()>,
    prefix: u64,
    encoding: &[u8],
) -> Result<Option<(u64, u64)>, StoreError> {
    for entry in ids.range((prefix, 0)..=(prefix, u64::MAX))? {
        let key = entry?.0.value();
        if table.get(key.1)?.is_some_and(|found| found.value() == encoding) {
            return Ok(Some(key));
        }
    }
    Ok(None)
}

/// Where these encodings stand. As soon as all are found, the rest is not looked at.
fn places_of(
    table: &impl ReadableTable<u64, &'static [u8]>,
    mut encodings: HashSet<Vec<u8>>,
) -> Result<Vec<u64>, StoreError> {
    let mut places = Vec::new();
    if encodings.is_empty() {
        return Ok(places);
    }
    for entry in table.iter()? {
        let (place, encoding) = entry?;
        if encodings.remove(encoding.value()) {
            places.push(place.value());
            if encodings.is_empty() {
                break;
            }
        }
    }
    Ok(places)
}
