//! Shows blocks to all peers, and collects what they say of them.

use std::sync::Arc;

use bcoin_node::PeerAddress;
use bytes::Bytes;
use futures_util::future::join_all;
use tokio::sync::Semaphore;

use super::{super::client::PeerClient, seer::Seer};
use crate::wire::v1::PeerJudgementJson;

/// How many characters of what a peer says are kept.
const MAX_REASON: usize = 500;
/// Stands for a peer that has no route for this.
const CANNOT_JUDGE: &str = "listing";

/// Asks peers for their judgement, for one caller at a time: what is shown goes to each of them.
pub(super) struct Judging {
    client: PeerClient,
    turn: Semaphore,
}

impl Judging {
    pub(super) fn new(client: PeerClient) -> Self {
        Self { client, turn: Semaphore::new(1) }
    }

    /// What each peer says of the blocks in this body of a request.
    pub(super) async fn ask_all(&self, seer: &Arc<Seer>, blocks: Bytes) -> Vec<PeerJudgementJson> {
        // The semaphore is never closed.
        let _turn = self.turn.acquire().await.ok();
        let peers = seer.node.view().peers.clone();
        let mut others = Vec::new();
        for peer in peers.iter() {
            if !seer.is_itself(peer).await {
                others.push(peer);
            }
        }
        join_all(others.into_iter().map(|peer| self.ask(seer, peer, blocks.clone()))).await
    }

    async fn ask(&self, seer: &Seer, peer: &PeerAddress, blocks: Bytes) -> PeerJudgementJson {
        let (judgement, error_code) = match self.client.judge(peer, blocks).await {
            Ok(Some(mut judgement)) => {
                judgement.reason = judgement.reason.chars().take(MAX_REASON).collect();
                (Some(judgement), None)
            }
            Ok(None) => (None, Some(CANNOT_JUDGE.to_owned())),
            Err(error) => (None, Some(error.code().to_owned())),
        };
        PeerJudgementJson { address: Some(peer.to_string()), name: seer.name_of(peer), judgement, error_code }
    }
}
