//! A bounded cache of the answer to `/get_chain`. Blocks rarely change, and each client reads the whole chain. A short answer is
//! kept whole, in memory. Of a long answer the beginning is kept, in the segments that were served: in a temporary file, because
//! the system reads a file about as fast as memory, and has to itself when it needs the room.

use std::{
    fs::File,
    io::{self, Read as _, Seek as _, SeekFrom, Write as _},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use bcoin_ledger::BlockHash;
use bytes::Bytes;

/// How many bytes of a long answer are kept: about 100,000 blocks of a class.
const MAX_BYTES: u64 = 32 << 20;

/// Consecutive blocks in an answer, with the separator before the first one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Segment {
    /// Height of the last block.
    pub(super) last: u64,
    /// Hash of the last block. It identifies all blocks up to it.
    pub(super) hash: BlockHash,
}

/// Shared by all requests. A reader has to compare the hash of a segment with its own chain: the cache may hold another chain.
#[derive(Clone, Debug, Default)]
pub struct BodyCache {
    whole: Arc<Mutex<Option<(BlockHash, Bytes)>>>,
    segments: Arc<Mutex<Segments>>,
}

/// The segments that are kept, and where their texts end in the file.
#[derive(Debug, Default)]
struct Segments {
    kept: Vec<(Segment, u64)>,
    /// Made with the first segment. It has no name, so it goes with the program.
    file: Option<File>,
}

impl BodyCache {
    /// The whole answer for the chain that ends with `tip`, if it is kept.
    pub(super) fn whole(&self, tip: BlockHash) -> Option<Bytes> {
        let whole = lock(&self.whole);
        whole.as_ref().filter(|(kept, _)| *kept == tip).map(|(_, body)| body.clone())
    }

    /// Keeps the whole answer for the chain that ends with `tip`, instead of the one before.
    pub(super) fn keep_whole(&self, tip: BlockHash, body: Bytes) {
        *lock(&self.whole) = Some((tip, body));
    }

    /// The segment that begins after the block at the height `before`, if it is kept.
    pub(super) fn segment_after(&self, before: u64) -> Option<Segment> {
        let segments = lock(&self.segments);
        let (segment, _) = segments.kept.get(segments.position_after(before)?)?;
        Some(*segment)
    }

    /// The text of a segment, if it is still kept.
    pub(super) fn text(&self, segment: &Segment) -> Option<Bytes> {
        let mut segments = lock(&self.segments);
        let position = segments.position_of(segment)?;
        match segments.read(position) {
            Ok(text) => Some(text),
            Err(error) => {
                tracing::warn!(%error, "the cache of /get_chain cannot be read");
                segments.kept.clear();
                None
            }
        }
    }

    /// Keeps a segment that begins after the block `before`. It is dropped when a segment before it is missing, or when the cache
    /// or the disk is full.
    pub(super) fn keep_segment(&self, before: u64, segment: Segment, text: &[u8]) {
        let mut segments = lock(&self.segments);
        if segments.position_after(before) != Some(segments.kept.len()) {
            return;
        }
        if let Err(error) = segments.push(segment, text) {
            tracing::debug!(%error, "a part of a chain is not kept for /get_chain");
        }
    }

    /// Removes a segment and all that come after it, because the chain has other blocks there.
    pub(super) fn forget_from(&self, segment: &Segment) {
        let mut segments = lock(&self.segments);
        if let Some(position) = segments.position_of(segment) {
            segments.kept.truncate(position);
        }
    }
}

impl Segments {
    /// The position of the segment that begins after a block, or the position where it would be inserted.
    fn position_after(&self, before: u64) -> Option<usize> {
        if before == 0 {
            return Some(0);
        }
        Some(self.position_of_last(before)? + 1)
    }

    fn position_of(&self, segment: &Segment) -> Option<usize> {
        self.position_of_last(segment.last).filter(|position| self.kept[*position].0 == *segment)
    }

    fn position_of_last(&self, last: u64) -> Option<usize> {
        self.kept.binary_search_by_key(&last, |(segment, _)| segment.last).ok()
    }

    /// Where the text of the segment at this position begins in the file.
    fn begin(&self, position: usize) -> u64 {
        position.checked_sub(1).map_or(0, |before| self.kept[before].1)
    }

    fn read(&mut self, position: usize) -> io::Result<Bytes> {
        let (begin, (_, end)) = (self.begin(position), self.kept[position]);
        let file = self.file.as_mut().ok_or(io::ErrorKind::NotFound)?;
        let mut text = vec![0; usize::try_from(end - begin).map_err(io::Error::other)?];
        file.seek(SeekFrom::Start(begin))?;
        file.read_exact(&mut text)?;
        Ok(text.into())
    }

    /// Keeps a segment behind the others, unless the cache is full.
    fn push(&mut self, segment: Segment, text: &[u8]) -> io::Result<()> {
        let begin = self.begin(self.kept.len());
        let end = begin + text.len() as u64;
        if end > MAX_BYTES {
            return Ok(());
        }
        let file = match &mut self.file {
            Some(file) => file,
            none => none.insert(tempfile::tempfile()?),
        };
        file.seek(SeekFrom::Start(begin))?;
        file.write_all(text)?;
        self.kept.push((segment, end));
        Ok(())
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn segment(last: u64) -> Segment {
        Segment { last, hash: BlockHash::sha256(last.to_string()) }
    }

    fn keep(cache: &BodyCache, before: u64, last: u64, bytes: u64) {
        cache.keep_segment(before, segment(last), &vec![b'a' + last as u8; bytes as usize]);
    }

    fn lasts(cache: &BodyCache) -> Vec<u64> {
        lock(&cache.segments).kept.iter().map(|(segment, _)| segment.last).collect()
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
        keep(&cache, 10, 20, 1);
        assert!(lasts(&cache).is_empty(), "something is missing before it");
        for (before, last) in [(0, 10), (10, 20), (10, 20), (10, 25), (15, 30), (20, 30)] {
            keep(&cache, before, last, 1);
        }
        assert_eq!(lasts(&cache), [10, 20, 30]);
        assert_eq!(cache.segment_after(0), Some(segment(10)));
        assert_eq!(cache.segment_after(20), Some(segment(30)));
        assert!(cache.segment_after(15).is_none() && cache.segment_after(30).is_none());
    }

    #[test]
    fn what_was_kept_is_read_as_it_was() {
        let cache = BodyCache::default();
        for (before, last, bytes) in [(0, 1, 3), (1, 2, 1), (2, 3, 2)] {
            keep(&cache, before, last, bytes);
        }
        let text = |last| cache.text(&segment(last));
        assert_eq!((text(1).as_deref(), text(2).as_deref()), (Some(&b"bbb"[..]), Some(&b"c"[..])));
        cache.forget_from(&segment(2));
        keep(&cache, 1, 5, 2);
        assert_eq!((text(1).as_deref(), text(5).as_deref()), (Some(&b"bbb"[..]), Some(&b"ff"[..])));
        assert_eq!((text(2), text(3)), (None, None), "they are not kept any more");
        assert_eq!(cache.text(&Segment { hash: BlockHash::ZERO, ..segment(5) }), None, "this one is another segment");
    }

    #[test]
    fn what_is_forgotten_makes_room() {
        let cache = BodyCache::default();
        keep(&cache, 0, 1, MAX_BYTES / 2);
        keep(&cache, 1, 2, MAX_BYTES / 2);
        keep(&cache, 2, 3, 1);
        assert_eq!(lasts(&cache), [1, 2], "there is a bound");
        cache.forget_from(&segment(9));
        assert_eq!(lasts(&cache), [1, 2], "somebody forgot it already");
        cache.forget_from(&segment(2));
        keep(&cache, 1, 3, MAX_BYTES / 2);
        assert_eq!(lasts(&cache), [1, 3]);
    }
}
