//! Fetches a peer's chain when it has more work than the own one: from a B-Coin peer only the blocks after the last common one, in
//! pieces; from a node of the listing all of it.

use std::{sync::atomic::AtomicBool, time::Duration};

use bcoin_node::{Candidate, CandidateBuilder, CandidateLimits, ChainLimit, NodeHandle, PeerAddress, Spool, View};
use reqwest::{Response, StatusCode};
use tokio::{task::spawn_blocking, time::timeout};

use super::{
    chain_decoder::{ChainError, Taking, decode_piece},
    client::{PeerClient, send},
    common_block::last_common_block,
    download::{Received, receive},
    error::PeerError,
    exchange::{Exchange, Goal},
    peer_status::PeerTip,
};
use crate::wire::v1::PREFIX;

/// A peer's chain.
pub(super) enum Fetched<R> {
    /// It has no more work than the own one, as the peer says or its headers show. Its blocks were not read.
    NotLonger {
        /// How many blocks it has.
        length: u64,
        /// Whether it has more for which it is too early by this node's clock.
        is_early: bool,
    },
    /// It was read and is valid, as far as can be said without accounts.
    Chain {
        /// The chain.
        candidate: Box<Candidate<R>>,
        /// Whether the peer is a node of the listing.
        is_listing: bool,
    },
}

impl<R> Fetched<R> {
    fn of_bcoin(candidate: Candidate<R>) -> Self {
        Self::Chain { candidate: Box::new(candidate), is_listing: false }
    }

    fn of_listing(candidate: Candidate<R>) -> Self {
        Self::Chain { candidate: Box::new(candidate), is_listing: true }
    }
}

/// Fetching the chain of one peer.
pub struct Fetch<'a, R: Exchange> {
    pub(super) rules: &'a R,
    pub(super) client: &'a PeerClient,
    pub(super) node: &'a NodeHandle<R>,
    pub(super) peer: &'a PeerAddress,
    /// The node's state when the peer was asked.
    pub(super) view: &'a View,
    /// Set once the chain begins to arrive.
    pub(super) delivering: &'a AtomicBool,
}

impl<R: Exchange> Fetch<'_, R> {
    /// Fetches the chain, if the peer says that it has more work than the own one.
    ///
    /// # Errors
    /// When there is no answer, or no valid chain of this network.
    pub(super) async fn run(&self) -> Result<Fetched<R>, PeerError> {
        let Self { rules, client, node, peer, view, .. } = self;
        let network = rules.own_network();
        let Some(status) = client.status(peer).await? else {
            if !R::MEETS_LISTINGS {
                return Err(PeerError::NotANode(format!("it has no {PREFIX}/status, which nodes of these rules have")));
            }
            return self.whole().await.map(Fetched::of_listing);
        };
        network.check(&status.network)?;
        let theirs = status.tip;
        if !theirs.claims_more_work_than(&view.tip) {
            return Ok(Fetched::NotLonger { length: theirs.length, is_early: false });
        }
        let max = client.limits.chain_bytes;
        if theirs.bytes.is_some_and(|bytes| bytes > max) {
            return Err(PeerError::BeyondLimit { length: Some(theirs.length), limit: ChainLimit::Chain(max) });
        }
        let common = last_common_block(client, node, &network, peer, view, theirs).await?;
        let common = common.map_or(0, |(height, _)| height);
        let (until, hash) = match R::goal(self, theirs, common).await? {
            Goal::Nothing { height, is_early } => return Ok(Fetched::NotLonger { length: height, is_early }),
            Goal::End(length) => (length, None),
            Goal::Block { height, hash } => (height, Some(hash)),
        };
        let candidate = match self.pieces(common, theirs, until, hash.is_some()).await? {
            Some(candidate) => candidate,
            // A B-Coin node without that route.
            None if R::MEETS_LISTINGS => return self.whole().await.map(Fetched::of_bcoin),
            // Its chain does not reach that height any more.
            None => return Err(PeerError::Changed),
        };
        if hash.is_some_and(|hash| hash != candidate.tip().hash) {
            return Err(PeerError::Changed);
        }
        Ok(Fetched::of_bcoin(candidate))
    }

    /// The chain whose blocks up to the height `common` are the own ones, fetched until it has the height `until`; none when the peer
    /// does not serve pieces. `only` says that blocks after that height are not wanted.
    async fn pieces(
        &self,
        common: u64,
        theirs: PeerTip,
        until: u64,
        only: bool,
    ) -> Result<Option<Candidate<R>>, PeerError> {
        let limits = self.client.candidate_limits();
        let (rules, reader, own_bytes) = (self.rules.clone(), self.view.reader.clone(), self.view.chain_bytes);
        let begin = move || match common {
            0 => Ok(CandidateBuilder::new(rules, &reader, limits)),
            common => CandidateBuilder::after(rules, &reader, own_bytes, common, limits),
        };
        let mut builder = spawn_blocking(begin).await.map_err(|_| PeerError::Interrupted)??;
        let mut first_byte = self.client.limits.first_byte;
        while builder.length() < until {
            let from = builder.length() + 1;
            let path = format!("{PREFIX}/chain?from={from}");
            let Some(piece) = self.piece(&path, self.client.limits.chain_bytes, first_byte).await? else {
                return Ok(None);
            };
            let last = if only { until } else { u64::MAX };
            builder = self.check(builder, piece.spool, theirs, last).await?;
            if builder.length() < from {
                return Err(PeerError::Chain(ChainError::Ended { length: from - 1 }));
            }
            first_byte = self.client.limits.rate_window;
        }
        let finish = move || builder.finish();
        Ok(Some(spawn_blocking(finish).await.map_err(|_| PeerError::Interrupted)??))
    }

    /// Receives up to `max` bytes of an answer; none when the peer does not have that route.
    pub(super) async fn piece(
        &self,
        path: &str,
        max: u64,
        first_byte: Duration,
    ) -> Result<Option<Received>, PeerError> {
        let client = self.client;
        let response = first_answer(client.get(self.peer, path), first_byte).await?;
        match response.status() {
            StatusCode::OK => {}
            StatusCode::NOT_FOUND => return Ok(None),
            status => return Err(PeerError::NotANode(format!("it answers {status} instead of blocks"))),
        }
        receive(response, max, &client.spools, &client.limits, first_byte, self.delivering).await.map(Some)
    }

    async fn check(
        &self,
        mut builder: CandidateBuilder<R>,
        piece: Spool,
        theirs: PeerTip,
        until: u64,
    ) -> Result<CandidateBuilder<R>, PeerError> {
        let mut turn = self.client.next_turn().await?;
        let max = self.client.limits.chain_bytes;
        let own = self.view.tip.height;
        let (rules, node) = (self.rules.clone(), self.node.clone());
        let check = move || {
            let taking = Taking { rules: &rules, builder: &mut builder, node: Some(&node), until };
            decode_piece(piece, max, &mut turn, taking).map_err(|error| {
                // Its status has shown that it is a node.
                match PeerError::from_decoding(error, builder.length().max(1), own) {
                    PeerError::BeyondLimit { limit, .. } => {
                        PeerError::BeyondLimit { length: Some(theirs.length), limit }
                    }
                    error => error,
                }
            })?;
            // The next piece may be long in coming.
            builder.release_snapshot();
            Ok(builder)
        };
        spawn_blocking(check).await.map_err(|_| PeerError::Interrupted)?
    }

    async fn whole(&self) -> Result<Candidate<R>, PeerError> {
        self.client.fetch_chain(self.rules, self.peer, self.view, self.delivering).await
    }
}

impl PeerClient {
    pub(super) fn candidate_limits(&self) -> CandidateLimits {
        CandidateLimits { chain_bytes: self.limits.chain_bytes, spools: self.spools.clone() }
    }
}

/// Sends a request, and waits for the head of the answer as long as that may take.
pub(super) async fn first_answer(request: reqwest::RequestBuilder, limit: Duration) -> Result<Response, PeerError> {
    let too_slow = |_| PeerError::TooSlow(format!("no answer within {} s", limit.as_secs_f64()));
    timeout(limit, send(request)).await.map_err(too_slow)?
}
