//! The beginning of the chain as it was served last, kept within a bound: blocks hardly ever change, and whoever reads a long
//! chain reads all of it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;

use crate::ledger::BlockHash;

/// How many bytes are kept: about 100,000 blocks of a class.
const MOST_BYTES: usize = 32 << 20;

/// Consecutive blocks as they stand in a chain that is served, with the separator before the first one.
#[derive(Clone, Debug)]
pub(super) struct Segment {
    /// Index of the last block.
    pub(super) last: u64,
    /// Hash of the last block, which stands for all blocks up to it.
    pub(super) hash: BlockHash,
    /// The blocks.
    pub(super) text: Bytes,
}

/// Shared by all requests. Whoever takes a segment compares its hash with the chain that is asked for: what is kept may be the
/// beginning of another one.
#[derive(Clone, Debug, Default)]
pub(super) struct Beginning(Arc<Mutex<Kept>>);

#[derive(Debug, Default)]
struct Kept {
    segments: Vec<Segment>,
    bytes: usize,
}

impl Beginning {
    /// The segment that begins after the block with the index `before`, if it is kept.
    pub(super) fn after(&self, before: u64) -> Option<Segment> {
        let kept = self.kept();
        kept.segments.get(kept.place_after(before)?).cloned()
    }

    /// Keeps a segment that begins after the block `before`, where nothing is missing between and there is room.
    pub(super) fn keep(&self, before: u64, segment: Segment) {
        let mut kept = self.kept();
        let bytes = kept.bytes + segment.text.len();
        if kept.place_after(before) == Some(kept.segments.len()) && bytes <= MOST_BYTES {
            kept.bytes = bytes;
            kept.segments.push(segment);
        }
    }

    /// Forgets a segment and all that come after it, because the chain has other blocks there.
    pub(super) fn forget_from(&self, segment: &Segment) {
        let mut kept = self.kept();
        let same = |other: &Segment| other.last == segment.last && other.hash == segment.hash;
        if let Some(place) = kept.segments.iter().position(same) {
            let forgotten: usize = kept.segments.drain(place..).map(|segment| segment.text.len()).sum();
            kept.bytes -= forgotten;
        }
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    /// Where the segment that begins after a block stands, or would stand.
    fn place_after(&self, before: u64) -> Option<usize> {
        if before == 0 {
            return Some(0);
        }
        let place = self.segments.binary_search_by_key(&before, |segment| segment.last).ok()?;
        Some(place + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn segment(last: u64, bytes: usize) -> Segment {
        Segment { last, hash: BlockHash::of(&last.to_string()), text: vec![b'x'; bytes].into() }
    }

    fn lasts(beginning: &Beginning) -> Vec<u64> {
        beginning.kept().segments.iter().map(|segment| segment.last).collect()
    }

    #[test]
    fn segments_are_kept_in_their_order_and_once() {
        let beginning = Beginning::default();
        beginning.keep(10, segment(20, 1));
        assert!(lasts(&beginning).is_empty(), "something is missing before it");
        for (before, last) in [(0, 10), (10, 20), (10, 20), (10, 25), (15, 30), (20, 30)] {
            beginning.keep(before, segment(last, 1));
        }
        assert_eq!(lasts(&beginning), [10, 20, 30]);
        assert_eq!(beginning.after(0).map(|segment| segment.last), Some(10));
        assert_eq!(beginning.after(20).map(|segment| segment.last), Some(30));
        assert!(beginning.after(15).is_none() && beginning.after(30).is_none());
    }

    #[test]
    fn what_is_forgotten_makes_room() {
        let beginning = Beginning::default();
        beginning.keep(0, segment(1, MOST_BYTES / 2));
        beginning.keep(1, segment(2, MOST_BYTES / 2));
        beginning.keep(2, segment(3, 1));
        assert_eq!(lasts(&beginning), [1, 2], "there is a bound");
        beginning.forget_from(&segment(9, 1));
        assert_eq!(lasts(&beginning), [1, 2], "somebody forgot it already");
        beginning.forget_from(&segment(2, 1));
        beginning.keep(1, segment(3, MOST_BYTES / 2));
        assert_eq!(lasts(&beginning), [1, 3]);
    }
}
