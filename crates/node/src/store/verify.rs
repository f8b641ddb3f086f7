//! Checking a data folder thoroughly, and going on where something is wrong.

use std::{
    collections::{HashMap, HashSet},
    convert::Infallible,
    panic::{self, AssertUnwindSafe},
    path::Path,
    sync::Arc,
};

use bcoin_ledger::{Accounts, BlockHash, CheckedBlock as _, Rules, Tip, Work};
use redb::{ReadableTable as _, ReadableTableMetadata as _};

use super::{
    accounts::read_record,
    chain::index_record,
    contents::Contents,
    database::{Shared, builder},
    error::{OpenError, StoreError},
    folder::LockedFolder,
    open::check_rules,
    read::{Progress, Reader, Snapshot},
    tables::{ACCOUNT_TRANSACTIONS, ACCOUNTS, MEMPOOL, PEERS},
    upgrade,
};

/// How many faults are described; further ones are counted.
const MAX_FAULTS: usize = 50;

/// What was found in a data folder.
#[derive(Debug, Default)]
pub struct Verdict {
    /// How many blocks the chain has.
    pub blocks: u64,
    /// How many transactions wait.
    pub waiting: u64,
    /// How many peers are known.
    pub peers: u64,
    /// How many stale branches are kept.
    pub stale: usize,
    /// What the database says of its own pages, when they are not as they were written.
    pub database: Option<String>,
    /// What is wrong with the contents, block by block.
    pub faults: Vec<String>,
    /// How many faults there are beyond those.
    pub more_faults: u64,
}

/// Checks the data in `folder`: every page, every block, the accounts, every transaction that waits and every peer. Data of
/// format 1 is brought into format 2 first.
///
/// On damaged pages the database may panic, which is caught here; whoever wants to see no message sets a panic hook.
///
/// # Errors
/// When the folder is in use, holds no data or data of another format or of other rules, or cannot be read at all.
pub fn verify<R: Rules>(rules: &R, folder: &Path, progress: Progress<'_>) -> Result<Verdict, OpenError> {
    let folder = LockedFolder::open_existing(folder)?;
    let file = folder.data_file();
    let mut verdict = Verdict::default();
    let database = match builder().set_check_integrity_on_open(true).open(&file) {
        Ok(database) => database,
        Err(error) => {
            verdict.database = Some(error.to_string());
            match unharmed(|| builder().open(&file)).and_then(Result::ok) {
                Some(database) => database,
                None => return Ok(verdict),
            }
        }
    };
    let shared = Arc::new(Shared::new(database, Some(folder)));
    match unharmed(|| upgrade::run(&shared, rules, progress)) {
        Some(Ok(())) => {}
        Some(Err(error)) => {
            verdict.fault(error.to_string());
            return Ok(verdict);
        }
        None => {
            verdict.fault("it cannot be read".into());
            return Ok(verdict);
        }
    }
    check_rules::<R>(&shared, &file)?;
    let reader = Reader::new(shared);
    if unharmed(|| scan(rules, &reader, &mut verdict, progress)).is_none() {
        verdict.fault("the rest cannot be read".into());
    }
    Ok(verdict)
}

/// Without its own check of every page, the database may panic on damaged ones.
fn unharmed<T>(work: impl FnOnce() -> T) -> Option<T> {
    panic::catch_unwind(AssertUnwindSafe(work)).ok()
}

fn scan<R: Rules>(rules: &R, reader: &Reader, verdict: &mut Verdict, progress: Progress<'_>) {
    match reader.snapshot() {
        Ok(snapshot) => {
            if let Err(error) = scan_blocks(rules, &snapshot, verdict, progress) {
                verdict.fault(error.to_string());
            }
            if let Err(error) = scan_accounts(rules, &snapshot, verdict) {
                verdict.fault(format!("the accounts: {error}"));
            }
            match scan_stale_branches(&snapshot) {
                Ok(count) => verdict.stale = count,
                Err(error) => verdict.fault(format!("the stale branches: {error}")),
            }
        }
        Err(error) => verdict.fault(error.to_string()),
    }
    let counts = || -> Result<(u64, u64), StoreError> {
        Contents::read(reader, rules)?;
        let read = reader.begin_read()?;
        Ok((read.open_table(MEMPOOL)?.len()?, read.open_table(PEERS)?.len()?))
    };
    match counts() {
        Ok((waiting, peers)) => (verdict.waiting, verdict.peers) = (waiting, peers),
        Err(error) => verdict.fault(error.to_string()),
    }
}

/// Judges every block wholly beside the ones before it, whether those were right or not.
fn scan_blocks<R: Rules>(
    rules: &R,
    snapshot: &Snapshot,
    verdict: &mut Verdict,
    progress: Progress<'_>,
) -> Result<(), StoreError> {
    let length = snapshot.length()?;
    if length == 0 {
        verdict.fault("there is no block".into());
    }
    let mut ancestors: Option<R::Ancestors> = None;
    let mut blocks = snapshot.blocks(..)?;
    for height in 1..=length {
        let Some(block) = blocks.next_bytes() else {
            verdict.fault(format!("block {height} is missing"));
            break;
        };
        let (bytes, hash) = block?;
        let hash = hash.unwrap_or(BlockHash::from([0; 32]));
        verdict.blocks = height;
        progress(height, length);
        // After a block that cannot be read at all, the next one has nothing to be judged against.
        let can_be_judged = height == 1 || ancestors.is_some();
        if can_be_judged && let Err(fault) = judge(rules, ancestors.as_ref(), bytes.value(), height, &hash) {
            verdict.fault(format!("block {height}: {fault}"));
        }
        // What can be read of it is what the next one is held against.
        let record = index_record(snapshot.index(), &hash)?;
        let tip = Tip { height, hash, work: Work::from_be_bytes(record.3) };
        ancestors = match rules.restore(tip, bytes.value().to_vec()) {
            Ok(block) => Some(rules.extend(ancestors.as_ref(), &block)),
            Err(_) => None,
        };
    }
    Ok(())
}

/// Judges one block, and compares its bytes with the ones it would be written in.
fn judge<R: Rules>(
    rules: &R,
    ancestors: Option<&R::Ancestors>,
    bytes: &[u8],
    height: u64,
    hash: &BlockHash,
) -> Result<(), String> {
    let block = rules.decode(bytes).map_err(|error| format!("it cannot be read: {error}"))?;
    let checked = rules.check(ancestors, block).map_err(|error| error.to_string())?;
    if checked.encoding() != bytes {
        return Err("it is not in the form it was written in".into());
    }
    let tip = checked.tip();
    if tip.hash == *hash && tip.height == height { Ok(()) } else { Err("it is not the one that was written".into()) }
}

/// Accounts in memory, made of the blocks alone.
struct Expected<A> {
    accounts: HashMap<Vec<u8>, A>,
    /// How many entries the list of transactions has.
    entries: u64,
}

impl<A: Default> Accounts<A> for Expected<A> {
    type Error = Infallible;

    fn update<T>(&mut self, name: &[u8], _: u32, change: impl FnOnce(&mut A) -> T) -> Result<T, Infallible> {
        self.entries += 1;
        Ok(change(self.accounts.entry(name.to_owned()).or_default()))
    }
}

/// Compares the accounts with the blocks, and tells every difference.
fn scan_accounts<R: Rules>(rules: &R, snapshot: &Snapshot, verdict: &mut Verdict) -> Result<(), StoreError> {
    let mut expected = Expected::<R::Account> { accounts: HashMap::new(), entries: 0 };
    for height in 1..=snapshot.length()? {
        // What cannot be read is told where the blocks are judged.
        let (Some(hash), Some(bytes)) = (snapshot.hash(height)?, snapshot.block(height)?) else { continue };
        let tip = Tip { height, hash, work: Work::default() };
        let Ok(block) = rules.restore(tip, bytes) else { continue };
        if let Err(error) = rules.connect(&mut expected, &block) {
            verdict.fault(format!("block {height}: {error}"));
        }
    }
    expected.accounts.retain(|_, account| *account != R::Account::default());
    let mut found = HashSet::new();
    for entry in snapshot.open(ACCOUNTS)?.iter()? {
        let (name, record) = entry?;
        let (_, account) = read_record::<R::Account>(record.value())?;
        if expected.accounts.get(name.value()) != Some(&account) {
            let name = String::from_utf8_lossy(name.value()).into_owned();
            verdict.fault(format!("the account {name:?} is another one than the blocks make"));
        }
        found.insert(name.value().to_owned());
    }
    for name in expected.accounts.keys().filter(|name| !found.contains(*name)) {
        verdict.fault(format!("the account {:?} is missing", String::from_utf8_lossy(name)));
    }
    if snapshot.open(ACCOUNT_TRANSACTIONS)?.len()? != expected.entries {
        verdict.fault("the lists of the accounts' transactions are not those of the blocks".into());
    }
    Ok(())
}

/// Follows every stale branch down to the chain; returns how many there are.
fn scan_stale_branches(snapshot: &Snapshot) -> Result<usize, StoreError> {
    let branches = snapshot.stale_branches()?;
    for branch in &branches {
        snapshot.stale_blocks(branch)?.try_for_each(|block| block.map(drop))?;
    }
    Ok(branches.len())
}

impl Verdict {
    fn fault(&mut self, fault: String) {
        if self.faults.len() < MAX_FAULTS {
            self.faults.push(fault);
        } else {
            self.more_faults += 1;
        }
    }
}
