//! What a node needs to know of its data when it starts: everything but the blocks.

use bcoin_ledger::Rules;
use redb::ReadableTable as _;

use super::{
    error::StoreError,
    read::{Reader, read_transaction, text_of},
    tables::{MEMPOOL, META, PEERS, meta},
};
use crate::address::PeerAddress;

/// The state a store was left in.
pub struct Contents<R: Rules> {
    /// The node's address.
    pub node_address: String,
    /// The end of the chain, and what its next block is judged against.
    pub ancestors: R::Ancestors,
    /// The transactions that wait.
    pub mempool: R::Mempool,
    /// The peers, in the order they were added.
    pub peers: Vec<PeerAddress>,
}

impl<R: Rules> Contents<R> {
    /// Reads it, trusting that the chain was checked.
    pub(super) fn read(reader: &Reader, rules: &R) -> Result<Self, StoreError> {
        let read = reader.begin_read()?;
        let address = read.open_table(META)?.get(meta::NODE_ADDRESS)?.map(|address| address.value().to_vec());
        let address = address.ok_or_else(|| StoreError::Damaged("the node's address is missing".into()))?;
        let mut mempool = Vec::new();
        for entry in read.open_table(MEMPOOL)?.iter()? {
            mempool.push(read_transaction(entry?.1.value())?);
        }
        let mut peers = Vec::new();
        for entry in read.open_table(PEERS)?.iter()? {
            let address = text_of(entry?.1.value())?;
            let damaged = |_| StoreError::Damaged(format!("{address:?} is no address of a peer"));
            peers.push(address.parse().map_err(damaged)?);
        }
        let snapshot = reader.snapshot()?;
        let ancestors = snapshot.ancestors(rules, snapshot.length()?)?;
        let ancestors = ancestors.ok_or_else(|| StoreError::Damaged("it holds no block".into()))?;
        Ok(Self { node_address: text_of(&address)?, ancestors, mempool: mempool.into_iter().collect(), peers })
    }
}
