//! Shows blocks to all peers, and collects what they say of them.

use std::sync::Arc;

use bcoin_node::PeerAddress;
use bytes::Bytes;
use futures_util::future::join_all;
use thiserror::Error;
use tokio::sync::Semaphore;

use super::{super::client::PeerClient, seer::Seer};
use crate::wire::v1::PeerJudgementJson;

/// How many characters of what a peer says are kept.
const MAX_REASON: usize = 500;
/// Stands for a peer that has no route for this.
const CANNOT_JUDGE: &str = "listing";

/// For how many callers peers are asked at a time: what is shown goes to each of them.
pub const MAX_JUDGED: usize = 16;

/// Asks peers for their judgement.
pub(super) struct Judging {
    client: PeerClient,
    callers: Semaphore,
}

/// Peers are asked for as many callers as there may be.
#[derive(Clone, Copy, Debug, Error)]
#[error("the nodes are looking at the blocks of {MAX_JUDGED} others already; show yours again in a moment")]
pub struct TooManyJudgements;

impl Judging {
    pub(super) fn new(client: PeerClient) -> Self {
        Self { client, callers: Semaphore::new(MAX_JUDGED) }
    }

    /// What each peer says of the blocks in this body of a request.
    ///
    /// # Errors
    /// When peers are asked for too many callers already: who waited would hold the blocks in memory.
    pub(super) async fn ask_all(
        &self,
        seer: &Arc<Seer>,
        blocks: Bytes,
    ) -> Result<Vec<PeerJudgementJson>, TooManyJudgements> {
        let _caller = self.callers.try_acquire().map_err(|_| TooManyJudgements)?;
        let others = seer.others(&seer.node.view().peers).await;
        Ok(join_all(others.iter().map(|peer| self.ask(seer, peer, blocks.clone()))).await)
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
