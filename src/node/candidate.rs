//! A peer's chain on its way to the owner: checked block by block while it arrives, and of its blocks only those kept that
//! this node does not have, in memory while they are few and in a temporary file when they are many.

use std::io::{self, BufReader, BufWriter, Read, Seek, SeekFrom, Write};

use tempfile::SpooledTempFile;
use thiserror::Error;

use crate::{
    ledger::{Block, BlockHash, ChainCheck, RuleError, Tip},
    store::{Reader, Snapshot, StoreError},
};

/// How many bytes of a candidate's blocks stay in memory.
const SPOOL_MEMORY: usize = 1 << 20;
/// The longest canonical text of a block from elsewhere. A block of this node, which takes all payments that wait, stays
/// below it.
const LONGEST_BLOCK: usize = 48 << 20;

/// A valid chain from elsewhere.
#[derive(Debug)]
pub struct Candidate {
    fork: u64,
    fork_hash: Option<BlockHash>,
    tip: Tip,
    /// The blocks after the fork: for each its length in bytes, 32 bits little-endian, and its canonical text.
    spool: SpooledTempFile,
}

/// Puts a [`Candidate`] together.
pub struct CandidateBuilder {
    own: Snapshot,
    check: ChainCheck,
    fork: u64,
    fork_hash: Option<BlockHash>,
    spool: BufWriter<SpooledTempFile>,
}

/// Why a chain from elsewhere is no candidate.
#[derive(Debug, Error)]
pub enum CandidateError {
    /// A block breaks a rule.
    #[error(transparent)]
    Rule(#[from] RuleError),
    /// A block is too long.
    #[error("block {index} is longer than {LONGEST_BLOCK} bytes")]
    BlockTooLong {
        /// Which one.
        index: u64,
    },
    /// The chain has no block.
    #[error("a chain has at least one block")]
    Empty,
    /// The node's own chain cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The temporary file failed.
    #[error("keeping the chain while it is checked: {0}")]
    Io(#[from] io::Error),
}

impl CandidateBuilder {
    /// Begins a candidate that is compared with the chain that `own` reads.
    ///
    /// # Errors
    /// When the own chain cannot be read.
    pub fn new(own: &Reader) -> Result<Self, CandidateError> {
        Ok(Self {
            own: own.snapshot()?,
            check: ChainCheck::default(),
            fork: 0,
            fork_hash: None,
            spool: BufWriter::new(SpooledTempFile::new(SPOOL_MEMORY)),
        })
    }

    /// Checks the next block, and keeps it unless the own chain has it at the same place.
    ///
    /// # Errors
    /// When the block breaks a rule, or something could not be read or kept.
    pub fn push(&mut self, block: Block) -> Result<(), CandidateError> {
        if block.canonical_len_bound() > LONGEST_BLOCK {
            return Err(CandidateError::BlockTooLong { index: block.index });
        }
        let checked = self.check.push(block)?;
        let index = checked.block().index;
        if self.fork + 1 == index && self.own.block(index)?.as_deref() == Some(checked.text()) {
            self.fork = index;
            self.fork_hash = Some(checked.hash());
            return Ok(());
        }
        let length = u32::try_from(checked.text().len()).map_err(io::Error::other)?;
        self.spool.write_all(&length.to_le_bytes())?;
        Ok(self.spool.write_all(checked.text().as_bytes())?)
    }

    /// How many blocks were checked.
    pub fn length(&self) -> u64 {
        self.check.tip().map_or(0, |tip| tip.index)
    }

    /// Ends the candidate.
    ///
    /// # Errors
    /// When there was no block, or the last ones could not be kept.
    pub fn finish(self) -> Result<Candidate, CandidateError> {
        let tip = self.check.tip().ok_or(CandidateError::Empty)?;
        let spool = self.spool.into_inner().map_err(|error| error.into_error())?;
        Ok(Candidate { fork: self.fork, fork_hash: self.fork_hash, tip, spool })
    }
}

impl Candidate {
    /// The end of the chain.
    pub fn tip(&self) -> Tip {
        self.tip
    }

    /// Index of the last block that the node has too; 0 when even the first ones differ.
    pub fn fork(&self) -> u64 {
        self.fork
    }

    /// Hash of the block at the fork.
    pub fn fork_hash(&self) -> Option<BlockHash> {
        self.fork_hash
    }

    /// The canonical texts of the blocks after the fork.
    ///
    /// # Errors
    /// When the temporary file fails.
    pub fn blocks(&mut self) -> io::Result<impl Iterator<Item = io::Result<String>>> {
        self.spool.seek(SeekFrom::Start(0))?;
        let mut reader = BufReader::new(&mut self.spool);
        Ok((self.fork..self.tip.index).map(move |_| {
            let mut length = [0; 4];
            reader.read_exact(&mut length)?;
            let mut text = vec![0; u32::from_le_bytes(length) as usize];
            reader.read_exact(&mut text)?;
            String::from_utf8(text).map_err(io::Error::other)
        }))
    }
}
