//! A chain as a node under the sound rules serves it. It is read without the node's own code, because the suite must not rely on the
//! code it tests.

use std::collections::HashMap;

use bcoin_testkit::Client;
use serde::Deserialize;
use sha2::{Digest as _, Sha256};

type Hash = [u8; 32];

/// Blocks that are linked, and hold the transactions that their headers name.
#[derive(Clone, Debug, PartialEq)]
pub struct Chain {
    pub blocks: Vec<Block>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Block {
    /// Its encoding.
    pub raw: Vec<u8>,
    /// Its hash, as it is shown.
    pub hash: String,
    pub transfers: Vec<Transfer>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Transfer {
    /// Its id, as it is shown.
    pub id: String,
    /// The key of the sender.
    pub sender: Hash,
}

#[derive(Deserialize)]
struct Piece {
    chain: Vec<String>,
}

impl Chain {
    /// Reads the whole chain of a node, whose last block has not changed meanwhile.
    pub async fn read(client: &Client) -> Result<Self, String> {
        let mut blocks: Vec<Block> = Vec::new();
        loop {
            let path = format!("/api/v1/chain?from={}", blocks.len() + 1);
            let answer = client.get(&path).await?.expect(200)?;
            let piece: Piece = serde_json::from_str(&answer.text).map_err(|error| format!("{path}: {error}"))?;
            if piece.chain.is_empty() {
                return if blocks.is_empty() { Err("a chain without a block".into()) } else { Ok(Self { blocks }) };
            }
            for text in piece.chain {
                let raw = hex::decode(text).map_err(|error| error.to_string())?;
                let index = blocks.len() + 1;
                let (previous, block) = Block::read(raw).map_err(|error| format!("block {index}: {error}"))?;
                if previous != blocks.last().map_or_else(|| "0".repeat(64), |last| last.hash.clone()) {
                    return Err(format!("block {index} does not continue the chain"));
                }
                blocks.push(block);
            }
        }
    }

    pub fn length(&self) -> usize {
        self.blocks.len()
    }

    /// The hash of the last block.
    pub fn tip(&self) -> &str {
        self.blocks.last().map(|block| block.hash.as_str()).unwrap_or_default()
    }

    /// The ids of all transfers, with the index of their block and how many times they are there.
    pub fn ids(&self) -> HashMap<&str, (usize, usize)> {
        let mut ids = HashMap::new();
        for (block, index) in self.blocks.iter().zip(1..) {
            for transfer in &block.transfers {
                ids.entry(transfer.id.as_str()).or_insert((index, 0)).1 += 1;
            }
        }
        ids
    }
}

impl Block {
    /// The hash of the block before, and the block.
    fn read(raw: Vec<u8>) -> Result<(String, Self), String> {
        let mut rest = raw.as_slice();
        let header = take(&mut rest, 80)?;
        let (previous, root) = (shown(&header[4..36]), &header[36..68]);
        let hash = shown(&double(header));
        let count = compact_size(&mut rest)?;
        let (mut ids, mut transfers) = (Vec::new(), Vec::new());
        for _ in 0..count {
            let whole = rest;
            let is_transfer = match take(&mut rest, 1)? {
                [0] => false,
                [1] => true,
                other => return Err(format!("a transaction of kind {other:?}")),
            };
            let fields = take(&mut rest, if is_transfer { 88 } else { 84 })?;
            let note = take(&mut rest, 1)?[0];
            take(&mut rest, usize::from(note) + if is_transfer { 64 } else { 0 })?;
            let id = double(&whole[..whole.len() - rest.len()]);
            if is_transfer {
                let sender = fields[..32].try_into().map_err(|_| "no sender")?;
                transfers.push(Transfer { id: shown(&id), sender });
            }
            ids.push(id);
        }
        if !rest.is_empty() || merkle_root(ids) != root {
            return Err("other transactions than the header says".into());
        }
        Ok((previous, Self { raw, hash, transfers }))
    }
}

fn take<'a>(rest: &mut &'a [u8], length: usize) -> Result<&'a [u8], String> {
    let (taken, after) = rest.split_at_checked(length).ok_or("it is cut off")?;
    *rest = after;
    Ok(taken)
}

fn compact_size(rest: &mut &[u8]) -> Result<usize, String> {
    match take(rest, 1)?[0] {
        small @ 0..=0xfc => Ok(small.into()),
        0xfd => {
            let bytes = take(rest, 2)?;
            Ok(usize::from(bytes[0]) | usize::from(bytes[1]) << 8)
        }
        large => Err(format!("a count that begins with {large}")),
    }
}

fn double(bytes: &[u8]) -> Hash {
    Sha256::digest(Sha256::digest(bytes)).into()
}

fn shown(hash: &[u8]) -> String {
    hex::encode(hash.iter().rev().copied().collect::<Vec<u8>>())
}

fn merkle_root(mut level: Vec<Hash>) -> Hash {
    while level.len() > 1 {
        level = level.chunks(2).map(|pair| double(&[pair[0], *pair.last().unwrap()].concat())).collect();
    }
    level.first().copied().unwrap_or_default()
}
