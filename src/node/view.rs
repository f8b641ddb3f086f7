//! What everyone but the owner sees of a node.

use std::sync::Arc;

use crate::{
    ledger::{Blockchain, Tip},
    store::Reader,
    wire::PeerAddress,
};

/// The state of a node after its latest change; it is on disk already. Never changes: the next change makes another one.
#[derive(Clone)]
pub struct View {
    /// The end of the chain.
    pub tip: Tip,
    /// How many payments wait.
    pub waiting: usize,
    /// The peers, in the order they were added.
    pub peers: Arc<[PeerAddress]>,
    /// Where the blocks are read.
    pub reader: Reader,
}

impl View {
    pub(super) fn new(blockchain: &Blockchain, peers: Arc<[PeerAddress]>, reader: Reader) -> Self {
        Self { tip: *blockchain.tip(), waiting: blockchain.pending().len(), peers, reader }
    }
}
