//! Finds the last block that a B-Coin peer's chain has in common with the own one, by asking for hashes of the own chain.

use bcoin_ledger::BlockHash;
use bcoin_node::{AnyNode, PeerAddress, View};

use super::{client::PeerClient, error::PeerError, own_network::OwnNetwork, peer_status::PeerTip};

/// Height and hash of the last common block; none when not even the first blocks are the same.
///
/// Chains mostly fork near their ends. So the steps go down from the end of the shorter chain and double, until a common block is
/// found; then the search halves the rest.
pub(super) async fn last_common_block(
    client: &PeerClient,
    node: &AnyNode,
    network: &OwnNetwork,
    peer: &PeerAddress,
    view: &View,
    theirs: PeerTip,
) -> Result<Option<(u64, BlockHash)>, PeerError> {
    let top = view.tip.height.min(theirs.length);
    // Below `diverged` everything is open, from there on nothing is common.
    let (mut common, mut diverged) = (None, top + 1);
    let mut step = 1;
    let mut next = top;
    while next > 0 {
        let Some(own) = own_hash(node, view, next).await? else { return Ok(None) };
        let is_common = if next == theirs.length {
            own == theirs.hash
        } else if network.grows_branches() {
            client.hash_at(peer, next).await? == Some(own)
        } else {
            client.has_block(peer, &own).await?
        };
        if is_common {
            common = Some((next, own));
        } else {
            diverged = next;
        }
        next = match common {
            Some((height, _)) if height + 1 == diverged => break,
            Some((height, _)) => height + (diverged - height) / 2,
            None => {
                step *= 2;
                // The first block is the last one to be asked for.
                if diverged == 1 { 0 } else { diverged.saturating_sub(step).max(1) }
            }
        };
    }
    Ok(common)
}

/// The hash of the own block at this height; none when the chain has become shorter meanwhile.
async fn own_hash(node: &AnyNode, view: &View, height: u64) -> Result<Option<BlockHash>, PeerError> {
    if height == view.tip.height {
        return Ok(Some(view.tip.hash));
    }
    Ok(node.read(move |reader| reader.snapshot()?.hash(height)).await?)
}
