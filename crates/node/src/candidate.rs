//! A chain from elsewhere: checked block by block, and of its blocks only those kept that this node does not have, in memory while
//! they are few and in a temporary file when they are many.

use std::io::{self, BufReader, BufWriter, Read, Seek as _, Write};

use bcoin_ledger::{BlockHash, ChainCheck, CheckedBlock as _, Rules, Tip, Work};
use thiserror::Error;

use crate::{
    clock::now,
    spool::{Spool, SpoolContent, SpoolSpace, SpoolsFull},
    store::{Reader, Snapshot, StoreError},
};

/// How many bytes are written to a spool at a time.
const WRITE_BUFFER: usize = 64 << 10;

/// What a chain from elsewhere may take.
#[derive(Clone, Debug)]
pub struct CandidateLimits {
    /// The most bytes that the encodings of its blocks have together.
    pub chain_bytes: u64,
    /// Where its blocks are kept while it is checked.
    pub spools: SpoolSpace,
}

impl CandidateLimits {
    /// No limits, for what the user of the machine asks for.
    pub fn unlimited() -> Self {
        Self { chain_bytes: u64::MAX, spools: SpoolSpace::unlimited() }
    }
}

/// A valid chain from elsewhere, as far as can be said without accounts.
#[derive(Debug)]
pub struct Candidate<R> {
    rules: R,
    fork: u64,
    fork_hash: Option<BlockHash>,
    tip: Tip,
    spool: Spool,
}

/// Puts a [`Candidate`] together.
pub struct CandidateBuilder<R: Rules> {
    rules: R,
    /// The node's chain, as long as the candidate has only had blocks of it.
    own: Option<OwnChain>,
    check: ChainCheck<R>,
    fork: u64,
    fork_hash: Option<BlockHash>,
    /// How many bytes the encodings of the blocks have so far.
    bytes: u64,
    max_bytes: u64,
    spool: BufWriter<Spool>,
}

/// The node's own chain, read while there are blocks to compare.
struct OwnChain {
    reader: Reader,
    snapshot: Option<Snapshot>,
}

impl OwnChain {
    fn hash(&mut self, height: u64) -> Result<Option<BlockHash>, StoreError> {
        let snapshot = match self.snapshot.take() {
            Some(snapshot) => snapshot,
            None => self.reader.snapshot()?,
        };
        self.snapshot.insert(snapshot).hash(height)
    }
}

/// Why a chain from elsewhere is no candidate.
#[derive(Debug, Error)]
pub enum CandidateError<E: std::error::Error> {
    /// A block breaks a rule.
    #[error("{0}")]
    Rule(E),
    /// A block is too long.
    #[error("block {height} is longer than {max} bytes")]
    BlockTooLong {
        /// The height of the block.
        height: u64,
        /// How many bytes its encoding may have.
        max: u64,
    },
    /// The chain is too long.
    #[error("its blocks have more than {max} bytes together")]
    ChainTooLong {
        /// How many bytes they may have.
        max: u64,
    },
    /// There is no room to keep its blocks while they are checked.
    #[error(transparent)]
    SpoolsFull(SpoolsFull),
    /// The chain has no block.
    #[error("a chain has at least one block")]
    Empty,
    /// The node's own chain has become shorter meanwhile.
    #[error("the own chain has no block {height} any more")]
    OwnShorter {
        /// The height of the last block that both chains had.
        height: u64,
    },
    /// The node's own chain cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The temporary file failed.
    #[error("keeping the chain while it is checked: {0}")]
    Io(io::Error),
}

impl<E: std::error::Error> From<io::Error> for CandidateError<E> {
    fn from(error: io::Error) -> Self {
        match error.get_ref().and_then(|inner| inner.downcast_ref::<SpoolsFull>()) {
            Some(full) => Self::SpoolsFull(*full),
            None => Self::Io(error),
        }
    }
}

impl<R: Rules> CandidateBuilder<R> {
    /// Begins a candidate with no block. Its first blocks are compared with the chain that `own` reads.
    pub fn new(rules: R, own: &Reader, limits: CandidateLimits) -> Self {
        let check = ChainCheck::new(rules.clone());
        Self { own: Some(OwnChain { reader: own.clone(), snapshot: None }), ..Self::begin(rules, check, limits) }
    }

    /// Begins a candidate that shares the blocks up to the height `fork`, which is at least 1, with the chain that `own` reads:
    /// the first block that is pushed follows that one. The encodings of all blocks of the own chain have `own_bytes`.
    ///
    /// # Errors
    /// When the own chain cannot be read, or does not reach that height.
    pub fn after(
        rules: R,
        own: &Reader,
        own_bytes: u64,
        fork: u64,
        limits: CandidateLimits,
    ) -> Result<Self, CandidateError<R::BlockError>> {
        let own = own.snapshot()?;
        if own.length()? < fork {
            return Err(CandidateError::OwnShorter { height: fork });
        }
        let ancestors = own.ancestors(&rules, fork)?.ok_or_else(StoreError::no_block)?;
        let fork_hash = Some(ancestors.as_ref().hash);
        let bytes = own_bytes.saturating_sub(own.bytes_above(fork)?);
        let check = ChainCheck::after(rules.clone(), ancestors);
        Ok(Self { fork, fork_hash, bytes, ..Self::begin(rules, check, limits) })
    }

    fn begin(rules: R, check: ChainCheck<R>, limits: CandidateLimits) -> Self {
        let spool = BufWriter::with_capacity(WRITE_BUFFER, limits.spools.spool(SpoolContent::Checked));
        Self { rules, own: None, check, fork: 0, fork_hash: None, bytes: 0, max_bytes: limits.chain_bytes, spool }
    }

    /// Checks the next block, its header first, and keeps it unless the own chain has it at the same place.
    ///
    /// # Errors
    /// When the block breaks a rule, a limit is exceeded, or something could not be read or kept.
    pub fn push(&mut self, block: R::Block) -> Result<(), CandidateError<R::BlockError>> {
        if self.rules.encoded_len(&block) > R::MAX_BLOCK_BYTES {
            return Err(CandidateError::BlockTooLong { height: self.length() + 1, max: R::MAX_BLOCK_BYTES as u64 });
        }
        let checked = self.check.push(block, now()).map_err(CandidateError::Rule)?;
        let tip = checked.tip();
        self.bytes += checked.encoding().len() as u64;
        if self.bytes > self.max_bytes {
            return Err(CandidateError::ChainTooLong { max: self.max_bytes });
        }
        if let Some(own) = &mut self.own
            && own.hash(tip.height)? == Some(tip.hash)
        {
            self.fork = tip.height;
            self.fork_hash = Some(tip.hash);
            return Ok(());
        }
        // What follows is not compared.
        self.own = None;
        Ok(write_block(&mut self.spool, &tip, checked.encoding())?)
    }

    /// Lets go of the own chain until the next block comes. Whoever waits for a peer has to: the data file grows while a snapshot of
    /// it is held.
    pub fn release_snapshot(&mut self) {
        if let Some(own) = &mut self.own {
            own.snapshot = None;
        }
    }

    /// How many blocks the chain has so far.
    pub fn length(&self) -> u64 {
        self.check.tip().map_or(0, |tip| tip.height)
    }

    /// Ends the candidate.
    ///
    /// # Errors
    /// When there was no block, or the last ones could not be kept.
    pub fn finish(self) -> Result<Candidate<R>, CandidateError<R::BlockError>> {
        let tip = self.check.tip().ok_or(CandidateError::Empty)?;
        let mut spool = self.spool.into_inner().map_err(|error| error.into_error())?;
        spool.complete()?;
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
        self.spool.rewind()?;
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
