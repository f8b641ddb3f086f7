//! What a node has to know of the rules that it follows: what a block, a transaction and an account are, and when each is right.
//!
//! One type implements [`Rules`] for each set of rules. Its value carries the parameters of the network. A node that is generic over [`Rules`] knows heights, hashes, work and encodings, and no fields.

mod chain_check;
mod mempool;

use std::{error::Error, fmt::Debug, iter, num::NonZeroU64};

use chrono::{DateTime, Local, Utc};
use thiserror::Error;

pub use self::{
    chain_check::ChainCheck,
    mempool::{Admission, AfterReorganisation, Departure, Mempool, MempoolLimits, Reorganisation},
};
use crate::{hash::BlockHash, search::Power, tip::Tip};

/// A set of rules.
///
/// A block passes four stages, each with its own type: [`Rules::decode`] reads bytes; [`Rules::check_header`] judges what a
/// header alone shows, against the headers before it; [`Rules::check_block`] judges all that needs no accounts;
/// [`Rules::connect`] judges the rest while it changes the accounts. The first three need no state and may run anywhere.
pub trait Rules: Clone + Debug + Send + Sync + 'static {
    /// The name that data folders carry.
    const NAME: &'static str;
    /// How many blocks before a block have a say in judging its header, at least 1: so many are read again at a start.
    const WINDOW: u64;
    /// The longest encoding of a block that is mined, or taken from elsewhere, in bytes. Blocks that this node has written down
    /// may be longer.
    const MAX_BLOCK_BYTES: usize;
    /// How many blocks after its own a block changes accounts once more, by its [`Rules::Delayed`]; `None` when it never does.
    const DELAY: Option<NonZeroU64>;
    /// Whether a template fixes the transactions of the block: a search goes on with a new one when others wait.
    const TEMPLATE_FIXES_TRANSACTIONS: bool;
    /// Whether blocks come one by one, so that branches grow beside the chain. Where they do not, a branch is a chain that was
    /// replaced.
    const GROWS_BRANCHES: bool;

    /// A transaction that may wait in the mempool.
    type Transaction: Transaction;
    /// A block as it came, before any rule has looked at it.
    type Block;
    /// The part of a block that links it and carries its work.
    type Header;
    /// A header that has passed [`Rules::check_header`].
    type CheckedHeader;
    /// A block that has passed [`Rules::check_block`], or had when it was written down.
    type CheckedBlock: CheckedBlock;
    /// What the next header is judged against.
    type Ancestors: AsRef<Tip> + Clone + Debug + Send + Sync;
    /// What is told of a block without its transactions.
    type Summary: Size + Clone + Debug + Send + Sync;
    /// What a block does to accounts [`Rules::DELAY`] blocks after its own.
    type Delayed;
    /// What the chain says of one name or key. The default value stands for an account that no block has touched.
    type Account: Account;
    /// The transactions that wait.
    type Mempool: Mempool<Self::Transaction>;
    /// Transactions that will enter the mempool together.
    type Admission: Admission<Self::Transaction>;
    /// Finds out what waits after blocks were disconnected and connected.
    type Reorganisation: Reorganisation<
            Block = Self::CheckedBlock,
            Account = Self::Account,
            Mempool = Self::Mempool,
            Transaction = Self::Transaction,
        >;
    /// Who is paid for a block that is mined here.
    type Receiver: Clone + Debug + Send + 'static;
    /// What a miner searches for: a template for the block after its parent.
    type Job: AsRef<Tip> + Send + 'static;
    /// What a search finds.
    type Solution: Send + 'static;
    /// Why bytes are no block, or a block breaks a rule.
    type BlockError: Error + Send + Sync + 'static;
    /// Why a transaction may not wait.
    type AdmitError: Error + Clone + Send + Sync + 'static;

    /// The hash that the first block of every chain has, which names the network; `None` when chains may begin with different
    /// blocks.
    fn genesis_hash(&self) -> Option<BlockHash> {
        None
    }

    /// The first block of a chain that begins at `now`.
    fn genesis(&self, now: DateTime<Local>) -> Self::CheckedBlock;

    /// Reads a block from its encoding.
    ///
    /// # Errors
    /// When the bytes are no block.
    fn decode(&self, bytes: &[u8]) -> Result<Self::Block, Self::BlockError>;

    /// As [`Rules::decode`], for a block that this node has written down: an earlier program may have taken one that would be
    /// refused today.
    ///
    /// # Errors
    /// When the bytes are no block.
    fn decode_stored(&self, bytes: &[u8]) -> Result<Self::Block, Self::BlockError> {
        self.decode(bytes)
    }

    /// The header of a block.
    fn header(&self, block: &Self::Block) -> Self::Header;

    /// How many bytes the encoding of a block has, known without writing it.
    fn encoded_len(&self, block: &Self::Block) -> usize;

    /// Judges a header as the successor of `ancestors`; without any, as the first one of a chain. Rules may refuse one whose time
    /// is too far ahead of `now`.
    ///
    /// # Errors
    /// The first rule that it breaks.
    fn check_header(
        &self,
        ancestors: Option<&Self::Ancestors>,
        header: &Self::Header,
        now: DateTime<Local>,
    ) -> Result<Self::CheckedHeader, Self::BlockError>;

    /// Judges everything in a block that needs no accounts.
    ///
    /// # Errors
    /// The first rule that the block breaks, or that it is not the one of this header.
    fn check_block(
        &self,
        header: Self::CheckedHeader,
        block: Self::Block,
    ) -> Result<Self::CheckedBlock, Self::BlockError>;

    /// All stages that need no accounts, one after the other.
    ///
    /// # Errors
    /// As those stages.
    fn check(
        &self,
        ancestors: Option<&Self::Ancestors>,
        block: Self::Block,
        now: DateTime<Local>,
    ) -> Result<Self::CheckedBlock, Self::BlockError> {
        let header = self.check_header(ancestors, &self.header(&block), now)?;
        self.check_block(header, block)
    }

    /// What the successor of `block` is judged against, when `block` follows `ancestors`. When a chain is taken up in its
    /// middle, the first of the last [`Rules::WINDOW`] blocks comes without any.
    fn extend(&self, ancestors: Option<&Self::Ancestors>, block: &Self::CheckedBlock) -> Self::Ancestors;

    /// The target of the last of these blocks in Bitcoin's compact form; 0 where blocks have no targets.
    fn bits(_ancestors: &Self::Ancestors) -> u32 {
        0
    }

    /// Reads a block that this node has checked and written down itself, at the end of the chain `tip`. It is not judged again.
    ///
    /// # Errors
    /// When the bytes are not the ones that were written.
    fn restore(&self, tip: Tip, bytes: Vec<u8>) -> Result<Self::CheckedBlock, Self::BlockError>;

    /// Judges a block that this node has written down as far as is needed to notice changed bytes: it was judged wholly
    /// before.
    ///
    /// # Errors
    /// What does not fit.
    fn recheck(&self, ancestors: Option<&Self::Ancestors>, bytes: &[u8]) -> Result<Self::Ancestors, Self::BlockError>;

    /// What is told of a block without its transactions.
    fn summary(&self, block: &Self::CheckedBlock) -> Self::Summary;

    /// The height of the block that changes accounts once more when the one at `height` is connected or disconnected.
    fn delayed_height(height: u64) -> Option<u64> {
        Self::DELAY.and_then(|delay| height.checked_sub(delay.get())).filter(|earlier| *earlier > 0)
    }

    /// What a block does later, read from the encoding of one that this node has written down.
    ///
    /// # Errors
    /// When the bytes are not the ones that were written.
    fn delayed(&self, encoding: &[u8]) -> Result<Self::Delayed, Self::BlockError>;

    /// Changes the accounts as the transactions of a block say, and as the block [`Rules::DELAY`] before it does now.
    ///
    /// # Errors
    /// The first rule about accounts that the block breaks, or what the accounts report. The changes made so far do not count
    /// then.
    fn connect<A: Accounts<Self::Account>>(
        &self,
        accounts: &mut A,
        block: &Self::CheckedBlock,
        delayed: Option<&Self::Delayed>,
    ) -> Result<(), StateError<Self::BlockError, A::Error>>;

    /// The exact reverse of [`Rules::connect`].
    ///
    /// # Errors
    /// What the accounts report.
    fn disconnect<A: Accounts<Self::Account>>(
        &self,
        accounts: &mut A,
        block: &Self::CheckedBlock,
        delayed: Option<&Self::Delayed>,
    ) -> Result<(), A::Error>;

    /// Whether `receiver` was to be paid for this block: whether this node has mined it.
    fn is_mined_for(&self, block: &Self::CheckedBlock, receiver: &Self::Receiver) -> bool;

    /// Whether a transaction may wait, as far as can be said without accounts and limits. A program reads those again that it
    /// has let wait, and an earlier one may have let others wait.
    fn may_wait(&self, transaction: &Self::Transaction) -> bool;

    /// Begins a group of transactions for this mempool.
    fn admission(&self, mempool: &Self::Mempool, limits: MempoolLimits) -> Self::Admission;

    /// Adds a transaction to the group, after those that are in it. Others may have to leave for it.
    ///
    /// # Errors
    /// Why it may not wait, or what the accounts report; the group is as before then.
    fn admit<A: ReadAccounts<Self::Account>>(
        &self,
        accounts: &A,
        mempool: &Self::Mempool,
        admission: &mut Self::Admission,
        transaction: Self::Transaction,
    ) -> Result<(), StateError<Self::AdmitError, A::Error>>;

    /// Lets a group enter the mempool for which it was begun.
    fn enter(&self, mempool: &mut Self::Mempool, admission: Self::Admission);

    /// Begins to find out what waits after blocks change. Rules may let no more wait then than `limits` say.
    fn reorganisation(&self, limits: MempoolLimits) -> Self::Reorganisation;

    /// A template for the block after `ancestors`.
    fn job(
        &self,
        ancestors: &Self::Ancestors,
        mempool: &Self::Mempool,
        receiver: &Self::Receiver,
        now: DateTime<Local>,
    ) -> Self::Job;

    /// From when on the block of a job is not early; `None` where no block ever is.
    fn job_due(&self, _job: &Self::Job) -> Option<DateTime<Utc>> {
        None
    }

    /// Searches until a solution is found or `cancelled` says so; blocks the thread, and takes no more of the processor than
    /// `power`. `cancelled` is asked every few milliseconds at least.
    fn search(&self, job: &Self::Job, power: Power, cancelled: impl Fn() -> bool) -> Option<Found<Self::Solution>>;

    /// The block that a solution makes, with an encoding of at most [`Rules::MAX_BLOCK_BYTES`]. Rules whose work does not cover
    /// the transactions may take them from `mempool` now.
    fn seal(
        &self,
        job: Self::Job,
        solution: Self::Solution,
        mempool: &Self::Mempool,
        now: DateTime<Local>,
    ) -> Self::Block;
}

/// A transaction, as a mempool and a store need it.
pub trait Transaction: Size + Clone + Debug + PartialEq + Send + Sync + Sized + 'static {
    /// Why bytes are no transaction.
    type Error: Error;

    /// Its id, where transactions have one.
    fn id(&self) -> Option<[u8; 32]> {
        None
    }

    /// The bytes in which it is kept.
    fn encode(&self) -> Vec<u8>;

    /// Reads it back.
    ///
    /// # Errors
    /// When the bytes are no transaction.
    fn decode(bytes: &[u8]) -> Result<Self, Self::Error>;
}

/// A block that has passed every check that needs no accounts.
pub trait CheckedBlock: Clone + Debug + Send + Sync + 'static {
    /// The end of the chain whose last block this is.
    fn tip(&self) -> Tip;

    /// Hash of the block before; [`BlockHash::ZERO`] in the first block.
    fn parent(&self) -> BlockHash;

    /// The bytes in which it is kept and sent.
    fn encoding(&self) -> &[u8];

    /// The ids of its transactions in their order, the coinbase first, where transactions have ids.
    fn transaction_ids(&self) -> impl Iterator<Item = [u8; 32]> {
        iter::empty()
    }
}

/// How much memory something takes, about.
pub trait Size {
    /// The bytes that it takes.
    fn size(&self) -> usize;
}

/// An account, as a store needs it.
pub trait Account: Clone + Debug + Default + PartialEq + Send {
    /// The bytes in which it is kept.
    fn encode(&self) -> Vec<u8>;

    /// Reads it back; `None` when the bytes are no account.
    fn decode(bytes: &[u8]) -> Option<Self>;
}

/// The accounts while one block changes them.
pub trait Accounts<A> {
    /// Why the accounts cannot be used.
    type Error;

    /// Changes the account of this name, which transaction `position` of the block names, counted from 1; `None` when it is an
    /// earlier block that changes it now. An account with the default value that no transaction names any more is gone.
    ///
    /// # Errors
    /// When it cannot be read or kept.
    fn update<T>(
        &mut self,
        name: &[u8],
        position: Option<u32>,
        change: impl FnOnce(&mut A) -> T,
    ) -> Result<T, Self::Error>;
}

/// The accounts as the chain has left them.
pub trait ReadAccounts<A> {
    /// Why the accounts cannot be used.
    type Error;

    /// The account of this name; the default value when no block has touched it.
    ///
    /// # Errors
    /// When it cannot be read.
    fn read(&self, name: &[u8]) -> Result<A, Self::Error>;
}

/// What a search has found, and what it took.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found<S> {
    /// The solution.
    pub solution: S,
    /// How many trials it took.
    pub trials: u64,
}

/// Judging something by the accounts has failed.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum StateError<R, E> {
    /// It breaks a rule.
    #[error(transparent)]
    Refused(R),
    /// The accounts could not be read or changed.
    #[error("the accounts cannot be used")]
    Accounts(E),
}
