//! A bounded cache of the answer to `/get_chain`. Blocks rarely change, and each client reads the whole chain. A short answer is
//! kept whole. Of a long answer the beginning is kept, in the segments that were served.

use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use bcoin_ledger::BlockHash;
use bytes::Bytes;

/// How many bytes of a long answer are kept: about 100,000 blocks of a class.
const MAX_BYTES: usize = 32 << 20;

/// The text of consecutive blocks in an answer, with the separator before the first one.
#[derive(Clone, Debug)]
pub(super) struct Segment {
    /// Height of the last block.
    pub(super) last: u64,
    /// Hash of the last block. It identifies all blocks up to it.
    pub(super) hash: BlockHash,
    /// The blocks.
    pub(super) text: Bytes,
}

/// Shared by all requests. A reader has to compare the hash of a segment with its own chain: the cache may hold another chain.
#[derive(Clone, Debug, Default)]
pub(super) struct BodyCache(Arc<RwLock<Kept>>);

#[derive(Debug, Default)]
struct Kept {
    /// A whole answer, and the hash of the last block in it.
    whole: Option<(BlockHash, Bytes)>,
    segments: Vec<Segment>,
    /// How many bytes the segments have together.
    bytes: usize,
}

impl BodyCache {
    /// The whole answer for the chain that ends with `tip`, if it is kept.
    pub(super) fn whole(&self, tip: BlockHash) -> Option<Bytes> {
        let kept = self.read();
        kept.whole.as_ref().filter(|(kept, _)| *kept == tip).map(|(_, body)| body.clone())
    }

    /// Keeps the whole answer for the chain that ends with `tip`, instead of the one before.
    pub(super) fn keep_whole(&self, tip: BlockHash, body: Bytes) {
        self.write().whole = Some((tip, body));
    }

    /// The segment that begins after the block at the height `before`, if it is kept.
    pub(super) fn segment_after(&self, before: u64) -> Option<Segment> {
        let kept = self.read();
        kept.segments.get(kept.position_after(before)?).cloned()
    }

    /// Keeps a segment that begins after the block `before`. It is dropped when a segment before it is missing, or when the cache is full.
    pub(super) fn keep_segment(&self, before: u64, segment: Segment) {
        let mut kept = self.write();
        let bytes = kept.bytes + segment.text.len();
        if kept.position_after(before) == Some(kept.segments.len()) && bytes <= MAX_BYTES {
            kept.bytes = bytes;
            kept.segments.push(segment);
        }
    }

    /// Removes a segment and all that come after it, because the chain has other blocks there.
    pub(super) fn forget_from(&self, segment: &Segment) {
        let mut kept = self.write();
        let same = |other: &Segment| other.last == segment.last && other.hash == segment.hash;
        if let Some(position) = kept.segments.iter().position(same) {
            let forgotten: usize = kept.segments.drain(position..).map(|segment| segment.text.len()).sum();
            kept.bytes -= forgotten;
        }
    }

    fn read(&self) -> RwLockReadGuard<'_, Kept> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Kept> {
        self.0.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    /// The position of the segment that begins after a block, or the position where it would be inserted.
    fn position_after(&self, before: u64) -> Option<usize> {
        if before == 0 {
            return Some(0);
        }
        let position = self.segments.binary_search_by_key(&before, |segment| segment.last).ok()?;
        Some(position + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn segment(last: u64, bytes: usize) -> Segment {
        Segment { last, hash: BlockHash::sha256(last.to_string()), text: vec![b'x'; bytes].into() }
    }

    fn lasts(cache: &BodyCache) -> Vec<u64> {
        cache.read().segments.iter().map(|segment| segment.last).collect()
    }

    #[test]
    fn a_whole_answer_is_that_of_its_tip() {
        let (cache, tip) = (BodyCache::default(), BlockHash::sha256("a"));
        assert_eq!(cache.whole(tip), None);
        cache.keep_whole(tip, "one".into());
        assert_eq!(cache.whole(tip).as_deref(), Some(&b"one"[..]));
        assert_eq!(cache.whole(BlockHash::sha256("b")), None);
    }

    #[test]
    fn segments_are_kept_in_their_order_and_once() {
        let cache = BodyCache::default();
        cache.keep_segment(10, segment(20, 1));
        assert!(lasts(&cache).is_empty(), "something is missing before it");
        for (before, last) in [(0, 10), (10, 20), (10, 20), (10, 25), (15, 30), (20, 30)] {
            cache.keep_segment(before, segment(last, 1));
        }
        assert_eq!(lasts(&cache), [10, 20, 30]);
        assert_eq!(cache.segment_after(0).map(|segment| segment.last), Some(10));
        assert_eq!(cache.segment_after(20).map(|segment| segment.last), Some(30));
        assert!(cache.segment_after(15).is_none() && cache.segment_after(30).is_none());
    }

    #[test]
    fn what_is_forgotten_makes_room() {
        let cache = BodyCache::default();
        cache.keep_segment(0, segment(1, MAX_BYTES / 2));
        cache.keep_segment(1, segment(2, MAX_BYTES / 2));
        cache.keep_segment(2, segment(3, 1));
        assert_eq!(lasts(&cache), [1, 2], "there is a bound");
        cache.forget_from(&segment(9, 1));
        assert_eq!(lasts(&cache), [1, 2], "somebody forgot it already");
        cache.forget_from(&segment(2, 1));
        cache.keep_segment(1, segment(3, MAX_BYTES / 2));
        assert_eq!(lasts(&cache), [1, 3]);
    }
}
