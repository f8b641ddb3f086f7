//! Checking what is kept under rules under which blocks come one by one: the side blocks, the ids, and what waits or has left.

use std::collections::HashMap;

use bcoin_ledger::{BlockHash, CheckedBlock as _, Rules, Transaction as _};
use redb::{ReadableTable as _, ReadableTableMetadata as _};

use super::{
    error::StoreError,
    ids::prefix_of,
    read::{Snapshot, read_transaction},
    tables::{
        DEPARTURE_NUMBERS, DEPARTURES, MEMPOOL, MEMPOOL_IDS, REPLACED, SIDE, SIDE_CHILDREN, SIDE_COUNTS, SIDE_LEAVES,
        SIDE_LEAVES_BY_SOURCE, TRANSACTION_IDS,
    },
};

/// Calls `fault` with each thing that is wrong.
pub(super) fn check<R: Rules>(
    snapshot: &Snapshot,
    rules: &R,
    fault: &mut impl FnMut(String),
) -> Result<(), StoreError> {
    if snapshot.open_if_made(SIDE)?.is_none() {
        // They are made when the folder is opened.
        return Ok(());
    }
    check_side(snapshot, fault)?;
    check_ids(snapshot, rules, fault)?;
    check_waiting(snapshot, rules, fault)?;
    check_departures(snapshot, fault)
}

/// Every stored block is in the chain or a side block, and every side block stands where the tables say.
fn check_side(snapshot: &Snapshot, fault: &mut impl FnMut(String)) -> Result<(), StoreError> {
    let (side, children) = (snapshot.open(SIDE)?, snapshot.open(SIDE_CHILDREN)?);
    let (leaves, of_source) = (snapshot.open(SIDE_LEAVES)?, snapshot.open(SIDE_LEAVES_BY_SOURCE)?);
    let best = snapshot.tip()?.work.to_be_bytes();
    let mut counted: HashMap<Option<u64>, (u64, u64)> = HashMap::new();
    let mut leaf_count = 0;
    for entry in snapshot.index().iter()? {
        let (hash, record) = entry?;
        let (hash, (number, parent, height, work)) = (*hash.value(), record.value());
        let is_active = snapshot.hash(height)? == Some(hash.into());
        let Some((length, source)) = side.get(&hash)?.map(|record| record.value()) else {
            if !is_active {
                fault(format!("the block {} is stored, and neither in the chain nor beside it", BlockHash::from(hash)));
            }
            continue;
        };
        let stored = snapshot.blocks_table().get(number)?.map(|bytes| bytes.value().len() as u64);
        let is_child = children.get((&parent, &hash))?.is_some();
        let has_parent = height == 1 || snapshot.is_stored(&parent.into())?;
        if is_active || stored != Some(length) || !is_child || !has_parent || work > best {
            fault(format!("the block {} beside the chain is not as it was kept", BlockHash::from(hash)));
        }
        for key in [None, Some(source)] {
            let (count, bytes) = counted.entry(key).or_default();
            *count += 1;
            *bytes += length;
        }
        let follows = children.range((&hash, &[0; 32])..=(&hash, &[u8::MAX; 32]))?.next().is_some();
        let is_leaf = leaves.get((&work, number))?.is_some_and(|leaf| *leaf.value() == hash);
        let is_own_leaf = of_source.get((source, &work, number))?.is_some_and(|leaf| *leaf.value() == hash);
        leaf_count += u64::from(is_leaf);
        if is_leaf == follows || is_own_leaf == follows {
            fault(format!("the ends of the branches are wrong at the block {}", BlockHash::from(hash)));
        }
    }
    let all = counted.get(&None).copied().unwrap_or_default().0;
    if [side.len()?, children.len()?] != [all; 2] || [leaves.len()?, of_source.len()?] != [leaf_count; 2] {
        fault("the tables of the blocks beside the chain do not fit each other".into());
    }
    for entry in snapshot.open(SIDE_COUNTS)?.iter()? {
        let (key, counts) = entry?;
        if counted.remove(&key.value()) != Some(counts.value()) {
            fault("the blocks beside the chain were counted wrongly".into());
        }
    }
    if !counted.is_empty() {
        fault("not all blocks beside the chain were counted".into());
    }
    Ok(())
}

/// The ids are those of the transactions of the chain.
fn check_ids<R: Rules>(snapshot: &Snapshot, rules: &R, fault: &mut impl FnMut(String)) -> Result<(), StoreError> {
    let Some(ids) = snapshot.open_if_made(TRANSACTION_IDS)? else { return Ok(()) };
    let mut count = 0;
    for height in 1..=snapshot.length()? {
        let (tip, bytes) = snapshot.stored(height)?;
        // What cannot be read is told where the blocks are judged.
        let Ok(block) = rules.restore(tip, bytes) else { continue };
        for (position, id) in (1..).zip(block.transaction_ids()) {
            count += 1;
            if ids.get((prefix_of(&id), height, position))?.is_none() {
                fault(format!("block {height}: the id of transaction {position} is missing"));
            }
        }
    }
    if ids.len()? != count {
        fault("there are ids of transactions that the chain does not hold".into());
    }
    Ok(())
}

/// What waits may wait, and is found by its id.
fn check_waiting<R: Rules>(snapshot: &Snapshot, rules: &R, fault: &mut impl FnMut(String)) -> Result<(), StoreError> {
    let (waiting, ids) = (snapshot.open(MEMPOOL)?, snapshot.open_if_made(MEMPOOL_IDS)?);
    for entry in waiting.iter()? {
        let (place, encoding) = entry?;
        let transaction: R::Transaction = read_transaction(encoding.value())?;
        if !rules.may_wait(&transaction) {
            fault(format!("the transaction that waits at place {} may not", place.value()));
        }
        let key = transaction.id().map(|id| (prefix_of(&id), place.value()));
        let found = key.map(|key| ids.as_ref().map(|ids| ids.get(key)).transpose()).transpose()?.flatten().flatten();
        if found.is_none() {
            fault(format!("the id of the transaction that waits at place {} is missing", place.value()));
        }
    }
    if ids.map_or(Ok(0), |ids| ids.len())? != waiting.len()? {
        fault("there are ids of transactions that do not wait".into());
    }
    Ok(())
}

/// What has left is found by its id.
fn check_departures(snapshot: &Snapshot, fault: &mut impl FnMut(String)) -> Result<(), StoreError> {
    let mut count = 0;
    for table in [DEPARTURES, REPLACED] {
        let Some(departures) = snapshot.open_if_made(table)? else { continue };
        for entry in departures.iter()? {
            if snapshot.departure(entry?.1.value().0)?.is_none() {
                fault("a transaction that has left is not found by its id".into());
            }
        }
        count += departures.len()?;
    }
    if snapshot.open_if_made(DEPARTURE_NUMBERS)?.map_or(Ok(0), |numbers| numbers.len())? != count {
        fault("there are ids of transactions that have not left".into());
    }
    Ok(())
}
