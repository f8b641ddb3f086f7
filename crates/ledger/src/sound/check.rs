//! When a block is right, and the types that show that it is (docs/sound-rules.md section 2).

use std::{num::NonZeroUsize, panic::resume_unwind, thread};

use thiserror::Error;

use super::{
    amount::Amount,
    block::{Block, DecodeError, MAX_BLOCK_BYTES},
    checked_transfer::{CheckedTransfer, TransferError},
    header::Header,
    header_chain::{CheckedHeader, HeaderError, Heals},
    height::Height,
    key::{LiftedKeys, PublicKey},
    merkle::Merkle,
    network::Network,
    transaction::{Coinbase, SigningHash, Transaction},
};
use crate::{hash::BlockHash, rules, tip::Tip};

/// Below so many transfers another thread costs more than it saves.
const WORTH_A_THREAD: usize = 8;
/// The position of the first transaction after the coinbase.
pub(super) const FIRST_TRANSFER: u32 = 2;

/// Which rule a block breaks.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum BlockError {
    /// The bytes are no block.
    #[error(transparent)]
    Decode(#[from] DecodeError),
    /// The header breaks a rule.
    #[error(transparent)]
    Header(#[from] HeaderError),
    /// The first block is that of another network.
    #[error("the first block is that of another network: {found}, not {expected}")]
    OtherNetwork {
        /// The hash of this network's genesis block.
        expected: BlockHash,
        /// The hash of the block that was found.
        found: BlockHash,
    },
    /// The transactions are not those that the header names.
    #[error("the transactions do not have the Merkle root that is in the header")]
    Merkle,
    /// Transactions are repeated in a way that leaves the Merkle root as it is (CVE-2012-2459).
    #[error("transactions are repeated so that the Merkle root stays the same: this is not the block as it was mined")]
    Mutated,
    /// The block is not the one whose header was judged before.
    #[error("the block is not the one whose header was checked")]
    OtherHeader,
    /// The first transaction is no coinbase of this block.
    #[error("the first transaction has to be a coinbase with height {height} and a zero commitment")]
    Coinbase {
        /// The height that the block has.
        height: u32,
    },
    /// There is another coinbase.
    #[error("transaction {position} is a coinbase: only the first one may be")]
    SecondCoinbase {
        /// The position in the block, from 1.
        position: u32,
    },
    /// The reward goes to nobody.
    #[error("the receiver of the reward is no point on the curve: nobody can have that key")]
    CoinbaseKey,
    /// A transfer is not right by itself.
    #[error("transaction {position}: {error}")]
    Transfer {
        /// The position in the block, from 1.
        position: u32,
        /// What is wrong.
        error: TransferError,
    },
    /// A transfer does not come next.
    #[error("transaction {position} has nonce {found}, but its sender has sent {expected} transfers so far")]
    Nonce {
        /// The position in the block, from 1.
        position: u32,
        /// The nonce that comes next.
        expected: u64,
        /// The nonce that it has.
        found: u64,
    },
    /// A sender has not enough.
    #[error("transaction {position} pays {cost} units, but its sender has {balance}")]
    Funds {
        /// The position in the block, from 1.
        position: u32,
        /// What the sender has, in units.
        balance: u64,
        /// Amount and fee, in units.
        cost: u64,
    },
    /// The miner takes another reward than what is due.
    #[error("the reward is {found} units, but subsidy and fees are {expected}")]
    Reward {
        /// Subsidy and fees, in units.
        expected: u128,
        /// What the coinbase says.
        found: u64,
    },
}

impl BlockError {
    /// The name of the rule in answers to programs.
    pub fn why(&self) -> &'static str {
        match self {
            Self::Decode(error) => error.why(),
            Self::Header(error) => error.why(),
            Self::OtherNetwork { .. } | Self::OtherHeader => "previous",
            Self::Merkle => "merkle",
            Self::Mutated => "mutated",
            Self::Coinbase { .. } | Self::SecondCoinbase { .. } => "coinbase",
            Self::CoinbaseKey => "key",
            Self::Transfer { error, .. } => error.why(),
            Self::Nonce { .. } => "nonce",
            Self::Funds { .. } => "funds",
            Self::Reward { .. } => "reward",
        }
    }

    /// What can make the block pass. Only a header that breaks a rule, or a whole and unmutated body that fits the header's root
    /// and breaks one, can never heal.
    pub fn heals(&self) -> Heals {
        match self {
            Self::Header(error) => error.heals(),
            Self::Decode(_) | Self::OtherHeader | Self::Merkle | Self::Mutated => Heals::WithItsBody,
            Self::OtherNetwork { .. }
            | Self::Coinbase { .. }
            | Self::SecondCoinbase { .. }
            | Self::CoinbaseKey
            | Self::Transfer { .. }
            | Self::Nonce { .. }
            | Self::Funds { .. }
            | Self::Reward { .. } => Heals::Never,
        }
    }
}

/// A block that has passed every rule that needs no accounts, at its position in a chain. Only `Rules::check_block` makes one, and
/// `Rules::restore` of what that one made.
#[derive(Clone, Debug)]
pub struct CheckedBlock {
    header: CheckedHeader,
    coinbase: Coinbase,
    transfers: Vec<CheckedTransfer>,
    encoding: Vec<u8>,
}

impl CheckedBlock {
    /// The header.
    pub fn header(&self) -> &CheckedHeader {
        &self.header
    }

    /// What the miner gets.
    pub fn coinbase(&self) -> &Coinbase {
        &self.coinbase
    }

    /// The payments, in their order.
    pub fn transfers(&self) -> &[CheckedTransfer] {
        &self.transfers
    }
}

impl rules::CheckedBlock for CheckedBlock {
    fn tip(&self) -> Tip {
        self.header.tip()
    }

    fn parent(&self) -> BlockHash {
        self.header.header().previous
    }

    fn encoding(&self) -> &[u8] {
        &self.encoding
    }
}

/// Judges the body of a genesis block, whose coinbase says what network it is.
///
/// # Errors
/// When it holds anything else, or the header does not name it.
pub(super) fn check_genesis(header: &CheckedHeader, block: Block) -> Result<CheckedBlock, BlockError> {
    check_root(&block)?;
    let encoding = block.encode();
    let (coinbase, transactions) = split_coinbase(header.height(), block.transactions)?;
    if !transactions.is_empty() {
        return Err(BlockError::Coinbase { height: header.height().to_u32() });
    }
    Ok(CheckedBlock { header: *header, coinbase, transfers: Vec::new(), encoding })
}

/// Judges all that needs no accounts in the body of a block of this network.
///
/// # Errors
/// The first rule that it breaks, or that it is not the block of this header.
pub(super) fn check_block(network: &Network, header: &CheckedHeader, block: Block) -> Result<CheckedBlock, BlockError> {
    if block.header != *header.header() {
        return Err(BlockError::OtherHeader);
    }
    if header.height() == Height::GENESIS {
        return check_genesis(header, block);
    }
    let bytes = block.encoded_len();
    if bytes > MAX_BLOCK_BYTES {
        return Err(DecodeError::Size { bytes }.into());
    }
    check_root(&block)?;
    let encoding = block.encode();
    let (coinbase, transactions) = split_coinbase(header.height(), block.transactions)?;
    PublicKey::try_from(coinbase.receiver).map_err(|_| BlockError::CoinbaseKey)?;
    let transfers = check_transfers(network.signing(), transactions, available_threads())?;
    check_reward(network.parameters().subsidy(header.height()), &transfers, &coinbase)?;
    Ok(CheckedBlock { header: *header, coinbase, transfers, encoding })
}

/// Reads a block that was checked before its encoding was written down, at the end of the chain `tip`.
///
/// # Errors
/// When the bytes are no block.
pub(super) fn restore(tip: Tip, encoding: Vec<u8>) -> Result<CheckedBlock, BlockError> {
    let Block { header, transactions } = Block::decode(&encoding)?;
    let header = CheckedHeader::restore(tip, header).map_err(|_| BlockError::OtherHeader)?;
    let (coinbase, transactions) = split_coinbase(header.height(), transactions)?;
    let transfers = transactions.into_iter().map(|transaction| match transaction {
        Transaction::Transfer(transfer) => Ok(CheckedTransfer::trusted(transfer)),
        Transaction::Checked(checked) => Ok(checked),
        Transaction::Coinbase(_) => Err(BlockError::Coinbase { height: header.height().to_u32() }),
    });
    let transfers = transfers.collect::<Result<_, _>>()?;
    Ok(CheckedBlock { header, coinbase, transfers, encoding })
}

/// Holds the bytes of a stored block against its header, which covers all of them.
///
/// # Errors
/// When they are not the ones that were written.
pub(super) fn check_bytes(bytes: &[u8]) -> Result<Header, BlockError> {
    let block = Block::decode(bytes)?;
    check_root(&block)?;
    Ok(block.header)
}

/// Whether the header names these transactions, and no others with the same root.
fn check_root(block: &Block) -> Result<(), BlockError> {
    match Merkle::of(block.ids()) {
        Some(Merkle { root, mutated: false }) if root == block.header.merkle_root => Ok(()),
        Some(Merkle { root, mutated: true }) if root == block.header.merkle_root => Err(BlockError::Mutated),
        _ => Err(BlockError::Merkle),
    }
}

/// The coinbase of the block at this height, and the transactions after it.
fn split_coinbase(height: Height, transactions: Vec<Transaction>) -> Result<(Coinbase, Vec<Transaction>), BlockError> {
    let mut transactions = transactions.into_iter();
    match transactions.next() {
        Some(Transaction::Coinbase(coinbase))
            if coinbase.height == height.to_u32() && coinbase.commitment == [0; 32] =>
        {
            Ok((coinbase, transactions.collect()))
        }
        _ => Err(BlockError::Coinbase { height: height.to_u32() }),
    }
}

/// How many threads check the transfers of a block.
fn available_threads() -> usize {
    thread::available_parallelism().map_or(1, NonZeroUsize::get)
}

/// Judges the transactions after the coinbase on so many threads at most: all but the signatures takes next to no time.
///
/// # Errors
/// The first one in their order that breaks a rule.
pub fn check_transfers(
    signing: &SigningHash,
    mut transactions: Vec<Transaction>,
    threads: usize,
) -> Result<Vec<CheckedTransfer>, BlockError> {
    let each = transactions.len().div_ceil(threads.max(1)).max(WORTH_A_THREAD);
    let mut parts = Vec::new();
    let mut position = FIRST_TRANSFER;
    while transactions.len() > each {
        let rest = transactions.split_off(each);
        parts.push((position, std::mem::replace(&mut transactions, rest)));
        position += each as u32;
    }
    thread::scope(|scope| {
        let check = |(first, part)| scope.spawn(move || check_part(signing, first, part));
        let others: Vec<_> = parts.into_iter().map(check).collect();
        // This thread takes the last part.
        let last = check_part(signing, position, transactions);
        let mut transfers = Vec::new();
        for part in others {
            transfers.extend(part.join().unwrap_or_else(|panic| resume_unwind(panic))?);
        }
        transfers.extend(last?);
        Ok(transfers)
    })
}

/// Judges transactions of which the first one has this position in the block.
fn check_part(
    signing: &SigningHash,
    first: u32,
    transactions: Vec<Transaction>,
) -> Result<Vec<CheckedTransfer>, BlockError> {
    let mut keys = LiftedKeys::default();
    let check = |(position, transaction)| match transaction {
        Transaction::Checked(checked) => Ok(checked),
        Transaction::Transfer(transfer) => CheckedTransfer::check_with(transfer, signing, |key| keys.lift(key))
            .map_err(|error| BlockError::Transfer { position, error }),
        Transaction::Coinbase(_) => Err(BlockError::SecondCoinbase { position }),
    };
    (first..).zip(transactions).map(check).collect()
}

/// Whether the miner takes subsidy and fees, exactly.
fn check_reward(subsidy: Amount, transfers: &[CheckedTransfer], coinbase: &Coinbase) -> Result<(), BlockError> {
    // At most 6,500 transfers with fees of at most 2.1 * 10^15 each: more than 64 bits.
    let fees: u128 = transfers.iter().map(|transfer| u128::from(transfer.transfer().fee)).sum();
    let expected = u128::from(subsidy.units()) + fees;
    if u128::from(coinbase.amount) == expected {
        return Ok(());
    }
    Err(BlockError::Reward { expected, found: coinbase.amount })
}
