//! Checking a data folder thoroughly, and going on where something is wrong.

use std::{
    panic::{self, AssertUnwindSafe},
    path::Path,
    sync::Arc,
};

use redb::ReadableTableMetadata as _;

use super::{
    check::check_stored,
    contents,
    database::{Shared, builder},
    error::{OpenError, StoreError},
    folder::LockedFolder,
    index,
    read::{Progress, Reader, Snapshot},
    tables::{PEERS, PENDING},
};
use crate::ledger::{Block, BlockHash, Tip};

/// How many faults are described; further ones are counted.
const MOST_FAULTS: usize = 50;

/// What was found in a data folder.
#[derive(Debug, Default)]
pub struct Verdict {
    /// How many blocks the chain has.
    pub blocks: u64,
    /// How many payments wait.
    pub pending: u64,
    /// How many peers are known.
    pub peers: u64,
    /// How many given-up chains are kept.
    pub given_up: usize,
    /// What the database says of its own pages, when they are not as they were written.
    pub database: Option<String>,
    /// What is wrong with the contents, block by block.
    pub faults: Vec<String>,
    /// How many faults there are beyond those.
    pub more_faults: u64,
}

/// Checks the data in `folder`: every page, every block, every payment that waits and every peer.
///
/// # Errors
/// When the folder is in use, holds no data or data of another format, or cannot be read at all.
pub fn verify(folder: &Path, progress: Progress<'_>) -> Result<Verdict, OpenError> {
    let folder = LockedFolder::open_existing(folder)?;
    let file = folder.data_file();
    let mut verdict = Verdict::default();
    let database = match builder().set_check_integrity_on_open(true).open(&file) {
        Ok(database) => database,
        Err(error) => {
            verdict.database = Some(error.to_string());
            match open_damaged(&file) {
                Some(database) => database,
                None => return Ok(verdict),
            }
        }
    };
    let reader = Reader::new(Arc::new(Shared::new(database, Some(folder))));
    if unharmed(|| scan(&reader, &mut verdict, progress)).is_none() {
        verdict.fault("the rest cannot be read".into());
    }
    Ok(verdict)
}

/// Opens a database whose pages are damaged, to see what is left.
fn open_damaged(file: &Path) -> Option<redb::Database> {
    unharmed(|| builder().open(file))?.ok()
}

/// Without its own check of every page, the database may panic on damaged ones.
fn unharmed<T>(work: impl FnOnce() -> T) -> Option<T> {
    let hook = panic::take_hook();
    panic::set_hook(Box::new(|_| ()));
    let result = panic::catch_unwind(AssertUnwindSafe(work));
    panic::set_hook(hook);
    result.ok()
}

fn scan(reader: &Reader, verdict: &mut Verdict, progress: Progress<'_>) {
    match reader.snapshot() {
        Ok(snapshot) => {
            if let Err(error) = scan_blocks(&snapshot, verdict, progress) {
                verdict.fault(error.to_string());
            }
            if let Err(error) = index::differences(reader, |fault| verdict.fault(fault)) {
                verdict.fault(format!("the index: {error}"));
            }
            match snapshot.given_up() {
                Ok(chains) => verdict.given_up = chains.len(),
                Err(error) => verdict.fault(format!("the given-up chains: {error}")),
            }
        }
        Err(error) => verdict.fault(error.to_string()),
    }
    let counts = || -> Result<(u64, u64), StoreError> {
        contents::read(reader)?;
        let read = reader.begin_read()?;
        Ok((read.open_table(PENDING)?.len()?, read.open_table(PEERS)?.len()?))
    };
    match counts() {
        Ok((pending, peers)) => (verdict.pending, verdict.peers) = (pending, peers),
        Err(error) => verdict.fault(error.to_string()),
    }
}

/// Judges every block beside the bytes of the one before, whether that was right or not.
fn scan_blocks(snapshot: &Snapshot, verdict: &mut Verdict, progress: Progress<'_>) -> Result<(), StoreError> {
    let length = snapshot.length()?;
    let mut parent: Option<Tip> = None;
    for (index, text) in (1..).zip(snapshot.blocks(1)?) {
        let text = text?;
        verdict.blocks = index;
        progress(index, length);
        parent = match check_stored(parent.as_ref(), &text) {
            Ok(checked) => Some(checked.tip()),
            Err(error) => {
                verdict.fault(format!("block {index}: {error}"));
                // What can be read of it is what the next one is held against.
                let proof = Block::from_json(&text).map_or(1, |block| block.proof);
                Some(Tip { index, proof, hash: BlockHash::of(&text) })
            }
        };
    }
    match parent {
        None => verdict.fault("there is no block".into()),
        Some(tip) if snapshot.tip_hash()? != tip.hash => {
            verdict.fault(format!("block {}: it is not the one that was written", tip.index));
        }
        Some(_) => {}
    }
    Ok(())
}

impl Verdict {
    fn fault(&mut self, fault: String) {
        if self.faults.len() < MOST_FAULTS {
            self.faults.push(fault);
        } else {
            self.more_faults += 1;
        }
    }
}
