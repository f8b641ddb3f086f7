//! What became of transactions that wait no more although no block of the chain holds them, under rules under which transactions have
//! ids. The last ones are kept.

use bcoin_ledger::{Departure, Transaction};
use chrono::{DateTime, Utc};
use redb::{ReadableTable as _, ReadableTableMetadata as _, WriteTransaction};

use super::{
    error::StoreError,
    read::Snapshot,
    tables::{DEPARTURE_NUMBERS, DEPARTURES},
};

/// How many departures are kept.
pub const MAX_DEPARTURES: u64 = 50_000;

/// A transaction that has left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Departed {
    /// Why.
    pub why: Departure,
    /// When, to the second.
    pub at: DateTime<Utc>,
}

/// Keeps what has left at the time `at`, and forgets the first ones when there are more than `max`.
pub(super) fn keep<T: Transaction>(
    write: &WriteTransaction,
    left: &[(T, Departure)],
    at: DateTime<Utc>,
    max: u64,
) -> Result<(), StoreError> {
    if left.is_empty() {
        return Ok(());
    }
    let (mut departures, mut numbers) = (write.open_table(DEPARTURES)?, write.open_table(DEPARTURE_NUMBERS)?);
    let seconds = at.timestamp().max(0).unsigned_abs();
    let mut number = departures.last()?.map_or(1, |(last, _)| last.value() + 1);
    for (transaction, why) in left {
        let Some(id) = transaction.id() else { continue };
        if let Some(earlier) = numbers.insert(&id, number)?.map(|earlier| earlier.value()) {
            departures.remove(earlier)?;
        }
        departures.insert(number, (&id, code_of(*why), seconds))?;
        number += 1;
    }
    while departures.len()? > max {
        let first = departures.pop_first()?.map(|(_, departure)| *departure.value().0);
        first.map(|id| numbers.remove(&id).map(drop)).transpose()?;
    }
    Ok(())
}

fn code_of(why: Departure) -> u8 {
    match why {
        Departure::Replaced => 1,
        Departure::Evicted => 2,
        Departure::Invalid => 3,
        Departure::Undone => 4,
    }
}

fn read_code(code: u8) -> Result<Departure, StoreError> {
    match code {
        1 => Ok(Departure::Replaced),
        2 => Ok(Departure::Evicted),
        3 => Ok(Departure::Invalid),
        4 => Ok(Departure::Undone),
        _ => Err(StoreError::Damaged("why a transaction has left cannot be read".into())),
    }
}

impl Snapshot {
    /// Why the transaction with this id has left, and when; `None` when it has not, or too many have since. One that has come
    /// again is still found here: look for it in the chain first ([`Snapshot::positions_of`]), then among those that wait
    /// ([`Snapshot::waiting`]), then here.
    ///
    /// # Errors
    /// When the database fails or is damaged.
    pub fn departure(&self, id: &[u8; 32]) -> Result<Option<Departed>, StoreError> {
        let Some(numbers) = self.open_if_made(DEPARTURE_NUMBERS)? else { return Ok(None) };
        let Some(number) = numbers.get(id)?.map(|number| number.value()) else { return Ok(None) };
        let departure = self.open(DEPARTURES)?.get(number)?.map(|departure| (departure.value().1, departure.value().2));
        let (code, seconds) = departure.ok_or_else(|| StoreError::Damaged("a departure is missing".into()))?;
        let at = i64::try_from(seconds).ok().and_then(|seconds| DateTime::from_timestamp(seconds, 0));
        Ok(Some(Departed { why: read_code(code)?, at: at.unwrap_or_default() }))
    }
}

#[cfg(test)]
impl<R: bcoin_ledger::Rules> super::Store<R> {
    /// Keeps departures alone, at most `max`.
    pub(crate) fn keep_departures(&self, left: &[(R::Transaction, Departure)], max: u64) -> Result<(), StoreError> {
        self.commit(|write| keep(write, left, Utc::now(), max))
    }
}
