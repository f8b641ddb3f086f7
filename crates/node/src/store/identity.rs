//! What a database says of itself: its format and its rules.

use std::path::Path;

use redb::WriteTransaction;

use super::{
    database::Shared,
    error::{OpenError, StoreError},
    tables::{META, meta},
};

/// The format that this program writes.
const FORMAT: &[u8] = b"2";

/// Whether a database is in the format of this program.
pub(super) fn is_current(shared: &Shared) -> Result<bool, StoreError> {
    let meta = shared.begin_read()?.open_table(META)?;
    Ok(meta.get(meta::FORMAT)?.is_some_and(|format| format.value() == FORMAT))
}

/// Refuses data of another format where it cannot be upgraded.
pub(super) fn check_upgrade(shared: &Shared) -> Result<Result<(), OpenError>, StoreError> {
    Ok(match shared.folder() {
        Some(folder) if folder.is_read_only() && !is_current(shared)? => {
            Err(OpenError::NotUpgraded { folder: folder.path().to_owned() })
        }
        _ => Ok(()),
    })
}

/// Refuses data of other rules.
pub(super) fn check_rules(shared: &Shared, wanted: &'static str, file: &Path) -> Result<(), OpenError> {
    let read = || -> Result<Option<String>, StoreError> {
        let table = shared.begin_read()?.open_table(META)?;
        Ok(table.get(meta::RULES)?.map(|rules| String::from_utf8_lossy(rules.value()).into_owned()))
    };
    let found = read().map_err(|source| OpenError::of_data(file.to_owned(), source))?.unwrap_or_default();
    if found == wanted {
        return Ok(());
    }
    Err(OpenError::OtherRules { file: file.to_owned(), wanted, found })
}

/// Writes the format and the rules.
pub(super) fn write(write: &WriteTransaction, rules: &str) -> Result<(), StoreError> {
    let mut meta = write.open_table(META)?;
    meta.insert(meta::FORMAT, FORMAT)?;
    meta.insert(meta::RULES, rules.as_bytes())?;
    Ok(())
}
