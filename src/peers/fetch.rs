//! Fetches a peer's longer chain: from a B-Coin peer only the blocks after the last common one, in pieces; from a node of the listing
//! all of it.

use std::{
    io::{self, Read},
    sync::atomic::AtomicBool,
    time::Duration,
};

use bcoin_ledger::chapter::Chapter;
use bcoin_node::{Candidate, CandidateBuilder, CandidateLimits, ChainLimit, PeerAddress, Spool, View};
use flate2::read::MultiGzDecoder;
use reqwest::{Response, StatusCode, header};
use tokio::{task::spawn_blocking, time::timeout};

use super::{
    chain_decoder::{ChainError, decode_chain},
    client::{PeerClient, PeerTip, send},
    common_block::last_common_block,
    download::{Received, receive},
    error::PeerError,
    turns::Turn,
};
use crate::{node::Node, wire::v1::PREFIX};

/// How much is received of a body that says itself that it is too long: enough to see whether it is a chain.
const SAMPLE_BYTES: u64 = 1 << 20;

/// A peer's chain.
pub(super) enum Fetched {
    /// It is as long as the peer says, and so not longer than the own one. It was not read.
    NotLonger {
        /// How many blocks it has.
        length: u64,
    },
    /// It was read and is valid, as far as can be said without accounts.
    Chain {
        /// The chain.
        candidate: Box<Candidate<Chapter>>,
        /// Whether the peer is a node of the listing.
        is_listing: bool,
    },
}

impl Fetched {
    fn of_bcoin(candidate: Candidate<Chapter>) -> Self {
        Self::Chain { candidate: Box::new(candidate), is_listing: false }
    }

    fn of_listing(candidate: Candidate<Chapter>) -> Self {
        Self::Chain { candidate: Box::new(candidate), is_listing: true }
    }
}

/// How a chain is compressed on its way.
#[derive(Clone, Copy)]
enum Compression {
    None,
    Gzip,
}

/// Fetches the chain of `peer`, if it says that it is longer than that of `view`. Sets `delivering` once it begins to arrive.
///
/// # Errors
/// When there is no answer, or no valid chain.
pub(super) async fn fetch(
    client: &PeerClient,
    node: &Node,
    peer: &PeerAddress,
    view: &View,
    delivering: &AtomicBool,
) -> Result<Fetched, PeerError> {
    let Some(theirs) = client.tip(peer).await? else {
        return client.fetch_chain(peer, view, delivering).await.map(Fetched::of_listing);
    };
    if theirs.length <= view.tip.height {
        return Ok(Fetched::NotLonger { length: theirs.length });
    }
    let max = client.limits.chain_bytes;
    if theirs.bytes.is_some_and(|bytes| bytes > max) {
        return Err(PeerError::BeyondLimit { length: Some(theirs.length), limit: ChainLimit::Chain(max) });
    }
    let common = last_common_block(client, node, peer, view, theirs).await?.map_or(0, |(height, _)| height);
    let pieces = Pieces { client, peer, view, theirs, delivering };
    match pieces.fetch(common).await? {
        Some(candidate) => Ok(Fetched::of_bcoin(candidate)),
        // A B-Coin node without that route.
        None => client.fetch_chain(peer, view, delivering).await.map(Fetched::of_bcoin),
    }
}

/// Fetching the blocks after the last common one.
struct Pieces<'a> {
    client: &'a PeerClient,
    peer: &'a PeerAddress,
    view: &'a View,
    theirs: PeerTip,
    delivering: &'a AtomicBool,
}

impl Pieces<'_> {
    /// The chain whose blocks up to the height `common` are the own ones; none when the peer does not serve pieces.
    async fn fetch(&self, common: u64) -> Result<Option<Candidate<Chapter>>, PeerError> {
        let limits = self.client.candidate_limits();
        let (reader, own_bytes) = (self.view.reader.clone(), self.view.chain_bytes);
        let begin = move || match common {
            0 => Ok(CandidateBuilder::new(Chapter, &reader, limits)),
            common => CandidateBuilder::after(Chapter, &reader, own_bytes, common, limits),
        };
        let mut builder = spawn_blocking(begin).await.map_err(|_| PeerError::Interrupted)??;
        let mut first_byte = self.client.limits.first_byte;
        while builder.length() < self.theirs.length {
            let from = builder.length() + 1;
            let Some(piece) = self.receive(from, first_byte).await? else { return Ok(None) };
            builder = self.check(builder, piece).await?;
            if builder.length() < from {
                return Err(PeerError::Chain(ChainError::Ended { length: from - 1 }));
            }
            first_byte = self.client.limits.rate_window;
        }
        let finish = move || builder.finish();
        Ok(Some(spawn_blocking(finish).await.map_err(|_| PeerError::Interrupted)??))
    }

    async fn receive(&self, from: u64, first_byte: Duration) -> Result<Option<Spool>, PeerError> {
        let request = self.client.get(self.peer, &format!("{PREFIX}/chain?from={from}"));
        let response = first_answer(request, first_byte).await?;
        match response.status() {
            StatusCode::OK => {}
            StatusCode::NOT_FOUND => return Ok(None),
            status => return Err(PeerError::NotANode(format!("it answers {status} instead of blocks"))),
        }
        let max = self.client.limits.chain_bytes;
        let client = self.client;
        let received = receive(response, max, &client.spools, &client.limits, first_byte, self.delivering).await?;
        Ok(Some(received.spool))
    }

    async fn check(
        &self,
        mut builder: CandidateBuilder<Chapter>,
        piece: Spool,
    ) -> Result<CandidateBuilder<Chapter>, PeerError> {
        let mut turn = self.client.next_turn().await?;
        let max = self.client.limits.chain_bytes;
        let own = self.view.tip.height;
        let claimed = self.theirs.length;
        let check = move || {
            decode_chain(piece, max, &mut turn, &mut builder).map_err(|error| {
                // Its status has shown that it is a node.
                match PeerError::from_decoding(error, builder.length().max(1), own) {
                    PeerError::BeyondLimit { limit, .. } => PeerError::BeyondLimit { length: Some(claimed), limit },
                    error => error,
                }
            })?;
            // The next piece may be long in coming.
            builder.release_snapshot();
            Ok(builder)
        };
        spawn_blocking(check).await.map_err(|_| PeerError::Interrupted)?
    }
}

impl PeerClient {
    /// Asks `peer` for its whole chain, and checks it against the rules and against the chain of `view`. Sets `delivering` once it
    /// begins to arrive.
    ///
    /// # Errors
    /// When there is no answer, or it is not a valid chain.
    pub async fn fetch_chain(
        &self,
        peer: &PeerAddress,
        view: &View,
        delivering: &AtomicBool,
    ) -> Result<Candidate<Chapter>, PeerError> {
        let request = self.get(peer, "/get_chain").header(header::ACCEPT_ENCODING, "gzip");
        let response = first_answer(request, self.limits.first_byte).await?;
        if response.status() != StatusCode::OK {
            return Err(PeerError::NotANode(format!("it answers {} instead of 200 OK", response.status())));
        }
        let compression = compression(&response)?;
        let max = self.limits.chain_bytes;
        let is_too_long = response.content_length().is_some_and(|length| length > max);
        let wanted = if is_too_long { SAMPLE_BYTES.min(max) } else { max };
        let received =
            receive(response, wanted, &self.spools, &self.limits, self.limits.first_byte, delivering).await?;
        let mut turn = self.next_turn().await?;
        let (reader, own, limits) = (view.reader.clone(), view.tip.height, self.candidate_limits());
        let check = move || {
            let Received { spool, is_cut } = received;
            let mut builder = CandidateBuilder::new(Chapter, &reader, limits);
            let text: Box<dyn Read> = match compression {
                Compression::None => Box::new(spool),
                Compression::Gzip => Box::new(MultiGzDecoder::new(io::BufReader::new(spool))),
            };
            let error = match decode_chain(text, max, &mut turn, &mut builder) {
                Ok(()) => return Ok(builder.finish()?),
                // What was received ends where it was cut, and so does the JSON.
                Err(ChainError::Json(error)) if is_cut && (error.is_eof() || error.is_io()) => {
                    ChainError::TextTooLong { max }
                }
                Err(error) => error,
            };
            Err(PeerError::from_decoding(error, builder.length(), own))
        };
        spawn_blocking(check).await.map_err(|_| PeerError::Interrupted)?
    }

    fn candidate_limits(&self) -> CandidateLimits {
        CandidateLimits { chain_bytes: self.limits.chain_bytes, spools: self.spools.clone() }
    }

    async fn next_turn(&self) -> Result<Turn, PeerError> {
        self.turns.next().await.map_err(|_| PeerError::Interrupted)
    }
}

async fn first_answer(request: reqwest::RequestBuilder, limit: Duration) -> Result<Response, PeerError> {
    let too_slow = |_| PeerError::TooSlow(format!("no answer within {} s", limit.as_secs_f64()));
    timeout(limit, send(request)).await.map_err(too_slow)?
}

fn compression(response: &Response) -> Result<Compression, PeerError> {
    match response.headers().get(header::CONTENT_ENCODING).map(|encoding| encoding.as_bytes()) {
        None | Some(b"identity") => Ok(Compression::None),
        Some(b"gzip") => Ok(Compression::Gzip),
        Some(_) => Err(PeerError::NotANode("its answer is compressed in a way that was not asked for".into())),
    }
}
