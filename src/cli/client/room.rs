//! Which network a running node belongs to.

use bcoin_node::PeerAddress;

use super::http::Node;
use crate::{cli::failure::Failure, wire::sound::RawJson};

/// The encoding of the first block of a node under the sound rules.
pub(in super::super) async fn first_block(node: &PeerAddress) -> Result<Vec<u8>, Failure> {
    let RawJson { raw } = Node::new(node)?.get("/blocks/1/raw").await?.read()?;
    Ok(hex::decode(raw)?)
}
