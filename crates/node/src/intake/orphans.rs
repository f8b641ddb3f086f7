//! Blocks whose parent is not here (docs/sound-rules.md section 5).

use std::{cmp::Reverse, collections::HashMap};

use bcoin_ledger::BlockHash;

use super::kept::{KeptBlock, count_of};
use crate::source::Source;

/// The most orphans that are kept.
pub(super) const MAX_ORPHANS: usize = 256;
/// The most orphans that are kept of one source.
pub(super) const MAX_ORPHANS_OF_SOURCE: usize = 16;
/// The most bytes that all orphans have together: those of the longest ones that one source may have here, so that a source which
/// is alone gets all that it may have, and many sources together take no more memory than one.
pub(super) const MAX_ORPHAN_BYTES: usize = 16 << 20;

/// The orphans, in the order in which they came. They are few, so they are looked through.
#[derive(Debug, Default)]
pub(super) struct Orphans(Vec<KeptBlock>);

impl Orphans {
    pub(super) fn contains(&self, hash: &BlockHash) -> bool {
        self.0.iter().any(|orphan| orphan.hash == *hash)
    }

    /// The parents for which orphans wait.
    pub(super) fn parents(&self) -> impl Iterator<Item = BlockHash> {
        self.0.iter().map(|orphan| orphan.parent)
    }

    /// Keeps an orphan. Where there are too many then, the oldest ones of the source that has the most leave: nobody can push out
    /// what another source has within an equal share.
    pub(super) fn insert(&mut self, orphan: KeptBlock) {
        let source = orphan.source.clone();
        self.0.push(orphan);
        while count_of(self.0.iter(), &source) > MAX_ORPHANS_OF_SOURCE {
            self.remove_oldest_of(&source);
        }
        while self.0.len() > MAX_ORPHANS {
            self.remove_of_largest(|(count, _)| count);
        }
        while self.bytes() > MAX_ORPHAN_BYTES {
            self.remove_of_largest(|(_, bytes)| bytes);
        }
    }

    /// Takes out the orphans of this parent, in the order in which they came.
    pub(super) fn take_children(&mut self, parent: &BlockHash) -> Vec<KeptBlock> {
        self.0.extract_if(.., |orphan| orphan.parent == *parent).collect()
    }

    fn bytes(&self) -> usize {
        self.0.iter().map(|orphan| orphan.encoding.len()).sum()
    }

    /// Takes out the oldest orphan of the source that has the most of what `measure` looks at; of several such sources, that of the
    /// one whose oldest is the oldest.
    fn remove_of_largest(&mut self, measure: impl Fn((usize, usize)) -> usize) {
        let mut shares: HashMap<&Source, (usize, usize)> = HashMap::new();
        for orphan in &self.0 {
            let (count, bytes) = shares.entry(&orphan.source).or_default();
            *count += 1;
            *bytes += orphan.encoding.len();
        }
        let share = |orphan: &KeptBlock| shares.get(&orphan.source).copied().map(&measure);
        let oldest = self.0.iter().enumerate().max_by_key(|(place, orphan)| (share(orphan), Reverse(*place)));
        if let Some((place, _)) = oldest {
            self.0.remove(place);
        }
    }

    fn remove_oldest_of(&mut self, source: &Source) {
        if let Some(place) = self.0.iter().position(|orphan| orphan.source == *source) {
            self.0.remove(place);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::kept::testing::{block, hash},
        *,
    };

    /// The numbers of those below `end` that are kept.
    fn kept(orphans: &Orphans, end: usize) -> Vec<usize> {
        (0..end).filter(|number| orphans.contains(&hash(*number))).collect()
    }

    #[test]
    fn the_orphans_of_a_parent_are_taken_out_once() {
        let mut orphans = Orphans::default();
        for number in [5, 7, 6] {
            orphans.insert(block(number, "one", 100));
        }
        let sibling = KeptBlock { hash: hash(60), ..block(6, "two", 100) };
        orphans.insert(sibling);
        let children = orphans.take_children(&hash(5));
        assert_eq!(children.iter().map(|orphan| orphan.hash).collect::<Vec<_>>(), [hash(6), hash(60)]);
        assert!(orphans.take_children(&hash(5)).is_empty());
        assert_eq!((kept(&orphans, 10), orphans.parents().count()), (vec![5, 7], 2));
    }

    #[test]
    fn of_one_source_the_oldest_leaves_when_there_are_too_many() {
        let mut orphans = Orphans::default();
        orphans.insert(block(100, "other", 100));
        for number in 0..=MAX_ORPHANS_OF_SOURCE {
            orphans.insert(block(number, "one", 100));
        }
        let all_but_the_first: Vec<_> = (1..=MAX_ORPHANS_OF_SOURCE).chain([100]).collect();
        assert_eq!(kept(&orphans, 101), all_but_the_first);
    }

    #[test]
    fn no_source_pushes_out_what_another_one_has_within_its_share() {
        let mut orphans = Orphans::default();
        for number in 0..MAX_ORPHANS {
            orphans.insert(block(number, &(number / MAX_ORPHANS_OF_SOURCE).to_string(), 100));
        }
        // All places are taken by 16 sources with 16 each. A new source gets its share, from those who have the most.
        for number in MAX_ORPHANS..MAX_ORPHANS + 30 {
            orphans.insert(block(number, "new", 100));
        }
        assert_eq!(orphans.0.len(), MAX_ORPHANS);
        let counts: Vec<_> =
            (0..16).map(|source| count_of(orphans.0.iter(), &Source::new(source.to_string()))).collect();
        assert!(counts.iter().all(|count| (15..=16).contains(count)), "{counts:?}");
        assert_eq!(count_of(orphans.0.iter(), &Source::new("new")), 16);
        assert!(orphans.contains(&hash(MAX_ORPHANS + 29)), "the latest one is kept");
    }

    #[test]
    fn the_bytes_are_shared_as_well() {
        const LONGEST: usize = 1_000_000;
        let mut orphans = Orphans::default();
        for number in 0..16 {
            orphans.insert(block(number, "greedy", LONGEST));
        }
        assert_eq!(orphans.0.len(), 16, "one source may have as many of the longest as of any");
        for number in 16..20 {
            orphans.insert(block(number, "modest", LONGEST));
        }
        assert!(orphans.bytes() <= MAX_ORPHAN_BYTES);
        assert_eq!(kept(&orphans, 20), (4..20).collect::<Vec<_>>());
        for number in 20..50 {
            orphans.insert(block(number, "another", LONGEST));
        }
        assert_eq!(count_of(orphans.0.iter(), &Source::new("modest")), 4);
        assert!(orphans.bytes() <= MAX_ORPHAN_BYTES && orphans.contains(&hash(49)));
    }
}
