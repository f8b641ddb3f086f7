//! Judging the transfers of a block on several threads: all but the signatures takes next to no time.

use std::{
    num::NonZeroUsize,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread,
};

use super::{
    block_error::BlockError, checked_transfer::CheckedTransfer, key::LiftedKeys, transaction::Transaction,
    transfer::SighashEngine,
};

/// The position of the first transaction after the coinbase.
pub(super) const FIRST_TRANSFER: u32 = 2;
/// How many transfers a thread takes at a time. Below that another thread costs more than it saves.
const PART: usize = 16;

/// How many threads are of use for these transactions: what was judged before takes no time.
pub(super) fn threads_for(transactions: &[Transaction]) -> usize {
    let unjudged = transactions.iter().filter(|transaction| matches!(transaction, Transaction::Transfer(_))).count();
    // To ask how many there are can take as long as a check: on Linux, files are read for it.
    if unjudged <= PART { 1 } else { thread::available_parallelism().map_or(1, NonZeroUsize::get) }
}

/// Judges the transactions after the coinbase on so many threads at most.
///
/// # Errors
/// The first one in their order that breaks a rule.
pub fn check_transfers(
    signing: &SighashEngine,
    transactions: Vec<Transaction>,
    threads: usize,
) -> Result<Vec<CheckedTransfer>, BlockError> {
    let parts = in_parts(transactions);
    let others = threads.min(parts.len()).saturating_sub(1);
    let (waiting, judged) = (Mutex::new(parts.into_iter().enumerate()), Mutex::new(Vec::new()));
    let refused = AtomicBool::new(false);
    let work = || {
        let mut keys = LiftedKeys::default();
        // Parts are taken in their order, so all parts before a refused one are taken already.
        while !refused.load(Ordering::Relaxed) {
            let next = lock(&waiting).next();
            let Some((place, (first, part))) = next else { return };
            let result = check_part(signing, &mut keys, first, part);
            refused.fetch_or(result.is_err(), Ordering::Relaxed);
            lock(&judged).push((place, result));
        }
    };
    thread::scope(|scope| {
        for _ in 0..others {
            // Where the system refuses a thread, the others do its work.
            let _ = thread::Builder::new().name("check".into()).spawn_scoped(scope, work);
        }
        work();
    });
    let mut judged = judged.into_inner().unwrap_or_else(PoisonError::into_inner);
    judged.sort_unstable_by_key(|(place, _)| *place);
    let mut transfers = Vec::new();
    for (_, part) in judged {
        transfers.extend(part?);
    }
    Ok(transfers)
}

/// The transactions in parts, each with the position of its first one in the block.
fn in_parts(transactions: Vec<Transaction>) -> Vec<(u32, Vec<Transaction>)> {
    let mut transactions = transactions.into_iter();
    let firsts = (FIRST_TRANSFER..).step_by(PART);
    let parts = firsts.map(|first| (first, transactions.by_ref().take(PART).collect::<Vec<_>>()));
    parts.take_while(|(_, part)| !part.is_empty()).collect()
}

/// Judges transactions of which the first one has this position in the block.
fn check_part(
    signing: &SighashEngine,
    keys: &mut LiftedKeys,
    first: u32,
    transactions: Vec<Transaction>,
) -> Result<Vec<CheckedTransfer>, BlockError> {
    let check = |(position, transaction)| match transaction {
        Transaction::Checked(checked) => Ok(checked),
        Transaction::Transfer(transfer) => CheckedTransfer::check_with(transfer, signing, |key| keys.lift(key))
            .map_err(|error| BlockError::Transfer { position, error }),
        Transaction::Coinbase(_) => Err(BlockError::SecondCoinbase { position }),
    };
    (first..).zip(transactions).map(check).collect()
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
