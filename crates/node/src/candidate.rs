//! A chain from elsewhere: checked block by block while it arrives, and of its blocks only those kept that this node does not
//! have, in memory while they are few and in a temporary file when they are many.

use std::io::{self, BufReader, BufWriter, Read, Seek, SeekFrom, Write};

use bcoin_ledger::{BlockHash, ChainCheck, CheckedBlock as _, Rules, Tip, Work};
use tempfile::SpooledTempFile;
use thiserror::Error;

use crate::store::{Reader, Snapshot, StoreError};

/// How many bytes of a candidate's blocks stay in memory.
const MAX_SPOOL_MEMORY: usize = 1 << 20;
/// The longest encoding of a block from elsewhere, in bytes. A block of this node, which takes all that waits, stays below it.
const MAX_BLOCK_BYTES: usize = 48 << 20;

/// A valid chain from elsewhere, as far as can be said without accounts.
#[derive(Debug)]
pub struct Candidate<R> {
    rules: R,
    fork: u64,
    fork_hash: Option<BlockHash>,
    tip: Tip,
    spool: SpooledTempFile,
}

/// Puts a [`Candidate`] together.
pub struct CandidateBuilder<R: Rules> {
    rules: R,
    own: Snapshot,
    check: ChainCheck<R>,
    fork: u64,
    fork_hash: Option<BlockHash>,
    spool: BufWriter<SpooledTempFile>,
}

/// Why a chain from elsewhere is no candidate.
#[derive(Debug, Error)]
pub enum CandidateError<E: std::error::Error> {
    /// A block breaks a rule.
    #[error("{0}")]
    Rule(E),
    /// A block is too long.
    #[error("block {height} is longer than {MAX_BLOCK_BYTES} bytes")]
    BlockTooLong {
        /// The height of the block.
        height: u64,
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

impl<R: Rules> CandidateBuilder<R> {
    /// Begins a candidate that is compared with the chain that `own` reads.
    ///
    /// # Errors
    /// When the own chain cannot be read.
    pub fn new(rules: R, own: &Reader) -> Result<Self, CandidateError<R::BlockError>> {
        Ok(Self {
            own: own.snapshot()?,
            check: ChainCheck::new(rules.clone()),
            rules,
            fork: 0,
            fork_hash: None,
            spool: BufWriter::new(SpooledTempFile::new(MAX_SPOOL_MEMORY)),
        })
    }

    /// Checks the next block, its header first, and keeps it unless the own chain has it at the same place.
    ///
    /// # Errors
    /// When the block breaks a rule or is too long, or something could not be read or kept.
    pub fn push(&mut self, block: R::Block) -> Result<(), CandidateError<R::BlockError>> {
        if self.rules.encoded_len(&block) > MAX_BLOCK_BYTES {
            return Err(CandidateError::BlockTooLong { height: self.length() + 1 });
        }
        let checked = self.check.push(block).map_err(CandidateError::Rule)?;
        let tip = checked.tip();
        if self.fork + 1 == tip.height && self.own.hash(tip.height)? == Some(tip.hash) {
            self.fork = tip.height;
            self.fork_hash = Some(tip.hash);
            return Ok(());
        }
        Ok(write_block(&mut self.spool, &tip, checked.encoding())?)
    }

    /// How many blocks were checked.
    pub fn length(&self) -> u64 {
        self.check.tip().map_or(0, |tip| tip.height)
    }

    /// Ends the candidate.
    ///
    /// # Errors
    /// When there was no block, or the last ones could not be kept.
    pub fn finish(self) -> Result<Candidate<R>, CandidateError<R::BlockError>> {
        let tip = self.check.tip().ok_or(CandidateError::Empty)?;
        let spool = self.spool.into_inner().map_err(|error| error.into_error())?;
        Ok(Candidate { rules: self.rules, fork: self.fork, fork_hash: self.fork_hash, tip, spool })
    }
}

impl<R: Rules> Candidate<R> {
    /// The end of the chain.
    pub fn tip(&self) -> Tip {
        self.tip
    }

    /// Height of the last block that the node has too; 0 when even the first ones differ.
    pub fn fork(&self) -> u64 {
        self.fork
    }

    /// Hash of the block at the fork.
    pub fn fork_hash(&self) -> Option<BlockHash> {
        self.fork_hash
    }

    /// The blocks after the fork. They were checked before they were kept, and are not checked again.
    ///
    /// # Errors
    /// When the temporary file fails.
    pub fn blocks(&mut self) -> io::Result<impl Iterator<Item = io::Result<R::CheckedBlock>>> {
        self.spool.seek(SeekFrom::Start(0))?;
        let mut spool = BufReader::new(&mut self.spool);
        let rules = &self.rules;
        Ok((self.fork..self.tip.height).map(move |before| {
            let (tip, encoding) = read_block(&mut spool, before + 1)?;
            rules.restore(tip, encoding).map_err(io::Error::other)
        }))
    }
}

/// A block in the spool: its hash, the work of the chain that ends with it, the length of its encoding in 32 bits
/// little-endian, and the encoding.
fn write_block(spool: &mut impl Write, tip: &Tip, encoding: &[u8]) -> io::Result<()> {
    let length = u32::try_from(encoding.len()).map_err(io::Error::other)?;
    spool.write_all(tip.hash.as_bytes())?;
    spool.write_all(&tip.work.to_be_bytes())?;
    spool.write_all(&length.to_le_bytes())?;
    spool.write_all(encoding)
}

fn read_block(spool: &mut impl Read, height: u64) -> io::Result<(Tip, Vec<u8>)> {
    let (mut hash, mut work, mut length) = ([0; 32], [0; 32], [0; 4]);
    spool.read_exact(&mut hash)?;
    spool.read_exact(&mut work)?;
    spool.read_exact(&mut length)?;
    let mut encoding = vec![0; u32::from_le_bytes(length) as usize];
    spool.read_exact(&mut encoding)?;
    Ok((Tip { height, hash: hash.into(), work: Work::from_be_bytes(work) }, encoding))
}
