//! The rules of the chain (contract section 4), and the types that show that a block has passed them.

use thiserror::Error;

use super::{block::Block, hash::BlockHash, header::Header, puzzle};

/// The end of a chain: all that is needed to judge the next block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tip {
    /// Index of the last block, which is the length of the chain.
    pub index: u64,
    /// Proof of the last block.
    pub proof: u64,
    /// Hash of the last block.
    pub hash: BlockHash,
}

/// A block that has passed the rules at its place in a chain. Only [`check_block`] makes one.
#[derive(Clone, Debug)]
pub struct CheckedBlock {
    block: Block,
    text: String,
    hash: BlockHash,
}

/// Which rule a block breaks.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum RuleError {
    /// The first block is no genesis block.
    #[error("the first block has to have index 1, proof 1, previous_hash \"0\" and no transactions")]
    Genesis,
    /// Indices run 1, 2, 3, ...
    #[error("block {expected} is numbered {found}")]
    Index {
        /// The index that belongs here.
        expected: u64,
        /// The index the block carries.
        found: u64,
    },
    /// `previous_hash` is not the hash of the block before.
    #[error("block {index} does not link to block {}: its previous_hash is not that block's hash", .index - 1)]
    Link {
        /// The block that does not link.
        index: u64,
    },
    /// The proof does not solve the puzzle that the proof before sets.
    #[error("the proof of block {index} does not solve the puzzle")]
    Proof {
        /// The block whose proof is wrong.
        index: u64,
    },
}

impl CheckedBlock {
    /// The block.
    pub fn block(&self) -> &Block {
        &self.block
    }

    /// The canonical text: the JSON that was hashed, and is stored and served.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The hash of the block.
    pub fn hash(&self) -> BlockHash {
        self.hash
    }

    /// The end of the chain whose last block this is.
    pub fn tip(&self) -> Tip {
        Tip { index: self.block.index, proof: self.block.proof, hash: self.hash }
    }
}

/// Judges `block` as the successor of `parent`; without a parent, as the first block of a chain.
///
/// # Errors
/// The first rule that the block breaks.
pub fn check_block(parent: Option<&Tip>, block: Block) -> Result<CheckedBlock, RuleError> {
    match parent {
        None => check_genesis(&block)?,
        Some(parent) => {
            let Block { index, proof, .. } = block;
            check_header(parent, &Header { index, proof, previous_hash: &block.previous_hash })?;
        }
    }
    let text = block.canonical();
    let hash = BlockHash::of(&text);
    Ok(CheckedBlock { block, text, hash })
}

fn check_genesis(block: &Block) -> Result<(), RuleError> {
    let genuine = block.index == 1 && block.proof == 1 && block.previous_hash == "0" && block.transactions.is_empty();
    if genuine { Ok(()) } else { Err(RuleError::Genesis) }
}

/// Judges what the rules look at in the successor of `parent`.
///
/// # Errors
/// The first rule that it breaks.
pub fn check_header(parent: &Tip, header: &Header<'_>) -> Result<(), RuleError> {
    let index = parent.index + 1;
    if header.index != index {
        return Err(RuleError::Index { expected: index, found: header.index });
    }
    if !parent.hash.is_written(header.previous_hash) {
        return Err(RuleError::Link { index });
    }
    if !puzzle::solves(parent.proof, header.proof) {
        return Err(RuleError::Proof { index });
    }
    Ok(())
}

/// Checks a chain block by block, from its first one, without keeping it.
#[derive(Debug, Default)]
pub struct ChainCheck {
    tip: Option<Tip>,
}

impl ChainCheck {
    /// Judges the next block of the chain.
    ///
    /// # Errors
    /// The first rule that the block breaks; the check stays where it was.
    pub fn push(&mut self, block: Block) -> Result<CheckedBlock, RuleError> {
        let checked = check_block(self.tip.as_ref(), block)?;
        self.tip = Some(checked.tip());
        Ok(checked)
    }

    /// The end of what was checked so far; `None` before the first block.
    pub fn tip(&self) -> Option<Tip> {
        self.tip
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn genesis() -> CheckedBlock {
        check_block(None, Block::genesis("t".into())).unwrap()
    }

    fn second() -> Block {
        Block {
            index: 2,
            previous_hash: genesis().hash().to_string(),
            proof: 533,
            timestamp: "t".into(),
            transactions: vec![],
        }
    }

    #[test]
    fn a_good_chain_passes() {
        let mut check = ChainCheck::default();
        assert_eq!(check.tip(), None);
        check.push(genesis().block().clone()).unwrap();
        let checked = check.push(second()).unwrap();
        assert_eq!(check.tip(), Some(checked.tip()));
        assert_eq!(checked.hash(), second().hash());
    }

    #[test]
    fn each_broken_rule_has_its_error() {
        let parent = genesis().tip();
        let judge = |block| check_block(Some(&parent), block).map(|_| ()).unwrap_err();
        assert_eq!(judge(Block { index: 3, ..second() }), RuleError::Index { expected: 2, found: 3 });
        assert_eq!(judge(Block { previous_hash: "0".into(), ..second() }), RuleError::Link { index: 2 });
        assert_eq!(judge(Block { proof: 534, ..second() }), RuleError::Proof { index: 2 });
        let first = |block| check_block(None, block).map(|_| ()).unwrap_err();
        let genesis = || Block::genesis("t".into());
        assert_eq!(first(Block { proof: 2, ..genesis() }), RuleError::Genesis);
        assert_eq!(first(Block { index: 2, ..genesis() }), RuleError::Genesis);
        assert_eq!(first(Block { previous_hash: "1".into(), ..genesis() }), RuleError::Genesis);
        assert_eq!(
            first(Block { transactions: vec![super::super::Transaction::reward("a", "b")], ..genesis() }),
            RuleError::Genesis
        );
    }

    #[test]
    fn a_refused_block_leaves_the_check_where_it_was() {
        let mut check = ChainCheck::default();
        let first = check.push(genesis().block().clone()).unwrap();
        assert!(check.push(Block { proof: 7, ..second() }).is_err());
        assert_eq!(check.tip(), Some(first.tip()));
        assert!(check.push(second()).is_ok());
    }
}
