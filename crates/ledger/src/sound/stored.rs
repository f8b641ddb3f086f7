//! Blocks that this node has judged and written down.

use super::{
    block::Block,
    block_error::BlockError,
    check::{check_root, split_coinbase},
    checked_block::CheckedBlock,
    checked_transfer::CheckedTransfer,
    header::Header,
    header_chain::CheckedHeader,
    transaction::Transaction,
};
use crate::tip::Tip;

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
        Transaction::Coinbase(_) => Err(BlockError::Coinbase { height: header.height() }),
    });
    let transfers = transfers.collect::<Result<_, _>>()?;
    Ok(CheckedBlock::new(header, coinbase, transfers, encoding))
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

#[cfg(test)]
mod tests {
    use super::{
        super::{
            height::Height,
            target::CompactTarget,
            testing::{block_at, coinbase, header_at, network, signed, unsigned},
        },
        *,
    };
    use crate::rules::CheckedBlock as _;

    #[test]
    fn what_was_not_written_down_as_a_block_is_not_restored() {
        let reward = Transaction::Coinbase(coinbase(5, 0));
        let transfer = Transaction::Transfer(signed(&network(), unsigned()));
        let (header, block) = block_at(5, vec![reward, transfer]);
        let restored = |tip, block: &Block| restore(tip, block.encode()).map(|block| block.tip());
        assert_eq!(restored(header.tip(), &block), Ok(header.tip()));
        let mut other = block.clone();
        other.header.bits = CompactTarget::from_consensus(0);
        assert_eq!(restored(header.tip(), &other), Err(BlockError::OtherHeader));
        let another_height = header_at(6, block.header).tip();
        assert_eq!(restored(another_height, &block), Err(BlockError::Coinbase { height: Height::new(6) }));
        let mut second = block.clone();
        second.transactions.push(Transaction::Coinbase(coinbase(5, 0)));
        assert_eq!(restored(header.tip(), &second), Err(BlockError::Coinbase { height: Height::new(5) }));
        let cut = block.encode()[..200].to_vec();
        assert_eq!(restore(header.tip(), cut).unwrap_err().why(), "encoding");
    }
}
