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
    key::PublicKey,
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
    let threads = threads_for(transactions.len());
    let transfers = check_transfers(network.signing(), transactions, threads)?;
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

/// How many threads check so many transactions.
fn threads_for(transactions: usize) -> usize {
    // To ask how many there are can take as long as a check: on Linux, files are read for it.
    if transactions <= WORTH_A_THREAD { 1 } else { thread::available_parallelism().map_or(1, NonZeroUsize::get) }
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
    let check = |(position, transaction)| match transaction {
        Transaction::Checked(checked) => Ok(checked),
        Transaction::Transfer(transfer) => {
            CheckedTransfer::check(transfer, signing).map_err(|error| BlockError::Transfer { position, error })
        }
        Transaction::Coinbase(_) => Err(BlockError::SecondCoinbase { position }),
    };
    (first..).zip(transactions).map(check).collect()
}

/// Whether the miner takes subsidy and fees, exactly.
fn check_reward(subsidy: Amount, transfers: &[CheckedTransfer], coinbase: &Coinbase) -> Result<(), BlockError> {
    // The fees of a block may be far more than there is money: whether they are covered is judged later.
    let fees: u128 = transfers.iter().map(|transfer| u128::from(transfer.transfer().fee)).sum();
    let expected = u128::from(subsidy.units()) + fees;
    if u128::from(coinbase.amount) == expected {
        return Ok(());
    }
    Err(BlockError::Reward { expected, found: coinbase.amount })
}

#[cfg(test)]
mod tests {
    use super::{
        super::{
            account::Reward,
            encoding::EncodingError,
            hash::MerkleRoot,
            key::XOnlyKey,
            target::CompactTarget,
            testing::{block_at, coinbase, header_at, network, signed, unsigned},
            transaction::Transfer,
        },
        *,
    };
    use crate::rules::CheckedBlock as _;

    const SUBSIDY: u64 = 50_000 * 100_000_000;

    fn refusal((header, block): (CheckedHeader, Block)) -> BlockError {
        check_block(&network(), &header, block).unwrap_err()
    }

    /// A block at height 5 that is right: its transfers pay 3 units each.
    fn right(transfers: u64) -> Vec<Transaction> {
        let network = network();
        let transfer = |nonce| Transaction::Transfer(signed(&network, Transfer { nonce, ..unsigned() }));
        let reward = Transaction::Coinbase(coinbase(5, SUBSIDY + 3 * transfers));
        std::iter::once(reward).chain((0..transfers).map(transfer)).collect()
    }

    fn with_coinbase(coinbase: Coinbase) -> Vec<Transaction> {
        vec![Transaction::Coinbase(coinbase)]
    }

    #[test]
    fn a_right_block_passes_and_is_restored_as_it_was() {
        for transfers in [0, 1, 20] {
            let (header, block) = block_at(5, right(transfers));
            let bytes = block.encode();
            let checked = check_block(&network(), &header, block).unwrap();
            assert_eq!(
                (checked.encoding(), checked.header(), checked.parent()),
                (&*bytes, &header, header.header().previous)
            );
            assert_eq!(checked.transfers().len() as u64, transfers);
            assert_eq!(check_bytes(&bytes).as_ref(), Ok(header.header()));
            let restored = restore(checked.tip(), bytes).unwrap();
            assert_eq!((restored.tip(), restored.encoding()), (checked.tip(), checked.encoding()));
            assert_eq!((restored.coinbase(), restored.transfers()), (checked.coinbase(), checked.transfers()));
            assert_eq!(Reward::of_encoding(restored.encoding()).unwrap().amount, SUBSIDY + 3 * transfers);
        }
    }

    #[test]
    fn the_body_is_that_of_the_header() {
        let (header, block) = block_at(5, right(1));
        let other = Block { header: Header { nonce: 1, ..block.header }, ..block.clone() };
        assert_eq!(refusal((header, other)), BlockError::OtherHeader);
        let fewer = Block { transactions: right(0), ..block.clone() };
        assert_eq!(refusal((header, fewer.clone())), BlockError::Merkle);
        assert_eq!(check_bytes(&fewer.encode()), Err(BlockError::Merkle));
        let none = Block { transactions: Vec::new(), ..block };
        assert_eq!(refusal((header, none)), BlockError::Merkle);
        let (header, mut block) = block_at(5, right(2));
        block.transactions.push(block.transactions[2].clone());
        assert_eq!(refusal((header, block.clone())), BlockError::Mutated);
        assert_eq!(check_bytes(&block.encode()), Err(BlockError::Mutated));
        // A mutated body under another root is just another body.
        block.header.merkle_root = MerkleRoot::from_hashed([1; 32]);
        assert_eq!(refusal((header_at(5, block.header), block)), BlockError::Merkle);
    }

    #[test]
    fn the_first_transaction_is_the_coinbase_of_this_height() {
        let right_one = coinbase(5, SUBSIDY);
        let mut commitment = [0; 32];
        commitment[31] = 1;
        for wrong in [
            with_coinbase(coinbase(4, SUBSIDY)),
            with_coinbase(coinbase(6, SUBSIDY)),
            with_coinbase(Coinbase { commitment, ..right_one.clone() }),
            right(1).split_off(1),
        ] {
            assert_eq!(refusal(block_at(5, wrong)), BlockError::Coinbase { height: 5 });
        }
        let mut second = right(2);
        second.insert(2, Transaction::Coinbase(right_one.clone()));
        assert_eq!(refusal(block_at(5, second)), BlockError::SecondCoinbase { position: 3 });
        let nobody = Coinbase { receiver: XOnlyKey::ZERO, ..right_one };
        assert_eq!(refusal(block_at(5, with_coinbase(nobody))), BlockError::CoinbaseKey);
    }

    #[test]
    fn a_block_after_the_genesis_block_is_no_genesis_block() {
        let (header, block) = block_at(0, right(1));
        assert_eq!(refusal((header, block)), BlockError::Coinbase { height: 0 }, "the coinbase is that of height 5");
        let mut two = right(1);
        two[0] = Transaction::Coinbase(coinbase(0, 0));
        assert_eq!(refusal(block_at(0, two)), BlockError::Coinbase { height: 0 }, "there are two transactions");
    }

    #[test]
    fn the_first_wrong_transfer_is_named() {
        let mut transactions = right(3);
        for at in [3, 2] {
            if let Transaction::Transfer(transfer) = &mut transactions[at] {
                transfer.receiver = XOnlyKey::ZERO;
            }
            let error = TransferError::Key { party: "receiver" };
            let position = at as u32 + 1;
            assert_eq!(refusal(block_at(5, transactions.clone())), BlockError::Transfer { position, error });
        }
    }

    #[test]
    fn the_reward_is_subsidy_and_fees_exactly() {
        for found in [0, SUBSIDY, SUBSIDY + 5, SUBSIDY + 7, u64::MAX] {
            let mut transactions = right(2);
            transactions[0] = Transaction::Coinbase(coinbase(5, found));
            let expected = u128::from(SUBSIDY) + 6;
            assert_eq!(refusal(block_at(5, transactions)), BlockError::Reward { expected, found });
        }
    }

    /// No block of a million bytes holds so many transfers; that the sum is right does not depend on it.
    #[test]
    fn fees_of_more_than_64_bits_are_added_up() {
        let fee = crate::sound::MAX_MONEY.units() - 1;
        let transfer = CheckedTransfer::trusted(Transfer { amount: 1, fee, ..unsigned() });
        let transfers = vec![transfer; 8_800];
        let expected = 8_800 * u128::from(fee) + u128::from(SUBSIDY);
        assert!(expected > u128::from(u64::MAX));
        let subsidy = Amount::from_units(SUBSIDY).unwrap();
        for found in [expected as u64, u64::MAX, SUBSIDY] {
            let error = check_reward(subsidy, &transfers, &coinbase(5, found)).unwrap_err();
            assert_eq!(error, BlockError::Reward { expected, found });
        }
    }

    #[test]
    fn what_was_judged_before_is_not_judged_again() {
        let wrong_signature = CheckedTransfer::trusted(unsigned());
        let transactions = vec![Transaction::Coinbase(coinbase(5, SUBSIDY + 3)), Transaction::Checked(wrong_signature)];
        let (header, block) = block_at(5, transactions);
        assert!(check_block(&network(), &header, block.clone()).is_ok());
        let read = Block::decode(&block.encode()).unwrap();
        assert_eq!(refusal((header, read)).why(), "signature");
    }

    #[test]
    fn what_was_not_written_down_as_a_block_is_not_restored() {
        let (header, block) = block_at(5, right(1));
        let restored = |tip, block: &Block| restore(tip, block.encode()).map(|block| block.tip());
        assert_eq!(restored(header.tip(), &block), Ok(header.tip()));
        let mut other = block.clone();
        other.header.bits = CompactTarget::from_consensus(0);
        assert_eq!(restored(header.tip(), &other), Err(BlockError::OtherHeader));
        let another_height = header_at(6, block.header).tip();
        assert_eq!(restored(another_height, &block), Err(BlockError::Coinbase { height: 6 }));
        let mut second = block.clone();
        second.transactions.push(Transaction::Coinbase(coinbase(5, 0)));
        assert_eq!(restored(header.tip(), &second), Err(BlockError::Coinbase { height: 5 }));
        let cut = block.encode()[..200].to_vec();
        assert_eq!(restore(header.tip(), cut).unwrap_err().why(), "encoding");
    }

    #[test]
    fn each_error_says_what_is_wrong_and_what_can_heal_it() {
        let zero = BlockHash::ZERO;
        let transfer = TransferError::Amount;
        let early = HeaderError::Early { latest: 1, found: 2 };
        let previous = HeaderError::Previous { expected: zero, found: zero };
        for (error, why, heals, part) in [
            (BlockError::Decode(DecodeError::Size { bytes: 1_000_001 }), "size", Heals::WithItsBody, "not 1000001"),
            (DecodeError::from(EncodingError::TooShort).into(), "encoding", Heals::WithItsBody, "ends too early"),
            (DecodeError::from(EncodingError::Kind { kind: 7 }).into(), "kind", Heals::WithItsBody, "kind 7"),
            (DecodeError::from(EncodingError::Note { length: 81 }).into(), "note", Heals::WithItsBody, "not 81"),
            (early.into(), "time", Heals::Later, "keep the block and try again"),
            (previous.into(), "previous", Heals::AfterItsParent, "mine on that one"),
            (HeaderError::LastHeight.into(), "previous", Heals::Never, "the last height"),
            (BlockError::OtherNetwork { expected: zero, found: zero }, "previous", Heals::Never, "another network: 00"),
            (BlockError::Merkle, "merkle", Heals::WithItsBody, "do not have the Merkle root"),
            (BlockError::Mutated, "mutated", Heals::WithItsBody, "repeated so that the Merkle root stays the same"),
            (BlockError::OtherHeader, "previous", Heals::WithItsBody, "not the one whose header was checked"),
            (
                BlockError::Coinbase { height: 5 },
                "coinbase",
                Heals::Never,
                "a coinbase with height 5 and a zero commitment",
            ),
            (BlockError::SecondCoinbase { position: 3 }, "coinbase", Heals::Never, "transaction 3 is a coinbase"),
            (BlockError::CoinbaseKey, "key", Heals::Never, "nobody can have that key"),
            (BlockError::Transfer { position: 2, error: transfer }, "amount", Heals::Never, "transaction 2: an amount"),
            (
                BlockError::Nonce { position: 2, expected: 1, found: 4 },
                "nonce",
                Heals::Never,
                "nonce 4, but its sender has sent 1",
            ),
            (
                BlockError::Funds { position: 2, balance: 1, cost: 4 },
                "funds",
                Heals::Never,
                "pays 4 units, but its sender has 1",
            ),
            (
                BlockError::Reward { expected: 1, found: 4 },
                "reward",
                Heals::Never,
                "is 4 units, but subsidy and fees are 1",
            ),
        ] {
            assert_eq!((error.why(), error.heals()), (why, heals), "{error}");
            assert!(error.to_string().contains(part), "{error}");
        }
    }
}
