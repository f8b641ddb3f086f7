//! The chains of all nodes as one tree of blocks.

use std::collections::HashMap;

use bcoin_ledger::BlockHash;

use super::{super::observer::Trail, compare::BlockPoint};

/// A part of the tree: blocks that follow one another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Branch {
    /// The branch from which it parts, as a place in the list; none when it has a first block of its own.
    pub parent: Option<usize>,
    /// Height of the last block that it shares with its parent; 0 without a parent.
    pub fork: u64,
    /// Height of its last block.
    pub length: u64,
    /// Hash of its last block.
    pub tip_hash: BlockHash,
}

/// A chain that is put into the tree.
pub(super) struct Chain<'a> {
    pub(super) trail: &'a Trail,
    /// The last block that it shares with the own chain; none when they share none.
    pub(super) common: Option<BlockPoint>,
}

/// The tree. The own chain, whose end is `own`, is branch 0. Also returns on which branch the end of each of `chains` lies.
///
/// Two chains that part from the own one and from each other before the blocks that are known of them count as parting from the own
/// one alone.
pub(super) fn tree(own: BlockPoint, chains: &[Chain<'_>]) -> (Vec<Branch>, Vec<usize>) {
    let mut branches = vec![Branch { parent: None, fork: 0, length: own.0, tip_hash: own.1 }];
    let mut ends = vec![0; chains.len()];
    let mut placed: HashMap<BlockPoint, usize> = HashMap::new();
    // A longer chain comes first, so that a shorter one whose end it holds lies on its branch.
    let mut order: Vec<usize> = (0..chains.len()).collect();
    order.sort_by_key(|place| std::cmp::Reverse(chains[*place].trail.height()));
    for place in order {
        let Chain { trail, common } = &chains[place];
        let shared = common.map_or(0, |(height, _)| height);
        if shared == trail.height() {
            continue;
        }
        let beyond = || trail.newest_first().take_while(|(height, _)| *height > shared);
        let known = beyond().find_map(|point| placed.get(&point).map(|branch| (*branch, point.0)));
        let (parent, fork) = match known {
            Some((branch, height)) if height == trail.height() => {
                ends[place] = branch;
                continue;
            }
            Some((branch, height)) => (Some(branch), height),
            None => (common.map(|_| 0), shared),
        };
        let branch = branches.len();
        for point in beyond().take_while(|(height, _)| *height > fork) {
            placed.insert(point, branch);
        }
        branches.push(Branch { parent, fork, length: trail.height(), tip_hash: trail.hash() });
        ends[place] = branch;
    }
    (branches, ends)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hash(name: &str) -> BlockHash {
        BlockHash::sha256(name)
    }

    /// The chain whose blocks have these names, from the first one on.
    fn trail(names: &str) -> Trail {
        let mut blocks = names.split(' ').map(hash);
        let mut trail = Trail::new(1, blocks.next().unwrap());
        blocks.for_each(|block| trail.push(block));
        trail
    }

    /// Parent, fork and length of a branch.
    type Drawn = (Option<usize>, u64, u64);

    /// The branches, and the branch of each chain.
    fn drawn(own: &str, chains: &[&str]) -> (Vec<Drawn>, Vec<usize>) {
        let trails: Vec<Trail> = chains.iter().map(|names| trail(names)).collect();
        let own_blocks: Vec<BlockPoint> = (1..).zip(own.split(' ').map(hash)).collect();
        let chains: Vec<Chain<'_>> = trails
            .iter()
            .map(|trail| {
                let common = trail.newest_first().find(|point| own_blocks.contains(point));
                Chain { trail, common }
            })
            .collect();
        let (branches, ends) = tree(*own_blocks.last().unwrap(), &chains);
        for (trail, end) in trails.iter().zip(&ends) {
            assert!(trail.height() <= branches[*end].length);
        }
        (branches.iter().map(|branch| (branch.parent, branch.fork, branch.length)).collect(), ends)
    }

    #[test]
    fn who_has_the_same_chain_or_its_beginning_is_on_the_trunk() {
        assert_eq!(drawn("a b c", &["a b c", "a b", "a"]), (vec![(None, 0, 3)], vec![0, 0, 0]));
    }

    #[test]
    fn who_is_ahead_goes_on_where_the_trunk_ends() {
        let expected = (vec![(None, 0, 2), (Some(0), 2, 4)], vec![1, 1, 1]);
        assert_eq!(drawn("a b", &["a b c", "a b c d", "a b c d"]), expected);
    }

    #[test]
    fn branches_part_from_the_trunk_and_from_each_other() {
        let expected = (vec![(None, 0, 5), (Some(0), 2, 6), (Some(1), 4, 5), (Some(0), 1, 2)], vec![2, 1, 3, 1]);
        assert_eq!(drawn("a b c d e", &["a b 3 4 y", "a b 3 4 5 6", "a z", "a b 3"]), expected);
    }

    #[test]
    fn chains_that_share_no_block_have_first_blocks_of_their_own() {
        let expected = (vec![(None, 0, 1), (None, 0, 3), (Some(1), 1, 2), (None, 0, 1)], vec![3, 1, 2]);
        assert_eq!(drawn("a", &["x", "p q r", "p s"]), expected);
    }
}
