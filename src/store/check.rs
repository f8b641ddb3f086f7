//! Holding stored blocks against the rules and against the bytes they are made of.
//!
//! A block was checked wholly before it was written. If every link fits the hash of the bytes before it, and the last hash
//! is the one that was kept, then all bytes are still the ones that were written, and none of them needs to be read again.

use std::{
    num::NonZeroUsize,
    ops::RangeInclusive,
    panic::resume_unwind,
    sync::atomic::{AtomicU64, Ordering},
    thread,
};

use super::{
    error::StoreError,
    read::{Progress, Snapshot},
};
use crate::ledger::{Block, BlockHash, CheckedBlock, Header, Tip, check_block, check_header};

/// How many blocks are counted at a time: the cores would wait for each other if they counted each one.
const COUNTED_TOGETHER: u64 = 256;
/// Below so many blocks another thread costs more than it saves.
const WORTH_A_THREAD: u64 = 1_000;

impl Snapshot {
    /// Hashes and judges every block of the chain on all cores, telling `progress`; returns its end.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] names a block that is not right; others when the database fails.
    pub fn check_chain(&self, progress: Progress<'_>) -> Result<Tip, StoreError> {
        let length = self.length()?;
        let done = AtomicU64::new(0);
        let count = |blocks| progress(done.fetch_add(blocks, Ordering::Relaxed) + blocks, length);
        let tips = thread::scope(|scope| {
            let parts: Vec<_> =
                parts(length).into_iter().map(|part| scope.spawn(|| self.check_part(part, &count))).collect();
            let tips = parts.into_iter().map(|part| part.join().unwrap_or_else(|panic| resume_unwind(panic)));
            tips.collect::<Result<Vec<Tip>, StoreError>>()
        })?;
        let tip = *tips.last().ok_or_else(|| StoreError::Damaged("it holds no block".into()))?;
        // Nothing links to the last block, so its hash is kept beside it.
        if tip.index == length && self.tip_hash()? == tip.hash {
            Ok(tip)
        } else {
            Err(StoreError::Damaged(format!("block {} is not the one that was written", tip.index)))
        }
    }

    /// Judges the blocks of a part, the first one beside the block before it.
    fn check_part(&self, part: RangeInclusive<u64>, count: &impl Fn(u64)) -> Result<Tip, StoreError> {
        let mut tip = None;
        if *part.start() > 1 {
            let before = part.start() - 1;
            let text = self.block(before)?.ok_or_else(|| StoreError::Damaged(format!("block {before} is missing")))?;
            tip = Some(header_of(before, text.as_bytes())?.1);
        }
        let mut next = *part.start();
        for text in self.block_bytes(part)? {
            let text = text?;
            let text = text.value();
            let (header, own) = header_of(next, text)?;
            match &tip {
                Some(parent) => check_header(parent, &header)?,
                // The first block is looked at as a whole: no link says what it has to be.
                None => drop(check_stored(None, &String::from_utf8_lossy(text))?),
            }
            tip = Some(own);
            next += 1;
            if next.is_multiple_of(COUNTED_TOGETHER) {
                count(COUNTED_TOGETHER);
            }
        }
        tip.ok_or_else(|| StoreError::Damaged(format!("block {next} is missing")))
    }
}

/// The indices of a chain in parts of about the same size, one for each core.
fn parts(length: u64) -> Vec<RangeInclusive<u64>> {
    let cores = thread::available_parallelism().map_or(1, NonZeroUsize::get) as u64;
    let count = cores.min(length / WORTH_A_THREAD).max(1);
    (0..count)
        .map(|part| length * part / count + 1..=length * (part + 1) / count)
        .filter(|part| !part.is_empty())
        .collect()
}

fn header_of(index: u64, text: &[u8]) -> Result<(Header<'_>, Tip), StoreError> {
    let header = Header::of_canonical(text)
        .filter(|header| header.index == index)
        .ok_or_else(|| StoreError::Damaged(format!("block {index} cannot be read")))?;
    Ok((header, Tip { index, proof: header.proof, hash: BlockHash::of_bytes(text) }))
}

/// Judges one block wholly, and compares its bytes with the ones it would be written in.
pub(super) fn check_stored(parent: Option<&Tip>, text: &str) -> Result<CheckedBlock, StoreError> {
    let index = parent.map_or(1, |parent| parent.index + 1);
    let block = Block::from_json(text)
        .map_err(|error| StoreError::Damaged(format!("block {index} cannot be read: {error}")))?;
    let checked = check_block(parent, block)?;
    if checked.text() == text {
        Ok(checked)
    } else {
        Err(StoreError::Damaged(format!("block {index} is not in the form it was written in")))
    }
}
