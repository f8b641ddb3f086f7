//! Many new entries of one table, in the order of their keys.

use std::ops::Bound;

use redb::{CursorError, Key, Table, Value};

use super::error::StoreError;

/// From how many entries on it pays to write neighbours together: that copies the page around them, as inserting one entry into a
/// page that was changed already does not.
const MANY: usize = 10_000;

/// Inserts entries that come in ascending order of their keys. Of many entries, those that stand next to each other in the table
/// are written together, which takes a fraction of the time of inserting each by itself.
pub(super) fn insert_sorted<'e, K: Key, V: Value>(
    table: &mut Table<'_, K, V>,
    mut entries: impl ExactSizeIterator<Item = (K::SelfType<'e>, V::SelfType<'e>)>,
) -> Result<(), StoreError> {
    if entries.len() < MANY {
        for (key, value) in entries {
            table.insert(&key, &value)?;
        }
        return Ok(());
    }
    let mut next = entries.next();
    while let Some((key, value)) = next {
        let mut cursor = table.lower_bound_mut(Bound::Included(&key))?;
        let new = match cursor.insert_before(&key, &value) {
            Ok(()) => true,
            // The table has the key already.
            Err(CursorError::UnorderedKey) => false,
            Err(error) => return Err(error.into()),
        };
        next = entries.next();
        while new && let Some((key, value)) = &next {
            match cursor.insert_before(key, value) {
                Ok(()) => next = entries.next(),
                // An entry of the table comes first.
                Err(CursorError::UnorderedKey) => break,
                Err(error) => return Err(error.into()),
            }
        }
        cursor.close()?;
        if !new {
            table.insert(&key, &value)?;
        }
    }
    Ok(())
}
