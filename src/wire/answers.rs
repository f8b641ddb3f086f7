//! The JSON answers of the six routes, written like blocks: separators `", "` and `": "`, ASCII only, one line each.

use bcoin_ledger::chapter::{CheckedBlock, ITEM_SEPARATOR, json_string};
use bcoin_node::PeerAddress;

use super::messages;

/// An answer that holds only a message.
pub fn message(text: &str) -> String {
    format!("{{\"message\": {}}}\n", json_string(text))
}

/// The answer to `/mine_block`: the message, then the fields of the block.
pub fn mined(block: &CheckedBlock) -> String {
    // The message takes the place of the brace that opens the block's text.
    format!("{{\"message\": {}, {}\n", json_string(messages::MINED), &block.text()[1..])
}

/// The answer to `/connect_node`: the message, and all nodes that are known.
pub fn connected(nodes: &[PeerAddress]) -> String {
    let nodes: Vec<_> = nodes.iter().map(|node| json_string(&node.to_string())).collect();
    let nodes = nodes.join(ITEM_SEPARATOR);
    format!("{{\"message\": {}, \"total_nodes\": [{nodes}]}}\n", json_string(messages::CONNECTED))
}

/// The text around the blocks in an answer that holds a whole chain.
pub struct ChainFrame {
    /// The text before the first block.
    pub opening: String,
    /// The text after the last block, for a chain of this length.
    pub closing: fn(u64) -> String,
}

impl ChainFrame {
    /// The answer to `/get_chain`: the chain, and its length.
    pub fn chain() -> Self {
        Self { opening: "{\"chain\": [".into(), closing: |length| format!("], \"length\": {length}}}\n") }
    }

    /// The answer to `/replace_chain`: the message, and the chain as it is now.
    pub fn new_chain(message: &str) -> Self {
        Self {
            opening: format!("{{\"message\": {}, \"new_chain\": [", json_string(message)),
            closing: |_| "]}\n".into(),
        }
    }
}
