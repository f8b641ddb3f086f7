//! Templates: a whole block but for what a miner searches for.

use std::{cmp::Reverse, collections::BinaryHeap, iter};

use chrono::{DateTime, Local};

use super::{
    amount::Amount,
    block::{Block, MAX_BLOCK_BYTES, empty_block_bytes},
    checked_transfer::CheckedTransfer,
    coinbase::Coinbase,
    encoding::MIN_TRANSACTION_BYTES,
    hash::MerkleRoot,
    header::Header,
    header_chain::HeaderChain,
    height::Height,
    key::PublicKey,
    mempool::{Entry, FeeRate, Mempool, Queue},
    merkle::MerkleProof,
    network::Network,
    note::Note,
    rules::unix_time,
    search::{HeaderSource, Solution, Start},
    target::Target,
    transaction::Transaction,
    transfer::TRANSFER_BYTES,
};
use crate::tip::Tip;

/// How many bytes of a block its header, its count and its coinbase take at most.
const RESERVED_BYTES: usize = empty_block_bytes(MAX_BLOCK_BYTES) + MIN_TRANSACTION_BYTES + Note::MAX_BYTES;

/// Who is paid for blocks that are mined here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receiver {
    /// The key that gets subsidy and fees.
    pub key: PublicKey,
    /// What the coinbase says.
    pub note: Note,
    /// The first extranonce that is tried. Miners for the same key need different ones, or they try the same headers.
    pub extranonce: u64,
}

/// A template for the block after its parent.
#[derive(Clone, Debug)]
pub struct Template {
    parent: Tip,
    /// Its time is that at which the template was made.
    header: Header,
    /// The lowest time that the block may carry.
    earliest_time: u32,
    target: Target,
    coinbase: Coinbase,
    transfers: Vec<CheckedTransfer>,
    /// The way from the coinbase to the Merkle root, which stays the same for other coinbases.
    branch: MerkleProof,
}

impl Template {
    /// A template with the transfers of `mempool` that pay most, made at the Unix time `now` in seconds.
    pub(super) fn new(
        network: &Network,
        ancestors: &HeaderChain,
        mempool: &Mempool,
        receiver: &Receiver,
        now: u32,
    ) -> Self {
        let (profile, parent) = (network.parameters().profile(), ancestors.tip());
        // No block can follow the one of the last height, and a template for it is refused.
        let height = ancestors.next_height().unwrap_or(Height::GENESIS);
        let transfers = best_paying(mempool, MAX_BLOCK_BYTES - RESERVED_BYTES);
        let fees = transfers.iter().map(CheckedTransfer::fee).fold(Amount::ZERO, Amount::saturating_add);
        let coinbase = Coinbase {
            height,
            receiver: receiver.key.into(),
            // All fees are covered by money that is there.
            amount: network.parameters().subsidy(height).saturating_add(fees).units(),
            commitment: [0; 32],
            extranonce: receiver.extranonce.to_le_bytes(),
            note: receiver.note.clone(),
        };
        let bits = ancestors.next_bits(profile);
        // Bits that a chain asks for stand for a target.
        let target = bits.decode().unwrap_or(profile.limit());
        let header = Header {
            version: Header::VERSION,
            previous: parent.hash,
            merkle_root: MerkleRoot::from_hashed([0; 32]),
            time: now,
            bits,
            nonce: 0,
        };
        let branch = MerkleProof::of_first(transfers.iter().map(CheckedTransfer::id));
        let earliest_time = ancestors.earliest_time(profile);
        Self { parent, header, earliest_time, target, coinbase, transfers, branch }
    }

    /// The same template for another receiver, made at the time `now`. Other transfers may pay more by then.
    #[must_use]
    pub fn for_receiver(&self, receiver: &Receiver, now: DateTime<Local>) -> Self {
        let coinbase = Coinbase {
            receiver: receiver.key.into(),
            extranonce: receiver.extranonce.to_le_bytes(),
            note: receiver.note.clone(),
            ..self.coinbase.clone()
        };
        Self { coinbase, header: Header { time: unix_time(now), ..self.header }, ..self.clone() }
    }

    /// What the coinbase pays: subsidy and fees.
    pub fn reward(&self) -> Amount {
        Amount::saturating(self.coinbase.amount)
    }

    /// The lowest time that the block may carry: Unix time in seconds.
    pub(super) fn earliest_time(&self) -> u32 {
        self.earliest_time
    }

    /// Where a search for a solution begins.
    pub fn start(&self) -> Start {
        Start { extranonce: u64::from_le_bytes(self.coinbase.extranonce), nonce: 0 }
    }

    /// The block that a solution makes.
    pub fn seal(&self, Solution { extranonce, time, nonce }: Solution) -> Block {
        let header = Header { time, nonce, ..self.header(extranonce, 0) };
        let transfers = self.transfers.iter().cloned().map(Transaction::Checked);
        let coinbase = Transaction::Coinbase(self.coinbase_with(extranonce));
        Block { header, transactions: iter::once(coinbase).chain(transfers).collect() }
    }

    /// The block without a solution: outside miners search for one.
    pub fn unsolved(&self) -> Block {
        let Start { extranonce, nonce } = self.start();
        let time = self.header(extranonce, 0).time;
        self.seal(Solution { extranonce, time, nonce })
    }

    fn coinbase_with(&self, extranonce: u64) -> Coinbase {
        Coinbase { extranonce: extranonce.to_le_bytes(), ..self.coinbase.clone() }
    }
}

impl HeaderSource for Template {
    /// Its time is that of the miner's clock, or the earliest one that is allowed if that is later. A parent that is ahead of the
    /// clock is not led further ahead.
    fn header(&self, extranonce: u64, seconds: u32) -> Header {
        let time = self.header.time.saturating_add(seconds).max(self.earliest_time);
        Header { merkle_root: self.branch.root_of(self.coinbase_with(extranonce).id()), time, ..self.header }
    }

    fn target(&self) -> Target {
        self.target
    }
}

/// The end of the chain that the block is for.
impl AsRef<Tip> for Template {
    fn as_ref(&self) -> &Tip {
        &self.parent
    }
}

/// The transfers that pay most for their bytes, up to so many bytes: of each sender in the order of its nonces, and the earlier
/// one of two that pay the same.
fn best_paying(mempool: &Mempool, mut bytes: usize) -> Vec<CheckedTransfer> {
    let queues: Vec<&[Entry]> = mempool.queues().map(Queue::entries).collect();
    // What each sender can add next, and from which place of which queue.
    let next = |queue: usize, place: usize| {
        let entry = queues[queue].get(place)?;
        Some((FeeRate::of(&entry.transfer), Reverse(entry.number), queue, place))
    };
    let mut heap: BinaryHeap<_> = (0..queues.len()).filter_map(|queue| next(queue, 0)).collect();
    let mut best = Vec::new();
    while bytes >= TRANSFER_BYTES {
        let Some((_, _, queue, place)) = heap.pop() else { break };
        let transfer = &queues[queue][place].transfer;
        // One that is too long keeps those behind it out as well.
        let Some(left) = bytes.checked_sub(transfer.encoded_len()) else { continue };
        bytes = left;
        best.push(transfer.clone());
        heap.extend(next(queue, place + 1));
    }
    best
}
