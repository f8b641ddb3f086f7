//! When the body of a block is valid (docs/sound-rules.md section 2).

use super::{
    amount::Amount,
    block::{Block, DecodeError, MAX_BLOCK_BYTES},
    block_error::BlockError,
    check_transfers::{check_transfers, threads_for},
    checked_block::CheckedBlock,
    checked_transfer::CheckedTransfer,
    coinbase::Coinbase,
    header_chain::CheckedHeader,
    height::Height,
    key::PublicKey,
    merkle::Merkle,
    transaction::Transaction,
    transfer::SighashEngine,
};

/// Judges the body of a genesis block, whose coinbase says what network it is.
///
/// # Errors
/// When it holds anything else, or the header does not name it.
pub(super) fn check_genesis(header: &CheckedHeader, block: Block) -> Result<CheckedBlock, BlockError> {
    check_root(&block)?;
    let encoding = block.encode();
    let (coinbase, transactions) = split_coinbase(header.height(), block.transactions)?;
    if !transactions.is_empty() {
        return Err(BlockError::Coinbase { height: header.height() });
    }
    Ok(CheckedBlock::new(*header, coinbase, Vec::new(), encoding))
}

/// Judges all that needs no accounts in the body of a block whose miner gets `subsidy` beside the fees.
///
/// # Errors
/// The first rule that it breaks, or that it is not the block of this header.
pub(super) fn check_block(
    signing: &SighashEngine,
    subsidy: Amount,
    header: &CheckedHeader,
    block: Block,
) -> Result<CheckedBlock, BlockError> {
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
    let threads = threads_for(&transactions);
    let transfers = check_transfers(signing, transactions, threads)?;
    check_reward(subsidy, &transfers, &coinbase)?;
    Ok(CheckedBlock::new(*header, coinbase, transfers, encoding))
}

/// Whether the header names these transactions, and no others with the same root.
pub(super) fn check_root(block: &Block) -> Result<(), BlockError> {
    match Merkle::of(block.ids()) {
        Some(Merkle { root, mutated: false }) if root == block.header.merkle_root => Ok(()),
        Some(Merkle { root, mutated: true }) if root == block.header.merkle_root => Err(BlockError::Mutated),
        _ => Err(BlockError::Merkle),
    }
}

/// The coinbase of the block at this height, and the transactions after it.
pub(super) fn split_coinbase(
    height: Height,
    transactions: Vec<Transaction>,
) -> Result<(Coinbase, Vec<Transaction>), BlockError> {
    let mut transactions = transactions.into_iter();
    match transactions.next() {
        Some(Transaction::Coinbase(coinbase)) if coinbase.height == height && coinbase.commitment == [0; 32] => {
            Ok((coinbase, transactions.collect()))
        }
        _ => Err(BlockError::Coinbase { height }),
    }
}

/// Whether the miner takes subsidy and fees, exactly.
fn check_reward(subsidy: Amount, transfers: &[CheckedTransfer], coinbase: &Coinbase) -> Result<(), BlockError> {
    // The fees of a block may be far more than there is money: whether they are covered is judged later.
    let fees: u128 = transfers.iter().map(|transfer| u128::from(transfer.fee().units())).sum();
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
            checked_transfer::TransferError,
            hash::MerkleRoot,
            header::Header,
            key::XOnlyKey,
            stored::{check_bytes, restore},
            testing::{block_at, coinbase, header_at, network, signed, unsigned},
            transfer::Transfer,
        },
        *,
    };
    use crate::rules::CheckedBlock as _;

    const SUBSIDY: u64 = 50_000 * 100_000_000;

    fn check((header, block): (CheckedHeader, Block)) -> Result<CheckedBlock, BlockError> {
        let network = network();
        check_block(network.sighash_engine(), network.parameters().subsidy(header.height()), &header, block)
    }

    fn refusal(block: (CheckedHeader, Block)) -> BlockError {
        check(block).unwrap_err()
    }

    /// A valid block at height 5: its transfers pay 3 units each.
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
    fn a_valid_block_passes_and_is_restored_as_it_was() {
        for transfers in [0, 1, 20] {
            let (header, block) = block_at(5, right(transfers));
            let bytes = block.encode();
            let checked = check((header, block)).unwrap();
            assert_eq!(
                (checked.encoding(), checked.header(), checked.parent()),
                (&*bytes, &header, header.header().previous)
            );
            assert_eq!(checked.transfers().len() as u64, transfers);
            assert_eq!(check_bytes(&bytes).as_ref(), Ok(header.header()));
            let restored = restore(checked.tip(), bytes).unwrap();
            assert_eq!((restored.tip(), restored.encoding()), (checked.tip(), checked.encoding()));
            assert_eq!((restored.coinbase(), restored.transfers()), (checked.coinbase(), checked.transfers()));
            assert_eq!(Reward::of_encoding(restored.encoding()).unwrap().amount.units(), SUBSIDY + 3 * transfers);
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
            assert_eq!(refusal(block_at(5, wrong)), BlockError::Coinbase { height: Height::new(5) });
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
        assert_eq!(
            refusal((header, block)),
            BlockError::Coinbase { height: Height::GENESIS },
            "the coinbase is that of height 5"
        );
        let mut two = right(1);
        two[0] = Transaction::Coinbase(coinbase(0, 0));
        assert_eq!(
            refusal(block_at(0, two)),
            BlockError::Coinbase { height: Height::GENESIS },
            "there are two transactions"
        );
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
        assert!(check((header, block.clone())).is_ok());
        let read = Block::decode(&block.encode()).unwrap();
        assert_eq!(refusal((header, read)).why(), "signature");
    }
}
