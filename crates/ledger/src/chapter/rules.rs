//! The printed rules as an implementation of [`Rules`].

use std::num::NonZeroU64;

use super::{
    account::{self, Account, Direction},
    block::{Block, DecodeError},
    check::{self, Ancestors, BlockError, CheckedBlock, CheckedHeader},
    header::Header,
    mempool::{Admission, Mempool, MempoolFull},
    mining::{Job, Proof, Receiver},
    puzzle,
    reorganisation::Reorganisation,
    timestamp::python_timestamp,
    transaction::{Transaction, TransactionError},
};
use crate::{
    hash::BlockHash,
    rules::{self, Accounts, Found, MempoolLimits, ReadAccounts, Rules, Size, StateError},
    search::{Power, Workers},
    tip::Tip,
};
use chrono::{DateTime, Local};

/// The rules of the printed listing. They have no parameters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Chapter;

/// A check of a whole chain under these rules.
pub type ChainCheck = rules::ChainCheck<Chapter>;

/// A block without its transactions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BlockSummary {
    /// Position in the chain, from 1.
    pub index: u64,
    /// Hash of the block.
    pub hash: BlockHash,
    /// Hash of the block before, as the block tells it; `"0"` in the first block.
    pub previous_hash: String,
    /// Solution of the puzzle.
    pub proof: u64,
    /// When the block was made, by its miner's clock.
    pub timestamp: String,
    /// How many transactions it holds, the coinbase among them.
    pub transactions: usize,
}

impl BlockSummary {
    /// The summary of a block whose hash is known.
    pub fn new(block: &Block, hash: BlockHash) -> Self {
        Self {
            index: block.index,
            hash,
            previous_hash: block.previous_hash.clone(),
            proof: block.proof,
            timestamp: block.timestamp.clone(),
            transactions: block.transactions.len(),
        }
    }

    /// Reads the summary of a stored block from its canonical text.
    ///
    /// # Errors
    /// When the text is no block.
    pub fn from_canonical(text: &str) -> Result<Self, DecodeError> {
        Ok(Self::new(&Block::from_stored_json(text)?, BlockHash::sha256(text)))
    }
}

impl Size for BlockSummary {
    fn size(&self) -> usize {
        size_of::<Self>() + self.previous_hash.len() + self.timestamp.len()
    }
}

impl rules::Transaction for Transaction {
    type Error = TransactionError;

    fn encode(&self) -> Vec<u8> {
        self.canonical().into_bytes()
    }

    fn decode(bytes: &[u8]) -> Result<Self, TransactionError> {
        Self::from_json_bytes(bytes)
    }
}

impl Size for Transaction {
    fn size(&self) -> usize {
        self.canonical_len()
    }
}

impl rules::CheckedBlock for CheckedBlock {
    fn tip(&self) -> Tip {
        self.ancestors().tip
    }

    fn parent(&self) -> BlockHash {
        self.block().header().previous.unwrap_or(BlockHash::ZERO)
    }

    fn encoding(&self) -> &[u8] {
        self.text().as_bytes()
    }
}

impl Rules for Chapter {
    const NAME: &'static str = "chapter";
    const WINDOW: u64 = 1;
    const MAX_BLOCK_BYTES: usize = 32 << 20;
    const DELAY: Option<NonZeroU64> = None;
    const TEMPLATE_FIXES_TRANSACTIONS: bool = false;
    const GROWS_BRANCHES: bool = false;

    type Transaction = Transaction;
    type Block = Block;
    type Header = Header;
    type CheckedHeader = CheckedHeader;
    type CheckedBlock = CheckedBlock;
    type Ancestors = Ancestors;
    type Summary = BlockSummary;
    type Delayed = ();
    type Account = Account;
    type Mempool = Mempool;
    type Admission = Admission;
    type Reorganisation = Reorganisation;
    type Receiver = Receiver;
    type Job = Job;
    type Solution = Proof;
    type BlockError = BlockError;
    type AdmitError = MempoolFull;

    fn genesis(&self, now: DateTime<Local>) -> CheckedBlock {
        check::genesis(python_timestamp(now))
    }

    fn decode(&self, bytes: &[u8]) -> Result<Block, BlockError> {
        Ok(Block::from_json_bytes(bytes)?)
    }

    fn decode_stored(&self, bytes: &[u8]) -> Result<Block, BlockError> {
        Ok(Block::from_stored_json_bytes(bytes)?)
    }

    fn header(&self, block: &Block) -> Header {
        block.header()
    }

    fn encoded_len(&self, block: &Block) -> usize {
        block.canonical_len()
    }

    fn check_header(
        &self,
        ancestors: Option<&Ancestors>,
        header: &Header,
        _: DateTime<Local>,
    ) -> Result<CheckedHeader, BlockError> {
        Ok(check::check_header(ancestors, header)?)
    }

    fn check_block(&self, header: CheckedHeader, block: Block) -> Result<CheckedBlock, BlockError> {
        Ok(check::check_block(header, block)?)
    }

    fn extend(&self, _: Option<&Ancestors>, block: &CheckedBlock) -> Ancestors {
        block.ancestors()
    }

    fn restore(&self, tip: Tip, bytes: Vec<u8>) -> Result<CheckedBlock, BlockError> {
        Ok(check::restore(tip.hash, bytes)?)
    }

    fn recheck(&self, ancestors: Option<&Ancestors>, bytes: &[u8]) -> Result<Ancestors, BlockError> {
        match ancestors {
            Some(ancestors) => check::recheck(ancestors, bytes),
            // The first block is judged as a whole: no link says what it has to be.
            None => Ok(check::check_first(self.decode(bytes)?)?.ancestors()),
        }
    }

    fn summary(&self, block: &CheckedBlock) -> BlockSummary {
        BlockSummary::new(block.block(), block.hash())
    }

    fn delayed(&self, _: &[u8]) -> Result<(), BlockError> {
        Ok(())
    }

    fn connect<A: Accounts<Account>>(
        &self,
        accounts: &mut A,
        block: &CheckedBlock,
        _: Option<&()>,
    ) -> Result<(), StateError<BlockError, A::Error>> {
        account::book(accounts, block.block(), Direction::Connect).map_err(StateError::Accounts)
    }

    fn disconnect<A: Accounts<Account>>(
        &self,
        accounts: &mut A,
        block: &CheckedBlock,
        _: Option<&()>,
    ) -> Result<(), A::Error> {
        account::book(accounts, block.block(), Direction::Disconnect)
    }

    fn is_mined_for(&self, block: &CheckedBlock, receiver: &Receiver) -> bool {
        block.block().coinbase().is_some_and(|coinbase| receiver.has_sent(coinbase))
    }

    fn may_wait(&self, transaction: &Transaction) -> bool {
        transaction.check_submitted().is_ok()
    }

    fn admission(&self, mempool: &Mempool, limits: MempoolLimits) -> Admission {
        Admission::new(mempool, limits)
    }

    fn admit<A: ReadAccounts<Account>>(
        &self,
        _: &A,
        _: &Mempool,
        admission: &mut Admission,
        transaction: Transaction,
    ) -> Result<(), StateError<MempoolFull, A::Error>> {
        admission.push(transaction).map_err(StateError::Refused)
    }

    fn enter(&self, mempool: &mut Mempool, admission: Admission) {
        mempool.extend(admission.into_transactions());
    }

    /// What waits again is not refused, however much it is: it was acknowledged once.
    fn reorganisation(&self, _: MempoolLimits) -> Reorganisation {
        Reorganisation::default()
    }

    fn job(&self, ancestors: &Ancestors, _: &Mempool, receiver: &Receiver, _: DateTime<Local>) -> Job {
        Job::new(*ancestors, receiver)
    }

    fn search(&self, job: &Job, power: Power, cancelled: impl Fn() -> bool) -> Option<Found<Proof>> {
        let proof = puzzle::search_on(Workers::all(power), job.previous_proof(), cancelled)?;
        // Numbers are tried from 1 upwards, so the proof is their count.
        Some(Found { solution: Proof(proof), trials: proof })
    }

    fn seal(&self, job: Job, solution: Proof, mempool: &Mempool, now: DateTime<Local>) -> Block {
        job.seal(solution, mempool, python_timestamp(now), Self::MAX_BLOCK_BYTES)
    }
}
