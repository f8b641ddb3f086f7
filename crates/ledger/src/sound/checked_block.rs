//! Blocks that were judged.

use std::iter;

use super::{checked_transfer::CheckedTransfer, coinbase::Coinbase, hash::Txid, header_chain::CheckedHeader};
use crate::{hash::BlockHash, rules, tip::Tip};

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
    pub(super) fn new(
        header: CheckedHeader,
        coinbase: Coinbase,
        transfers: Vec<CheckedTransfer>,
        encoding: Vec<u8>,
    ) -> Self {
        Self { header, coinbase, transfers, encoding }
    }

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

    fn transaction_ids(&self) -> impl Iterator<Item = [u8; 32]> {
        let transfers = self.transfers.iter().map(CheckedTransfer::id);
        iter::once(self.coinbase.id()).chain(transfers).map(Txid::to_hashed)
    }
}
