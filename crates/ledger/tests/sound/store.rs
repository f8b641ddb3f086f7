//! A block store of the tests: it keeps blocks that arrive in any order, as a node does.

use std::collections::{HashMap, HashSet};

use bcoin_ledger::{
    BlockHash, CheckedBlock as _, Rules as _,
    sound::{BlockError, CheckedBlock, HeaderChain, Invalidity},
};

use crate::chain::{Chain, late};

/// Keeps blocks, and switches to the chain with the most work of those whose blocks are all there and valid.
pub struct Store {
    pub chain: Chain,
    /// What may be a part of a chain, in the order in which all blocks before it were there.
    blocks: Vec<Block>,
    /// The place of each in `blocks`.
    places: HashMap<BlockHash, usize>,
    /// Blocks whose parent is not there, by the hash of the parent.
    orphans: HashMap<BlockHash, Vec<Vec<u8>>>,
    /// Hashes of blocks that can never be valid.
    pub invalid: HashSet<BlockHash>,
}

struct Block {
    checked: CheckedBlock,
    ancestors: HeaderChain,
}

impl Store {
    /// Knows the genesis block only.
    pub fn new(chain: Chain) -> Self {
        let genesis = Block { checked: chain.blocks[0].clone(), ancestors: chain.ancestors[0] };
        let places = HashMap::from([(chain.tip().hash, 0)]);
        Self { chain, blocks: vec![genesis], places, orphans: HashMap::new(), invalid: HashSet::new() }
    }

    /// Takes a block, and then those that were waiting for it.
    pub fn deliver(&mut self, raw: &[u8]) {
        let mut arrived = vec![raw.to_vec()];
        while let Some(raw) = arrived.pop() {
            if let Some(hash) = self.keep(&raw) {
                self.switch();
                arrived.extend(self.orphans.remove(&hash).unwrap_or_default());
            }
        }
    }

    /// Keeps a block that passes what can be judged without accounts; returns its hash when it is new, and the ones after it
    /// may be judged now.
    fn keep(&mut self, raw: &[u8]) -> Option<BlockHash> {
        let block = self.chain.rules.decode(raw).ok()?;
        let (hash, previous) = (block.header.hash(), block.header.previous);
        if self.places.contains_key(&hash) || self.invalid.contains(&hash) {
            return None;
        }
        let Some(parent) = self.places.get(&previous) else {
            self.orphans.entry(previous).or_default().push(raw.to_vec());
            return None;
        };
        let parent = self.blocks[*parent].ancestors;
        match self.chain.rules.check(Some(&parent), block, late()) {
            Ok(checked) => {
                let ancestors = self.chain.rules.extend(Some(&parent), &checked);
                self.places.insert(hash, self.blocks.len());
                self.blocks.push(Block { checked, ancestors });
                Some(hash)
            }
            Err(error) => {
                self.refused(hash, &error);
                None
            }
        }
    }

    fn refused(&mut self, hash: BlockHash, error: &BlockError) {
        if error.invalidity() == Invalidity::Permanent {
            self.invalid.insert(hash);
        }
    }

    /// Goes over to the best chain that has more work than the active one; of equal ones to the one that was complete first.
    fn switch(&mut self) {
        while let Some(best) = self.best() {
            let before = self.chain.clone();
            let mut branch = self.branch(best);
            let fork = branch.pop().map(|block| block.tip().hash);
            while Some(self.chain.tip().hash) != fork {
                self.chain.pop();
            }
            while let Some(block) = branch.pop() {
                let hash = block.tip().hash;
                if let Err(error) = self.chain.connect(block) {
                    self.chain = before;
                    self.refused(hash, &error);
                    break;
                }
            }
        }
    }

    /// The end of the best chain that is better than the active one and has no invalid block.
    fn best(&self) -> Option<BlockHash> {
        let tips = self.blocks.iter().map(|block| block.checked.tip());
        let better = tips.filter(|tip| tip.has_more_work_than(&self.chain.tip()) && !self.is_after_invalid(tip.hash));
        let best = better.reduce(|best, tip| if tip.has_more_work_than(&best) { tip } else { best });
        best.map(|tip| tip.hash)
    }

    /// From this block back to the first one that is in the active chain.
    fn branch(&self, end: BlockHash) -> Vec<CheckedBlock> {
        let active: HashSet<_> = self.chain.blocks.iter().map(|block| block.tip().hash).collect();
        let mut branch = Vec::new();
        for block in self.back_from(end) {
            branch.push(block.clone());
            if active.contains(&block.tip().hash) {
                break;
            }
        }
        branch
    }

    fn is_after_invalid(&self, end: BlockHash) -> bool {
        self.back_from(end).any(|block| self.invalid.contains(&block.tip().hash))
    }

    fn back_from(&self, end: BlockHash) -> impl Iterator<Item = &CheckedBlock> {
        let block = |hash| self.places.get(&hash).map(|place| &self.blocks[*place].checked);
        std::iter::successors(block(end), move |after| block(after.parent()))
    }
}
