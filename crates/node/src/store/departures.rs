//! What became of transactions that wait no more although no block of the chain holds them, under rules under which transactions have
//! ids. The last ones are kept.

use bcoin_ledger::{Departure, Transaction};
use chrono::{DateTime, Utc};
use redb::{ReadableTable as _, ReadableTableMetadata as _, Table, WriteTransaction};

use super::{
    error::StoreError,
    read::Snapshot,
    tables::{DEPARTURE_NUMBERS, DEPARTURES, REPLACED},
};

/// How many departures are kept.
pub const MAX_DEPARTURES: u64 = 50_000;
/// How many of these are kept of transactions that were replaced. A fee that was replaced is never paid, so whoever replaces for ever
/// pushes out what was replaced before, and nothing else.
const MAX_REPLACED: u64 = 10_000;

/// How many departures are kept.
#[derive(Clone, Copy, Debug)]
pub(crate) struct DepartureLimits {
    /// Of transactions that were replaced.
    pub(crate) replaced: u64,
    /// Of all others.
    pub(crate) others: u64,
}

impl Default for DepartureLimits {
    fn default() -> Self {
        Self { replaced: MAX_REPLACED, others: MAX_DEPARTURES - MAX_REPLACED }
    }
}

/// A table of departures.
type Departures<'t> = Table<'t, u64, (&'static [u8; 32], u8, u64)>;

/// A transaction that has left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Departed {
    /// Why.
    pub why: Departure,
    /// When, to the second.
    pub at: DateTime<Utc>,
}

/// Keeps what has left at the time `at`, and forgets the first ones of each kind when there are too many.
pub(super) fn keep<T: Transaction>(
    write: &WriteTransaction,
    left: &[(T, Departure)],
    at: DateTime<Utc>,
    limits: DepartureLimits,
) -> Result<(), StoreError> {
    if left.is_empty() {
        return Ok(());
    }
    let (mut others, mut replaced) = (write.open_table(DEPARTURES)?, write.open_table(REPLACED)?);
    let mut numbers = write.open_table(DEPARTURE_NUMBERS)?;
    let seconds = at.timestamp().max(0).unsigned_abs();
    let mut number = last_number(&others)?.max(last_number(&replaced)?) + 1;
    for (transaction, why) in left {
        let Some(id) = transaction.id() else { continue };
        if let Some(earlier) = numbers.insert(&id, number)?.map(|earlier| earlier.value()) {
            others.remove(earlier)?;
            replaced.remove(earlier)?;
        }
        let departures = if *why == Departure::Replaced { &mut replaced } else { &mut others };
        departures.insert(number, (&id, code_of(*why), seconds))?;
        number += 1;
    }
    forget_first(&mut others, &mut numbers, limits.others)?;
    forget_first(&mut replaced, &mut numbers, limits.replaced)
}

fn last_number(departures: &Departures<'_>) -> Result<u64, StoreError> {
    Ok(departures.last()?.map_or(0, |(last, _)| last.value()))
}

/// Forgets the first departures while there are more than `max`.
fn forget_first(
    departures: &mut Departures<'_>,
    numbers: &mut Table<'_, &'static [u8; 32], u64>,
    max: u64,
) -> Result<(), StoreError> {
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
        let mut departure = None;
        for table in [DEPARTURES, REPLACED] {
            let Some(departures) = self.open_if_made(table)? else { continue };
            departure = departure.or(departures.get(number)?.map(|found| (found.value().1, found.value().2)));
        }
        let (code, seconds) = departure.ok_or_else(|| StoreError::Damaged("a departure is missing".into()))?;
        let at = i64::try_from(seconds).ok().and_then(|seconds| DateTime::from_timestamp(seconds, 0));
        Ok(Some(Departed { why: read_code(code)?, at: at.unwrap_or_default() }))
    }
}

#[cfg(test)]
impl<R: bcoin_ledger::Rules> super::Store<R> {
    /// Keeps departures alone.
    pub(crate) fn keep_departures(
        &self,
        left: &[(R::Transaction, Departure)],
        limits: DepartureLimits,
    ) -> Result<(), StoreError> {
        self.commit(|write| keep(write, left, Utc::now(), limits))
    }
}
