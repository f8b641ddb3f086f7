//! A chain as a node serves it. It is checked without the node's own code, because the suite must not rely on the code it tests.

use serde::Deserialize;
use serde_json::{Value, value::RawValue};
use sha2::{Digest as _, Sha256};

/// A chain whose blocks are linked.
#[derive(Clone, Debug, PartialEq)]
pub struct Chain {
    /// The blocks as they were served, byte for byte.
    pub texts: Vec<String>,
    pub blocks: Vec<Value>,
}

#[derive(Deserialize)]
struct Served<'a> {
    #[serde(borrow, alias = "new_chain")]
    chain: Vec<&'a RawValue>,
    length: Option<usize>,
}

impl Chain {
    /// Reads the answer to `/get_chain` or `/replace_chain`.
    pub fn read(answer: &str) -> Result<Self, String> {
        let served: Served<'_> = serde_json::from_str(answer).map_err(|error| format!("no chain: {error}"))?;
        let texts: Vec<_> = served.chain.iter().map(|raw| raw.get().to_owned()).collect();
        if served.length.is_some_and(|length| length != texts.len()) {
            return Err(format!("`length` is not the number of blocks, {}", texts.len()));
        }
        let mut previous = "0".to_owned();
        let mut blocks = Vec::new();
        for (text, index) in texts.iter().zip(1..) {
            let block: Value = serde_json::from_str(text).map_err(|error| format!("block {index}: {error}"))?;
            if block["index"] != index || block["previous_hash"] != previous.as_str() {
                return Err(format!("block {index} does not continue the chain: {text}"));
            }
            previous = hex::encode(Sha256::digest(text));
            blocks.push(block);
        }
        if blocks.is_empty() { Err("a chain without a block".into()) } else { Ok(Self { texts, blocks }) }
    }

    pub fn block(&self, index: u64) -> Option<&Value> {
        self.blocks.get(usize::try_from(index).ok()?.checked_sub(1)?)
    }

    pub fn length(&self) -> u64 {
        self.blocks.len() as u64
    }

    pub fn tip(&self) -> &Value {
        self.blocks.last().expect("a chain has a block")
    }

    /// The amounts of all transactions of `sender`.
    pub fn amounts<'a>(&'a self, sender: &'a str) -> impl Iterator<Item = u64> + 'a {
        self.blocks.iter().flat_map(move |block| amounts_in(block, sender))
    }
}

/// The amounts of the transactions of `sender` in one block.
pub fn amounts_in(block: &Value, sender: &str) -> Vec<u64> {
    let transactions = block["transactions"].as_array().into_iter().flatten();
    transactions
        .filter(|transaction| transaction["sender"] == sender)
        .filter_map(|transaction| transaction["amount"].as_u64())
        .collect()
}
