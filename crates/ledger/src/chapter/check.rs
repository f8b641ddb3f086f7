//! When a block is right (docs/contract.md section 4), and the types that show that it is.

use thiserror::Error;

use super::{
    block::{Block, DecodeError},
    header::Header,
    puzzle,
};
use crate::{hash::BlockHash, tip::Tip};

/// What the next block is judged against: the end of the chain and the proof that sets its puzzle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ancestors {
    /// The end of the chain. Under these rules its work is its length.
    pub tip: Tip,
    /// Proof of the last block.
    pub proof: u64,
}

impl Ancestors {
    /// After a block with this index, proof and hash.
    fn after(index: u64, proof: u64, hash: BlockHash) -> Self {
        Self { tip: Tip { height: index, hash, work: index.into() }, proof }
    }
}

impl AsRef<Tip> for Ancestors {
    fn as_ref(&self) -> &Tip {
        &self.tip
    }
}

/// A header that has passed the rules at its position in a chain. Only `Rules::check_header` makes one.
#[derive(Clone, Copy, Debug)]
pub struct CheckedHeader(Header);

/// A block that has passed the rules at its position in a chain. Only `Rules::check_block` makes one, and `Rules::restore` of what
/// that one made.
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
    /// The block has another header than the one that was judged before.
    #[error("block {index} is not the one whose header was checked")]
    OtherHeader {
        /// The block that has another header.
        index: u64,
    },
}

/// Why bytes are no block, or a block breaks a rule.
#[derive(Debug, Error)]
pub enum BlockError {
    /// The bytes are no block.
    #[error(transparent)]
    Decode(#[from] DecodeError),
    /// The block breaks a rule.
    #[error(transparent)]
    Rule(#[from] RuleError),
}

impl CheckedBlock {
    /// The block.
    pub fn block(&self) -> &Block {
        &self.block
    }

    /// Takes the block out.
    pub fn into_block(self) -> Block {
        self.block
    }

    /// The canonical text: the JSON that was hashed, and is stored and served.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The hash of the block.
    pub fn hash(&self) -> BlockHash {
        self.hash
    }

    /// What the next block is judged against.
    pub fn ancestors(&self) -> Ancestors {
        Ancestors::after(self.block.index, self.block.proof, self.hash)
    }
}

/// Judges a header as the successor of `ancestors`; without any, as the first one of a chain.
///
/// # Errors
/// The first rule that it breaks.
pub(super) fn check_header(ancestors: Option<&Ancestors>, header: &Header) -> Result<CheckedHeader, RuleError> {
    let Some(Ancestors { tip, proof }) = ancestors else {
        let genuine = header.index == 1 && header.proof == 1;
        return if genuine { Ok(CheckedHeader(*header)) } else { Err(RuleError::Genesis) };
    };
    let index = tip.height + 1;
    if header.index != index {
        return Err(RuleError::Index { expected: index, found: header.index });
    }
    if header.previous != Some(tip.hash) {
        return Err(RuleError::Link { index });
    }
    if !puzzle::solves(*proof, header.proof) {
        return Err(RuleError::Proof { index });
    }
    Ok(CheckedHeader(*header))
}

/// Judges the rest of a block.
///
/// # Errors
/// When it is not the block of this header, or the first one of a chain and no genesis block.
pub(super) fn check_block(CheckedHeader(header): CheckedHeader, block: Block) -> Result<CheckedBlock, RuleError> {
    if block.header() != header {
        return Err(RuleError::OtherHeader { index: header.index });
    }
    if block.index == 1 && !(block.previous_hash == "0" && block.transactions.is_empty()) {
        return Err(RuleError::Genesis);
    }
    Ok(hashed(block))
}

/// Judges the first block of a chain.
///
/// # Errors
/// When it is no genesis block.
pub(super) fn check_first(block: Block) -> Result<CheckedBlock, RuleError> {
    check_block(check_header(None, &block.header())?, block)
}

/// The first block of a node's own chain.
pub(super) fn genesis(timestamp: String) -> CheckedBlock {
    hashed(Block::genesis(timestamp))
}

fn hashed(block: Block) -> CheckedBlock {
    let text = block.canonical();
    let hash = BlockHash::sha256(&text);
    CheckedBlock { block, text, hash }
}

/// Reads a block that was checked, and whose hash is known, before its text was written down.
///
/// # Errors
/// When the bytes are no block.
pub(super) fn restore(hash: BlockHash, bytes: Vec<u8>) -> Result<CheckedBlock, DecodeError> {
    let text = String::from_utf8(bytes).map_err(|_| DecodeError::NotUtf8)?;
    Ok(CheckedBlock { block: Block::from_stored_json(&text)?, text, hash })
}

/// Judges a stored block that follows others by its header and its bytes: every byte of it is in its hash, so nothing else has
/// to be read.
///
/// # Errors
/// When the bytes are no canonical text, or the header breaks a rule.
pub(super) fn recheck(ancestors: &Ancestors, bytes: &[u8]) -> Result<Ancestors, BlockError> {
    let header = Header::from_canonical(bytes).ok_or(DecodeError::NotCanonical)?;
    check_header(Some(ancestors), &header)?;
    Ok(Ancestors::after(header.index, header.proof, BlockHash::sha256(bytes)))
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Local};

    use super::*;
    use crate::{
        chapter::{ChainCheck, Chapter, Transaction},
        rules::Rules as _,
    };

    /// These rules ask no clock.
    fn now() -> DateTime<Local> {
        DateTime::default()
    }

    fn first() -> CheckedBlock {
        genesis("t".into())
    }

    fn second() -> Block {
        Block {
            index: 2,
            previous_hash: first().hash().to_string(),
            proof: 533,
            timestamp: "t".into(),
            transactions: vec![],
        }
    }

    fn refusal(ancestors: Option<&Ancestors>, block: Block) -> RuleError {
        match Chapter.check(ancestors, block, now()) {
            Err(BlockError::Rule(error)) => error,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_good_chain_passes() {
        let mut check = ChainCheck::new(Chapter);
        assert_eq!(check.tip(), None);
        check.push(first().into_block(), now()).unwrap();
        let checked = check.push(second(), now()).unwrap();
        assert_eq!(check.tip(), Some(checked.ancestors().tip));
        assert_eq!(checked.hash(), second().hash());
        assert_eq!(checked.ancestors().tip.work, 2.into());
    }

    #[test]
    fn each_broken_rule_has_its_error() {
        let parent = first().ancestors();
        let judge = |block| refusal(Some(&parent), block);
        assert_eq!(judge(Block { index: 3, ..second() }), RuleError::Index { expected: 2, found: 3 });
        assert_eq!(judge(Block { previous_hash: "0".into(), ..second() }), RuleError::Link { index: 2 });
        let upper = first().hash().to_string().to_uppercase();
        assert_eq!(judge(Block { previous_hash: upper, ..second() }), RuleError::Link { index: 2 });
        assert_eq!(judge(Block { proof: 534, ..second() }), RuleError::Proof { index: 2 });
        let genesis = || Block::genesis("t".into());
        for block in [
            Block { proof: 2, ..genesis() },
            Block { index: 2, ..genesis() },
            Block { previous_hash: "1".into(), ..genesis() },
            Block { transactions: vec![Transaction::coinbase("a", "b")], ..genesis() },
        ] {
            assert_eq!(refusal(None, block), RuleError::Genesis);
        }
    }

    #[test]
    fn a_header_lets_its_own_block_pass_alone() {
        let parent = first().ancestors();
        let header = check_header(Some(&parent), &second().header()).unwrap();
        let other = Block { proof: 534, ..second() };
        assert_eq!(check_block(header, other).unwrap_err(), RuleError::OtherHeader { index: 2 });
        assert!(check_block(header, second()).is_ok());
    }

    #[test]
    fn a_refused_block_leaves_the_check_where_it_was() {
        let mut check = ChainCheck::new(Chapter);
        let first = check.push(first().into_block(), now()).unwrap();
        assert!(check.push(Block { proof: 7, ..second() }, now()).is_err());
        assert_eq!(check.tip(), Some(first.ancestors().tip));
        assert!(check.push(second(), now()).is_ok());
    }

    #[test]
    fn what_was_written_down_is_restored_and_rechecked() {
        let parent = first().ancestors();
        let checked = Chapter.check(Some(&parent), second(), now()).unwrap();
        let bytes = checked.text().as_bytes();
        let restored = restore(checked.hash(), bytes.to_vec()).unwrap();
        assert_eq!((restored.block(), restored.hash()), (checked.block(), checked.hash()));
        assert_eq!(recheck(&parent, bytes).unwrap(), checked.ancestors());
        let blank = checked.text().replace(": ", ":");
        assert!(matches!(recheck(&parent, blank.as_bytes()), Err(BlockError::Decode(DecodeError::NotCanonical))));
        assert!(matches!(recheck(&checked.ancestors(), bytes), Err(BlockError::Rule(RuleError::Index { .. }))));
    }
}
