//! Finds stored blocks and transactions, and reads them.

use bcoin_ledger::{
    CheckedBlock as _, Rules as _, Tip, Work,
    sound::{BlockSummary, CheckedBlock, HEADER_BYTES, Header, Sound, Txid},
};
use bcoin_node::store::{Snapshot, StoreError};

use super::super::{block_id::BlockId, state::SoundState};
use crate::wire::sound::TransactionJson;

/// Reads what a node under these rules has stored.
#[derive(Clone)]
pub(super) struct Stored {
    rules: Sound,
}

impl Stored {
    /// Reads what is stored under these rules.
    pub(super) fn new(rules: Sound) -> Self {
        Self { rules }
    }

    /// Reads what the node with this state has stored.
    pub(super) fn of(state: &SoundState) -> Self {
        Self::new(state.ledger.clone())
    }

    /// The block at this height of its chain, from its encoding. The work of that chain is not found out.
    pub(super) fn block(&self, height: u64, encoding: Vec<u8>) -> Result<CheckedBlock, StoreError> {
        let hash = header(&encoding)?.hash();
        self.block_at(Tip { height, hash, work: Work::default() }, encoding)
    }

    /// The block at the end of this chain.
    pub(super) fn block_at(&self, tip: Tip, encoding: Vec<u8>) -> Result<CheckedBlock, StoreError> {
        self.rules.restore(tip, encoding).map_err(|error| StoreError::Damaged(format!("block {}: {error}", tip.height)))
    }

    /// What is told of the block at this height of the chain, and how many bytes it has; `None` when the chain has none there.
    pub(super) fn summary(&self, snapshot: &Snapshot, height: u64) -> Result<Option<BlockSummary>, StoreError> {
        let Some(hash) = snapshot.hash(height)? else { return Ok(None) };
        let found = snapshot.any_block(&hash)?;
        found.map(|(tip, encoding)| Ok(self.rules.summary(&self.block_at(tip, encoding)?))).transpose()
    }

    /// The block that this text names, by its index in the chain or by the hash of any stored block: the end of its chain, its
    /// encoding, and whether the chain has it.
    pub(super) fn find(&self, snapshot: &Snapshot, id: &str) -> Result<Option<Found>, StoreError> {
        let hash = match BlockId::read(id) {
            Some(BlockId::Index(index)) => snapshot.hash(index)?,
            Some(BlockId::Hash(hash)) => Some(hash),
            None => None,
        };
        let found = hash.map(|hash| snapshot.any_block(&hash)).transpose()?.flatten();
        let found = found.map(|(tip, encoding)| {
            let is_active = snapshot.hash(tip.height)? == Some(tip.hash);
            Ok(Found { tip, encoding, is_active })
        });
        found.transpose()
    }

    /// The transaction with this id, if the chain holds it.
    pub(super) fn transaction(&self, snapshot: &Snapshot, id: Txid) -> Result<Option<Booked>, StoreError> {
        for (height, position) in snapshot.positions_of(&id.to_hashed())? {
            let encoding = snapshot.block(height)?.ok_or_else(|| missing(height, position))?;
            let place = position.checked_sub(1).ok_or_else(|| missing(height, position))?;
            let booked = Booked { block: self.block(height, encoding)?, place };
            if booked.id() == Some(id) {
                return Ok(Some(booked));
            }
        }
        Ok(None)
    }
}

/// A list of the store names a transaction that is not there.
pub(super) fn missing(height: u64, position: u32) -> StoreError {
    StoreError::Damaged(format!("transaction {position} of block {height}, which a list names, is missing"))
}

/// A block that was found.
pub(super) struct Found {
    /// The end of its chain.
    pub(super) tip: Tip,
    /// Its bytes.
    pub(super) encoding: Vec<u8>,
    /// Whether the chain has it.
    pub(super) is_active: bool,
}

/// The 80 bytes with which the encoding of a block begins.
pub(super) fn header_bytes(encoding: &[u8]) -> Result<&[u8; HEADER_BYTES], StoreError> {
    encoding.first_chunk().ok_or_else(|| StoreError::Damaged("a block is shorter than its header".into()))
}

fn header(encoding: &[u8]) -> Result<Header, StoreError> {
    header_bytes(encoding).map(Header::decode)
}

/// A transaction of the chain: its block, and its place there, from 0.
pub(super) struct Booked {
    /// The block.
    pub(super) block: CheckedBlock,
    /// How many transactions of the block stand before it.
    pub(super) place: u32,
}

impl Booked {
    /// The height of the block, from 1.
    pub(super) fn height(&self) -> u64 {
        self.block.tip().height
    }

    /// The id of the transaction.
    fn id(&self) -> Option<Txid> {
        let ids = &mut self.block.transaction_ids();
        ids.nth(usize::try_from(self.place).ok()?).map(Txid::from_hashed)
    }

    /// The transaction; `None` when the block has none at that place.
    pub(super) fn transaction(&self) -> Option<TransactionJson> {
        match usize::try_from(self.place).ok()?.checked_sub(1) {
            None => Some(self.block.coinbase().into()),
            Some(place) => self.block.transfers().get(place).map(Into::into),
        }
    }
}
