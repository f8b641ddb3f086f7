//! From a template to a block: the work of the listing does not cover what the block holds, so the block takes what waits when
//! it is sealed.

use super::{block::Block, check::Ancestors, mempool::Mempool, transaction::Transaction};
use crate::tip::Tip;

/// Who is paid for blocks that are mined here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receiver {
    /// The node's address, which sends the coinbase.
    pub node_address: String,
    /// The name that receives it.
    pub miner: String,
}

/// What a miner searches for: the successor of a proof.
#[derive(Clone, Debug)]
pub struct Job {
    parent: Ancestors,
    coinbase: Transaction,
}

/// A solution of the puzzle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Proof(pub u64);

impl Job {
    pub(super) fn new(parent: Ancestors, receiver: &Receiver) -> Self {
        Self { parent, coinbase: Transaction::coinbase(&receiver.node_address, &receiver.miner) }
    }

    pub(super) fn previous_proof(&self) -> u64 {
        self.parent.proof
    }

    /// The block: all that waits, in the order it arrived, then the coinbase.
    pub(super) fn seal(self, Proof(proof): Proof, mempool: &Mempool, timestamp: String) -> Block {
        let mut transactions = Vec::with_capacity(mempool.transactions().len() + 1);
        transactions.extend_from_slice(mempool.transactions());
        transactions.push(self.coinbase);
        let Tip { height, hash, .. } = self.parent.tip;
        Block { index: height + 1, previous_hash: hash.to_string(), proof, timestamp, transactions }
    }
}

/// The end of the chain that the block is for.
impl AsRef<Tip> for Job {
    fn as_ref(&self) -> &Tip {
        &self.parent.tip
    }
}
