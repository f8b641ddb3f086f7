//! What a database says of itself: its format and its rules.

use std::path::Path;

use bcoin_ledger::{BlockHash, Rules};
use redb::WriteTransaction;

use super::{
    database::Shared,
    error::{OpenError, StoreError},
    tables::{CHAIN, META, meta},
};

/// The format that this program writes.
const FORMAT: &[u8] = b"2";

/// The rules that all data of format 1 follows: there were no others.
const RULES_OF_FORMAT_1: &str = "chapter";

/// Whether a database is in the format of this program.
pub(super) fn is_current(shared: &Shared) -> Result<bool, StoreError> {
    let meta = shared.begin_read()?.open_table(META)?;
    Ok(meta.get(meta::FORMAT)?.is_some_and(|format| format.value() == FORMAT))
}

/// Refuses data of another format where it cannot be upgraded, or not by these rules.
pub(super) fn check_upgrade<R: Rules>(shared: &Shared, file: &Path) -> Result<Result<(), OpenError>, StoreError> {
    if is_current(shared)? {
        return Ok(Ok(()));
    }
    if R::NAME != RULES_OF_FORMAT_1 {
        let found = RULES_OF_FORMAT_1.into();
        return Ok(Err(OpenError::OtherRules { file: file.to_owned(), wanted: R::NAME, found }));
    }
    Ok(match shared.folder() {
        Some(folder) if folder.is_read_only() => Err(OpenError::NotUpgraded { folder: folder.path().to_owned() }),
        _ => Ok(()),
    })
}

/// Refuses data of other rules or of another network.
pub(super) fn check_rules<R: Rules>(shared: &Shared, rules: &R, file: &Path) -> Result<(), OpenError> {
    let (found, network) = rules_and_network(shared).map_err(|source| OpenError::of_data(file.to_owned(), source))?;
    if found != R::NAME {
        return Err(OpenError::OtherRules { file: file.to_owned(), wanted: R::NAME, found });
    }
    match (rules.genesis_hash(), network) {
        (Some(wanted), Some(found)) if wanted != found => {
            Err(OpenError::OtherNetwork { file: file.to_owned(), wanted, found })
        }
        _ => Ok(()),
    }
}

/// The name of the rules, and the hash of the first block if there is one.
fn rules_and_network(shared: &Shared) -> Result<(String, Option<BlockHash>), StoreError> {
    let read = shared.begin_read()?;
    let rules = read.open_table(META)?.get(meta::RULES)?;
    let rules = rules.map(|rules| String::from_utf8_lossy(rules.value()).into_owned()).unwrap_or_default();
    let first = read.open_table(CHAIN)?.get(1)?.map(|entry| BlockHash::from(*entry.value().1));
    Ok((rules, first))
}

/// Writes the format and the rules.
pub(super) fn write(write: &WriteTransaction, rules: &str) -> Result<(), StoreError> {
    let mut meta = write.open_table(META)?;
    meta.insert(meta::FORMAT, FORMAT)?;
    meta.insert(meta::RULES, rules.as_bytes())?;
    Ok(())
}
