//! Checking a data folder thoroughly, and going on where something is wrong.

use std::{
    collections::{HashMap, HashSet},
    convert::Infallible,
    panic::{self, AssertUnwindSafe},
    path::Path,
    sync::Arc,
};

use bcoin_ledger::{Accounts, CheckedBlock as _, Rules, Tip};
use chrono::{DateTime, Local};
use redb::{ReadableTable as _, ReadableTableMetadata as _};

use super::{
    accounts::read_record,
    database::{self, Shared, builder},
    error::{OpenError, StoreError},
    folder::LockedFolder,
    identity,
    read::{Progress, Snapshot},
    tables::{ACCOUNT_TRANSACTIONS, ACCOUNTS, MEMPOOL},
    upgrade::Upgrade,
    verify_branches,
    writer::Store,
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

/// Checks the data in `folder`: every page, every block, the accounts, every transaction that waits and every peer; under rules under which
/// blocks come one by one, also the blocks beside the chain and the ids. Data of
/// format 1 is brought into format 2 first. A folder that cannot be written is only read.
///
/// On damaged pages the database may panic, which is caught here; whoever wants to see no message sets a panic hook.
///
/// # Errors
/// When the folder is in use, holds no data or data of another format or of other rules, or cannot be read at all.
pub fn verify<R: Rules>(rules: &R, folder: &Path, progress: Progress<'_>) -> Result<Verdict, OpenError> {
    let folder = LockedFolder::open_existing(folder)?;
    let file = folder.data_file();
    let mut verdict = Verdict::default();
    let database = match database::open(builder().set_check_integrity_on_open(true), &folder) {
        Ok(database) => database,
        Err(error) => {
            verdict.database = Some(error.to_string());
            match unharmed(|| database::open(&mut builder(), &folder)).and_then(Result::ok) {
                Some(database) => database,
                None => return Ok(verdict),
            }
        }
    };
    let shared = Arc::new(Shared::new(database, Some(folder)));
    if verdict.database.is_some()
        && !unharmed(|| identity::is_current(&shared)).is_some_and(|current| current.unwrap_or(false))
    {
        // An upgrade writes, and what is damaged stays as it is.
        verdict.fault("it is in format 1, and not brought into format 2 because it is damaged".into());
        return Ok(verdict);
    }
    identity::check_upgrade::<R>(&shared, &file).map_err(|source| OpenError::of_data(file.clone(), source))??;
    if let Err(error) = unharmed(|| Upgrade::run(&shared, rules, progress)).unwrap_or(Err(unreadable())) {
        verdict.fault(error.to_string());
        return Ok(verdict);
    }
    let Some(is_of_these_rules) = unharmed(|| identity::check_rules(&shared, rules, &file)) else {
        verdict.fault("which rules and which first block it has cannot be read".into());
        return Ok(verdict);
    };
    is_of_these_rules?;
    let store = Store::new(shared, rules.clone());
    let scan = Scan { store, verdict: &mut verdict, progress };
    if unharmed(|| scan.run()).is_none() {
        verdict.fault("the rest cannot be read".into());
    }
    Ok(verdict)
}

/// A time at which no block is early: stored ones were held against the clock when they came.
pub(super) fn after_all_blocks() -> DateTime<Local> {
    DateTime::from_timestamp(u32::MAX.into(), 0).unwrap_or_default().with_timezone(&Local)
}

fn unreadable() -> StoreError {
    StoreError::Damaged("it cannot be read".into())
}

/// Without its own check of every page, the database may panic on damaged ones.
fn unharmed<T>(work: impl FnOnce() -> T) -> Option<T> {
    panic::catch_unwind(AssertUnwindSafe(work)).ok()
}

/// A check that is under way.
struct Scan<'a, R> {
    store: Store<R>,
    verdict: &'a mut Verdict,
    progress: Progress<'a>,
}

impl<R: Rules> Scan<'_, R> {
    fn run(mut self) {
        match self.store.reader().snapshot() {
            Ok(snapshot) => {
                if let Err(error) = self.scan_blocks(&snapshot) {
                    self.verdict.fault(error.to_string());
                }
                if let Err(error) = self.scan_accounts(&snapshot) {
                    self.verdict.fault(format!("the accounts: {error}"));
                }
                if let Err(error) = self.scan_stale_branches(&snapshot) {
                    self.verdict.fault(format!("the stale branches: {error}"));
                }
                let (rules, verdict) = (&self.store.rules, &mut *self.verdict);
                if R::GROWS_BRANCHES
                    && let Err(error) = verify_branches::check(&snapshot, rules, &mut |fault| verdict.fault(fault))
                {
                    self.verdict.fault(format!("what is kept beside the chain: {error}"));
                }
            }
            Err(error) => self.verdict.fault(error.to_string()),
        }
        let counts = || -> Result<(u64, u64), StoreError> {
            let peers = self.store.contents()?.peers.len() as u64;
            Ok((self.store.reader().begin_read()?.open_table(MEMPOOL)?.len()?, peers))
        };
        match counts() {
            Ok((waiting, peers)) => (self.verdict.waiting, self.verdict.peers) = (waiting, peers),
            Err(error) => self.verdict.fault(error.to_string()),
        }
    }

    /// Judges every block wholly beside the ones before it, whether those were right or not.
    fn scan_blocks(&mut self, snapshot: &Snapshot) -> Result<(), StoreError> {
        let length = snapshot.length()?;
        if length == 0 {
            self.verdict.fault("there is no block".into());
        }
        if snapshot.index().len()? != snapshot.blocks_table().len()? {
            self.verdict.fault("the index knows other blocks than are stored".into());
        }
        let mut ancestors: Option<R::Ancestors> = None;
        for height in 1..=length {
            self.verdict.blocks = height;
            (self.progress)(height, length);
            let (tip, bytes) = snapshot.stored(height)?;
            // After a block that cannot be read at all, the next one has nothing to be judged against.
            let can_be_judged = height == 1 || ancestors.is_some();
            if can_be_judged && let Err(fault) = self.judge(ancestors.as_ref(), &bytes, &tip) {
                self.verdict.fault(format!("block {height}: {fault}"));
            }
            // What can be read of it is what the next one is held against.
            let restored = self.store.rules.restore(tip, bytes).ok();
            ancestors = restored.map(|block| self.store.rules.extend(ancestors.as_ref(), &block));
        }
        Ok(())
    }

    /// Judges one block, and compares its bytes with the ones it would be written in.
    fn judge(&self, ancestors: Option<&R::Ancestors>, bytes: &[u8], tip: &Tip) -> Result<(), String> {
        let rules = &self.store.rules;
        let block = rules.decode_stored(bytes).map_err(|error| format!("it cannot be read: {error}"))?;
        let checked = rules.check(ancestors, block, after_all_blocks()).map_err(|error| error.to_string())?;
        if checked.encoding() != bytes {
            return Err("it is not in the form it was written in".into());
        }
        if checked.tip() == *tip { Ok(()) } else { Err("it is not the one that was written".into()) }
    }

    /// What an earlier block does at this height, when it can be read.
    fn delayed(&self, snapshot: &Snapshot, height: u64) -> Result<Option<R::Delayed>, StoreError> {
        let Some(earlier) = R::delayed_height(height) else { return Ok(None) };
        Ok(self.store.rules.delayed(&snapshot.stored(earlier)?.1).ok())
    }

    /// Compares the accounts with the blocks, and tells every difference.
    fn scan_accounts(&mut self, snapshot: &Snapshot) -> Result<(), StoreError> {
        let mut expected = Expected::<R::Account>::default();
        for height in 1..=snapshot.length()? {
            let (tip, bytes) = snapshot.stored(height)?;
            // What cannot be read is told where the blocks are judged.
            let Ok(block) = self.store.rules.restore(tip, bytes) else { continue };
            let delayed = self.delayed(snapshot, height)?;
            if let Err(error) = self.store.rules.connect(&mut expected, &block, delayed.as_ref()) {
                self.verdict.fault(format!("block {height}: {error}"));
            }
            expected.end_block();
        }
        for entry in snapshot.open(ACCOUNTS)?.iter()? {
            let (name, record) = entry?;
            let (_, account) = read_record::<R::Account>(record.value())?;
            if expected.accounts.remove(name.value()) != Some(account) {
                let name = shown(name.value());
                self.verdict.fault(format!("the account {name} is another one than the blocks make"));
            }
        }
        for name in expected.accounts.keys() {
            self.verdict.fault(format!("the account {} is missing", shown(name)));
        }
        if snapshot.open(ACCOUNT_TRANSACTIONS)?.len()? != expected.entries {
            self.verdict.fault("the lists of the accounts' transactions are not those of the blocks".into());
        }
        Ok(())
    }

    /// Follows every stale branch down to the chain, and compares their length with what was counted. Their blocks are not judged
    /// again.
    fn scan_stale_branches(&mut self, snapshot: &Snapshot) -> Result<(), StoreError> {
        let branches = snapshot.stale_branches()?;
        for branch in &branches {
            snapshot.stale_blocks(branch)?.try_for_each(|block| block.map(drop))?;
        }
        self.verdict.stale = branches.len();
        if let Some((counted, found)) = snapshot.stale_bytes()?
            && counted != found
        {
            self.verdict.fault(format!("the stale branches have {found} bytes, and {counted} were counted"));
        }
        Ok(())
    }
}

/// A name that is text as text, and others byte by byte.
pub(super) fn shown(name: &[u8]) -> String {
    match str::from_utf8(name) {
        Ok(text) => format!("{text:?}"),
        Err(_) => name.iter().map(|byte| format!("{byte:02x}")).collect(),
    }
}

/// Accounts in memory, made of the blocks alone.
pub(super) struct Expected<A> {
    pub(super) accounts: HashMap<Vec<u8>, A>,
    /// How many entries the lists of transactions have, without the block that is being connected.
    entries: u64,
    /// Which transactions of that block name which account.
    named: HashSet<(Vec<u8>, u32)>,
}

impl<A> Default for Expected<A> {
    fn default() -> Self {
        Self { accounts: HashMap::new(), entries: 0, named: HashSet::new() }
    }
}

impl<A> Expected<A> {
    pub(super) fn end_block(&mut self) {
        self.entries += self.named.drain().count() as u64;
    }
}

impl<A: Default> Accounts<A> for Expected<A> {
    type Error = Infallible;

    fn update<T>(
        &mut self,
        name: &[u8],
        position: Option<u32>,
        change: impl FnOnce(&mut A) -> T,
    ) -> Result<T, Infallible> {
        self.named.extend(position.map(|position| (name.to_owned(), position)));
        Ok(change(self.accounts.entry(name.to_owned()).or_default()))
    }
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
