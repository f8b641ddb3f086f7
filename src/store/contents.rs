//! What a node needs to know of its data when it starts: everything but the blocks.

use redb::ReadableTable as _;

use super::{
    error::StoreError,
    read::Reader,
    tables::{META, PEERS, PENDING, meta},
};
use crate::{
    ledger::{Block, BlockHash, Pending, Tip, Transaction},
    wire::PeerAddress,
};

/// The state a store was left in.
pub struct Contents {
    /// The node's address.
    pub node_address: String,
    /// The end of the chain.
    pub tip: Tip,
    /// The payments that wait.
    pub pending: Pending,
    /// The peers, in the order they were added.
    pub peers: Vec<PeerAddress>,
}

/// Reads it, trusting that the chain was checked.
pub(super) fn read(reader: &Reader) -> Result<Contents, StoreError> {
    let read = reader.begin_read()?;
    let address = read.open_table(META)?.get(meta::NODE_ADDRESS)?.map(|address| address.value().to_vec());
    let node_address = text(address.ok_or_else(|| StoreError::Damaged("the node's address is missing".into()))?)?;

    let mut pending = Vec::new();
    for entry in read.open_table(PENDING)?.iter()? {
        pending.push(Transaction::from_json(&text(entry?.1.value().to_vec())?)?);
    }
    let mut peers = Vec::new();
    for entry in read.open_table(PEERS)?.iter()? {
        let address = text(entry?.1.value().to_vec())?;
        peers.push(address.parse().map_err(|_| StoreError::Damaged(format!("{address:?} is no address of a peer")))?);
    }
    Ok(Contents { node_address, tip: tip(reader)?, pending: pending.into_iter().collect(), peers })
}

fn tip(reader: &Reader) -> Result<Tip, StoreError> {
    let snapshot = reader.snapshot()?;
    let text = snapshot.block(snapshot.length()?)?.ok_or_else(|| StoreError::Damaged("it holds no block".into()))?;
    let block = Block::from_json(&text)?;
    Ok(Tip { index: block.index, proof: block.proof, hash: BlockHash::of(&text) })
}

fn text(bytes: Vec<u8>) -> Result<String, StoreError> {
    String::from_utf8(bytes).map_err(|_| StoreError::Damaged("a text is not UTF-8".into()))
}
