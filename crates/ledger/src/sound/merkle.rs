//! Bitcoin's Merkle trees over the ids of transactions, and proofs that one stands in a tree.

use thiserror::Error;

use super::hash::{MerkleRoot, Txid, double_sha256};

/// How many levels a tree has below its root at most: a block has fewer than 2^14 transactions.
const MAX_DEPTH: usize = 14;

/// What the ids of a block's transactions come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Merkle {
    /// The root of the tree.
    pub root: MerkleRoot,
    /// Whether on any level, before an odd last element is doubled, elements 2i and 2i + 1 are equal. Then other lists of
    /// transactions have the same root (CVE-2012-2459).
    pub mutated: bool,
}

impl Merkle {
    /// Builds the tree over the ids of a block's transactions, in their order. Without any there is no tree.
    pub fn of(ids: impl IntoIterator<Item = Txid>) -> Option<Self> {
        let mut level = lowest(ids);
        let mut mutated = false;
        while level.len() > 1 {
            mutated |= level.as_chunks::<2>().0.iter().any(|[left, right]| left == right);
            level = above(&level);
        }
        level.first().map(|root| Self { root: MerkleRoot::from_hashed(*root), mutated })
    }
}

/// Why a branch and a position are no proof.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum BadProof {
    /// The branch is too long.
    #[error("a branch has at most {MAX_DEPTH} hashes, because a block has fewer than 2^{MAX_DEPTH} transactions")]
    Depth,
    /// The tree has no such position.
    #[error("a branch of {depth} hashes belongs to a position below 2^{depth}, and not to {position}")]
    Position {
        /// How many hashes the branch has.
        depth: usize,
        /// The position.
        position: u32,
    },
}

/// How an id leads to the root of its tree. A miner uses the one of position 0 to get the root for another coinbase.
///
/// A proof says nothing about what was hashed: who checks one has the whole transaction, and hashes it, because 64 bytes of the
/// tree could be passed off as an id's (CVE-2017-12842).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MerkleProof {
    branch: Vec<[u8; 32]>,
    position: u32,
}

impl MerkleProof {
    /// The proof for the transaction at this position, from 0. Its own id does not matter. `None` when there is no such
    /// transaction, or when there are more than a block can have.
    pub fn new(ids: impl IntoIterator<Item = Txid>, position: u32) -> Option<Self> {
        let mut level = lowest(ids);
        let mut at = usize::try_from(position).ok()?;
        let mut branch = Vec::new();
        level.get(at)?;
        while level.len() > 1 {
            // An odd last element is its own sibling.
            branch.push(*level.get(at ^ 1).or_else(|| level.get(at))?);
            level = above(&level);
            at /= 2;
        }
        Self::from_parts(branch, position).ok()
    }

    /// The proof for a first transaction that stands before the ones with these ids.
    pub fn of_first(others: impl IntoIterator<Item = Txid>) -> Self {
        let mut level = lowest(std::iter::once(Txid::from_hashed([0; 32])).chain(others));
        let mut branch = Vec::new();
        while let [_, sibling, ..] = level.as_slice() {
            branch.push(*sibling);
            level = above(&level);
        }
        Self { branch, position: 0 }
    }

    /// From what somebody else found.
    ///
    /// # Errors
    /// When no block has a tree so deep, or a tree of this depth no such position.
    pub fn from_parts(branch: Vec<[u8; 32]>, position: u32) -> Result<Self, BadProof> {
        let depth = branch.len();
        if depth > MAX_DEPTH {
            return Err(BadProof::Depth);
        }
        if position >> depth != 0 {
            return Err(BadProof::Position { depth, position });
        }
        Ok(Self { branch, position })
    }

    /// The siblings on the way up, as hashed, the lowest first.
    pub fn branch(&self) -> &[[u8; 32]] {
        &self.branch
    }

    /// How many transactions stand before.
    pub fn position(&self) -> u32 {
        self.position
    }

    /// The root of the tree that has this id at the position.
    pub fn root_of(&self, id: Txid) -> MerkleRoot {
        let up = |(hash, position): ([u8; 32], u32), sibling: &[u8; 32]| {
            let pair = if position & 1 == 0 { [hash, *sibling] } else { [*sibling, hash] };
            (parent(&pair), position >> 1)
        };
        MerkleRoot::from_hashed(self.branch.iter().fold((id.to_hashed(), self.position), up).0)
    }

    /// Whether the tree with this root has this id at the position.
    pub fn verify(&self, id: Txid, root: MerkleRoot) -> bool {
        self.root_of(id) == root
    }
}

fn lowest(ids: impl IntoIterator<Item = Txid>) -> Vec<[u8; 32]> {
    ids.into_iter().map(Txid::to_hashed).collect()
}

/// The next level of the tree. An odd last element is doubled.
fn above(level: &[[u8; 32]]) -> Vec<[u8; 32]> {
    let (pairs, odd) = level.as_chunks::<2>();
    pairs.iter().map(parent).chain(odd.iter().map(|last| parent(&[*last, *last]))).collect()
}

fn parent(pair: &[[u8; 32]; 2]) -> [u8; 32] {
    double_sha256(pair.as_flattened())
}

#[cfg(test)]
mod tests {
    use bcoin_testkit::Random;
    use bitcoin::hashes::Hash as _;

    use super::*;

    /// Ids that differ.
    fn ids(count: u32) -> Vec<Txid> {
        (0..count).map(|number| Txid::from_hashed(double_sha256(number.to_le_bytes()))).collect()
    }

    fn root(ids: &[Txid]) -> MerkleRoot {
        Merkle::of(ids.iter().copied()).unwrap().root
    }

    fn mutated(ids: &[Txid]) -> bool {
        Merkle::of(ids.iter().copied()).unwrap().mutated
    }

    fn proof(ids: &[Txid], position: u32) -> Option<MerkleProof> {
        MerkleProof::new(ids.iter().copied(), position)
    }

    /// The root as an independent implementation finds it.
    fn independent(ids: &[Txid]) -> MerkleRoot {
        let ids = ids.iter().map(|id| bitcoin::Txid::from_byte_array(id.to_hashed()));
        MerkleRoot::from_hashed(bitcoin::merkle_tree::calculate_root(ids).unwrap().to_byte_array())
    }

    #[test]
    fn an_empty_list_has_no_root() {
        assert_eq!(Merkle::of([]), None);
        assert_eq!(proof(&[], 0), None);
    }

    #[test]
    fn a_single_id_is_the_root() {
        let ids = ids(1);
        assert_eq!(root(&ids).to_hashed(), ids[0].to_hashed());
        assert!(!mutated(&ids));
        let proof = proof(&ids, 0).unwrap();
        assert!(proof.branch().is_empty());
        assert!(proof.verify(ids[0], root(&ids)));
    }

    #[test]
    fn roots_are_those_of_an_independent_implementation() {
        let mut random = Random::new(7, "merkle roots");
        let sizes = (1..=70).chain((0..12).map(|_| 1 + random.below(3000) as u32)).chain([4096, 4097, 11_627]);
        for size in sizes {
            let ids = ids(size);
            assert_eq!(root(&ids), independent(&ids), "{size} ids");
            assert!(!mutated(&ids), "{size} ids");
        }
    }

    #[test]
    fn lists_that_share_a_root_are_mutated() {
        // On the lowest level, the one above, and the one above that: the end is repeated as the tree itself repeats it.
        for (count, repeated) in [(3, 1), (6, 2), (12, 4), (5, 1), (10, 2), (20, 4), (7, 1)] {
            let honest = ids(count);
            let mut other = honest.clone();
            other.extend_from_within(honest.len() - repeated..);
            assert_eq!(root(&other), root(&honest), "{count} ids");
            assert!(mutated(&other) && !mutated(&honest), "{count} ids");
        }
    }

    #[test]
    fn equal_pairs_are_noticed_wherever_they_stand() {
        for count in 2..20 {
            for at in 0..count - 1 {
                let mut ids = ids(count);
                ids[at as usize + 1] = ids[at as usize];
                // Only what stands in one pair can be mistaken for a doubled last element.
                assert_eq!(mutated(&ids), at % 2 == 0, "{at} of {count}");
            }
        }
        let mut ids = ids(8);
        ids.copy_within(0..2, 2);
        assert!(mutated(&ids));
        ids = self::ids(8);
        ids.copy_within(0..2, 4);
        assert!(!mutated(&ids));
    }

    #[test]
    fn every_position_has_a_proof_that_holds_for_its_id_alone() {
        for count in 1..=40 {
            let ids = ids(count);
            let root = root(&ids);
            for position in 0..count {
                let proof = proof(&ids, position).unwrap();
                assert_eq!(proof.position(), position);
                assert_eq!(proof.branch().len() as u32, count.next_power_of_two().ilog2());
                for (at, id) in ids.iter().enumerate() {
                    assert_eq!(proof.verify(*id, root), at == position as usize, "{at} at {position} of {count}");
                }
                let again = MerkleProof::from_parts(proof.branch().to_vec(), position);
                assert_eq!(again, Ok(proof));
            }
            assert_eq!(proof(&ids, count), None);
            assert_eq!(proof(&ids, u32::MAX), None);
        }
    }

    #[test]
    fn the_proof_of_the_coinbase_gives_the_root_for_another_one() {
        for count in 1..40 {
            let mut ids = ids(count);
            let proof = proof(&ids, 0).unwrap();
            ids[0] = Txid::from_hashed([7; 32]);
            assert_eq!(proof.root_of(ids[0]), root(&ids));
        }
    }

    #[test]
    fn a_changed_proof_does_not_hold() {
        let ids = ids(11);
        let root = root(&ids);
        let proof = proof(&ids, 6).unwrap();
        for position in (0..16).filter(|position| *position != 6) {
            assert!(!MerkleProof::from_parts(proof.branch().to_vec(), position).unwrap().verify(ids[6], root));
        }
        for level in 0..4 {
            let mut branch = proof.branch().to_vec();
            branch[level][31] ^= 1;
            assert!(!MerkleProof::from_parts(branch, 6).unwrap().verify(ids[6], root));
        }
    }

    #[test]
    fn branches_are_bounded_and_positions_lie_in_the_tree() {
        assert_eq!(MerkleProof::from_parts(vec![[0; 32]; 15], 0), Err(BadProof::Depth));
        for depth in 0..=14 {
            let with = |position| MerkleProof::from_parts(vec![[0; 32]; depth], position);
            assert!(with((1 << depth) - 1).is_ok());
            for position in [1 << depth, u32::MAX] {
                assert_eq!(with(position), Err(BadProof::Position { depth, position }));
            }
        }
        assert!(proof(&ids(1 << 14), 16_383).is_some());
        assert_eq!(proof(&ids((1 << 14) + 1), 0), None);
    }
}
