//! Holding stored blocks against the rules and against the bytes they are made of.
//!
//! A block was judged wholly before it was written. It is enough that every header fits the ones before it and that every
//! block has the hash under which the chain names it: then all bytes are the ones that were written.

use std::{
    num::NonZeroUsize,
    ops::RangeInclusive,
    panic::resume_unwind,
    sync::atomic::{AtomicU64, Ordering},
    thread,
};

use bcoin_ledger::{Rules, Tip};

use super::{
    error::StoreError,
    read::{Progress, Snapshot},
};

/// How many blocks are counted at a time: the cores would wait for each other if they counted each one.
const COUNTED_TOGETHER: u64 = 256;
/// Below so many blocks another thread costs more than it saves.
const WORTH_A_THREAD: u64 = 1_000;

/// A chain whose blocks are the ones that were written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IntactChain {
    /// Its end.
    pub tip: Tip,
    /// How many bytes the encodings of its blocks have together.
    pub bytes: u64,
}

impl Snapshot {
    /// Hashes and rechecks every block of the chain on all cores, telling `progress`.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] names a block that is not right; others when the database fails.
    pub fn check_chain<R: Rules>(&self, rules: &R, progress: Progress<'_>) -> Result<IntactChain, StoreError> {
        let length = self.length()?;
        let done = AtomicU64::new(0);
        let count = |blocks| progress(done.fetch_add(blocks, Ordering::Relaxed) + blocks, length);
        let parts = thread::scope(|scope| {
            let check = |part| scope.spawn(|| self.check_part(rules, part, &count));
            let parts: Vec<_> = parts(length).into_iter().map(check).collect();
            let parts = parts.into_iter().map(|part| part.join().unwrap_or_else(|panic| resume_unwind(panic)));
            parts.collect::<Result<Vec<IntactChain>, StoreError>>()
        })?;
        let tip = parts.last().ok_or_else(StoreError::no_block)?.tip;
        Ok(IntactChain { tip, bytes: parts.iter().map(|part| part.bytes).sum() })
    }

    /// Rechecks the blocks of a part, the first one beside the blocks before it. The bytes are those of the part.
    fn check_part<R: Rules>(
        &self,
        rules: &R,
        part: RangeInclusive<u64>,
        count: &impl Fn(u64),
    ) -> Result<IntactChain, StoreError> {
        let mut ancestors = self.ancestors(rules, part.start() - 1)?;
        let (mut next, mut total) = (*part.start(), 0);
        self.visit_blocks(part.clone(), |height, bytes, hash| {
            if height != next {
                return Err(StoreError::missing_block(next));
            }
            next += 1;
            total += bytes.len() as u64;
            let checked = rules.recheck(ancestors.as_ref(), bytes);
            let checked = checked.map_err(|error| StoreError::damaged_block(height, &error))?;
            let tip = checked.as_ref();
            if (tip.height, tip.hash) != (height, hash) {
                return Err(StoreError::Damaged(format!("block {height} is not the one that was written")));
            }
            ancestors = Some(checked);
            if height.is_multiple_of(COUNTED_TOGETHER) {
                count(COUNTED_TOGETHER);
            }
            Ok(())
        })?;
        if next <= *part.end() {
            return Err(StoreError::missing_block(next));
        }
        let end = ancestors.ok_or_else(|| StoreError::missing_block(*part.start()))?;
        Ok(IntactChain { tip: *end.as_ref(), bytes: total })
    }
}

/// The heights of a chain in parts of about the same size, one for each core.
fn parts(length: u64) -> Vec<RangeInclusive<u64>> {
    let cores = thread::available_parallelism().map_or(1, NonZeroUsize::get) as u64;
    let count = cores.min(length / WORTH_A_THREAD).max(1);
    (0..count)
        .map(|part| length * part / count + 1..=length * (part + 1) / count)
        .filter(|part| !part.is_empty())
        .collect()
}
