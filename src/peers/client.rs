//! The HTTP client for peers: it connects within limits, follows nobody elsewhere, and reads short documents (docs/contract.md
//! section 6).

use std::{future::Future, net::SocketAddr, sync::Arc};

use bcoin_ledger::BlockHash;
use bcoin_node::{PeerAddress, SpoolSpace, may_be_asked};
use bytes::Bytes;
use reqwest::{
    Client, RequestBuilder, Response, StatusCode,
    dns::{Addrs, Name, Resolve, Resolving},
    header,
    redirect::Policy,
};
use serde::de::DeserializeOwned;
use tokio::{net::lookup_host, time::timeout};

use super::{
    error::PeerError,
    event_stream::EventStream,
    limits::ClientLimits,
    peer_status::{PeerTip, RawStatus, StatusOfPeer},
    seen_block::{SeenHeader, SeenHeaders},
    turns::{Turn, Turns},
};
use crate::wire::v1::{JudgementJson, PREFIX, event};

/// How long a short document may be, in bytes.
pub(super) const MAX_DOCUMENT: usize = 64 << 10;
/// The media type of a stream of events.
const EVENT_STREAM: &str = "text/event-stream";

/// The HTTP client for other nodes; cheap to clone.
#[derive(Clone)]
pub struct PeerClient {
    http: Client,
    pub(super) limits: ClientLimits,
    /// The room for what is received and checked.
    pub(super) spools: SpoolSpace,
    pub(super) turns: Turns,
}

/// The beginning of the body of an answer.
pub(super) struct Beginning {
    pub(super) text: Vec<u8>,
    /// Whether that is all of it.
    pub(super) is_whole: bool,
}

impl PeerClient {
    /// Makes the client. It follows no redirects and uses no proxies: only the peer itself may answer.
    ///
    /// # Errors
    /// When the system does not let a client be made.
    pub fn new(limits: ClientLimits) -> Result<Self, reqwest::Error> {
        let http = Client::builder()
            .user_agent(concat!("bcoin/", env!("CARGO_PKG_VERSION")))
            .redirect(Policy::none())
            .no_proxy()
            // What arrives is counted and kept as it comes, so nothing is decompressed on the way.
            .no_gzip()
            .connect_timeout(limits.connect)
            .dns_resolver(Arc::new(NoLinkLocal))
            .build()?;
        Ok(Self { http, limits, spools: SpoolSpace::new(limits.spool_bytes), turns: Turns::new() })
    }

    /// A request to `peer`.
    pub(super) fn get(&self, peer: &PeerAddress, path: &str) -> RequestBuilder {
        self.http.get(peer.url(path))
    }

    /// The end of the chain of a B-Coin peer; none when something else answers.
    ///
    /// # Errors
    /// When nothing answers in time.
    pub(super) async fn tip(&self, peer: &PeerAddress) -> Result<Option<PeerTip>, PeerError> {
        Ok(self.status(peer).await?.map(|status| status.tip))
    }

    /// What a B-Coin peer says of itself; none when something else answers.
    ///
    /// # Errors
    /// When nothing answers in time.
    pub(super) async fn status(&self, peer: &PeerAddress) -> Result<Option<StatusOfPeer>, PeerError> {
        let status: Option<RawStatus> = self.document(peer, &format!("{PREFIX}/status")).await?;
        Ok(status.and_then(RawStatus::read))
    }

    /// Headers of a B-Coin peer's blocks from the height `from` on; none when it answers something else.
    ///
    /// # Errors
    /// When nothing answers in time.
    pub(super) async fn headers(
        &self,
        peer: &PeerAddress,
        from: u64,
        limit: usize,
    ) -> Result<Option<Vec<SeenHeader>>, PeerError> {
        let headers: Option<SeenHeaders> =
            self.document(peer, &format!("{PREFIX}/headers?from={from}&limit={limit}")).await?;
        Ok(headers.map(|headers| headers.headers))
    }

    /// Begins to hear what happens at a B-Coin peer: the events that change its chain or how it mines. None when it answers
    /// something else, also when too many listen already.
    ///
    /// # Errors
    /// When nothing answers in time.
    pub(super) async fn events(&self, peer: &PeerAddress) -> Result<Option<EventStream>, PeerError> {
        let only = [event::BLOCK, event::REPLACEMENT, event::MINING].join(",");
        let response = self.in_time(send(self.get(peer, &format!("{PREFIX}/events?only={only}")))).await?;
        let kind = response.headers().get(header::CONTENT_TYPE);
        let is_stream = kind.is_some_and(|kind| kind.as_bytes().starts_with(EVENT_STREAM.as_bytes()));
        let hears = response.status() == StatusCode::OK && is_stream;
        Ok(hears.then(|| EventStream::new(response, String::new(), MAX_DOCUMENT)))
    }

    /// How many bytes a node of the listing would answer to `/get_chain`, if it says so. Its chain is not sent.
    ///
    /// # Errors
    /// When nothing answers in time, or no such node.
    pub(super) async fn listing_bytes(&self, peer: &PeerAddress) -> Result<Option<u64>, PeerError> {
        let response = self.in_time(send(self.http.head(peer.url("/get_chain")))).await?;
        let kind = response.headers().get(header::CONTENT_TYPE);
        let is_json = kind.is_some_and(|kind| kind.as_bytes().starts_with(b"application/json"));
        if response.status() != StatusCode::OK || !is_json {
            return Err(PeerError::NotANode(format!("it answers {} to HEAD /get_chain", response.status())));
        }
        let length = response.headers().get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok());
        Ok(length.and_then(|length| length.parse().ok()))
    }

    /// The beginning of the answer to `/get_chain`; all of it when it is short.
    ///
    /// # Errors
    /// When nothing answers in time, or not with a success.
    pub(super) async fn chain_beginning(&self, peer: &PeerAddress) -> Result<Beginning, PeerError> {
        let beginning = self.beginning(self.get(peer, "/get_chain")).await?;
        beginning.ok_or_else(|| PeerError::NotANode("it does not answer 200 OK to /get_chain".into()))
    }

    /// Whether a B-Coin peer has this block. Where branches grow, it need not be in its chain.
    ///
    /// # Errors
    /// When nothing answers in time.
    pub(super) async fn has_block(&self, peer: &PeerAddress, hash: &BlockHash) -> Result<bool, PeerError> {
        let head = self.http.head(peer.url(&format!("{PREFIX}/blocks/{hash}/text")));
        let response = self.in_time(send(head)).await?;
        match response.status() {
            StatusCode::OK => Ok(true),
            StatusCode::NOT_FOUND => Ok(false),
            status => Err(PeerError::NotANode(format!("it answers {status} when it is asked for a block"))),
        }
    }

    /// The hash of the block at this height in the chain of a B-Coin peer; none when its chain has none there.
    ///
    /// # Errors
    /// When nothing answers in time.
    pub(super) async fn hash_at(&self, peer: &PeerAddress, height: u64) -> Result<Option<BlockHash>, PeerError> {
        let headers = self.headers(peer, height, 1).await?.unwrap_or_default();
        Ok(headers.first().filter(|header| header.index == height).and_then(SeenHeader::hash))
    }

    /// What a B-Coin peer says of the blocks in this body of a request; none when it has no such route.
    ///
    /// # Errors
    /// When nothing answers in time.
    pub(super) async fn judge(&self, peer: &PeerAddress, blocks: Bytes) -> Result<Option<JudgementJson>, PeerError> {
        let request = self.http.post(peer.url(&format!("{PREFIX}/judgements"))).body(blocks);
        let Some(body) = self.body(request).await? else { return Ok(None) };
        let judgement = serde_json::from_slice(&body);
        judgement.map(Some).map_err(|error| PeerError::NotANode(format!("its judgement cannot be read: {error}")))
    }

    /// Makes the node at `own` known to `peer`, over the route that nodes of the listing have too. Tells how it answers.
    ///
    /// # Errors
    /// When nothing answers in time.
    pub(super) async fn introduce(&self, peer: &PeerAddress, own: SocketAddr) -> Result<StatusCode, PeerError> {
        let body = format!(r#"{{"nodes": ["http://{own}"]}}"#);
        let request = self.http.post(peer.url("/connect_node"));
        let response = self.in_time(send(request.header(header::CONTENT_TYPE, "application/json").body(body))).await?;
        Ok(response.status())
    }

    /// Waits for a turn to check what was received.
    ///
    /// # Errors
    /// When the program ends.
    pub(super) async fn next_turn(&self) -> Result<Turn, PeerError> {
        self.turns.next().await.map_err(|_| PeerError::Interrupted)
    }

    /// Asks `peer` for a short JSON document; none when it answers something else.
    async fn document<T: DeserializeOwned>(&self, peer: &PeerAddress, path: &str) -> Result<Option<T>, PeerError> {
        let body = self.body(self.get(peer, path)).await?;
        Ok(body.and_then(|body| serde_json::from_slice(&body).ok()))
    }

    /// The body of a short answer; none when it is no success, or longer.
    async fn body(&self, request: RequestBuilder) -> Result<Option<Vec<u8>>, PeerError> {
        let beginning = self.beginning(request).await?;
        Ok(beginning.filter(|beginning| beginning.is_whole).map(|beginning| beginning.text))
    }

    /// The first [`MAX_DOCUMENT`] bytes of an answer; none when it is no success. The rest is not received.
    async fn beginning(&self, request: RequestBuilder) -> Result<Option<Beginning>, PeerError> {
        self.in_time(async {
            let mut response = send(request).await?;
            match response.status() {
                StatusCode::OK => {}
                status @ StatusCode::SERVICE_UNAVAILABLE => {
                    return Err(PeerError::TooSlow(format!("it answers {status}")));
                }
                _ => return Ok(None),
            }
            let mut text = Vec::new();
            while let Some(chunk) = response.chunk().await.map_err(|error| PeerError::from_http(&error))? {
                text.extend_from_slice(&chunk);
                if text.len() > MAX_DOCUMENT {
                    text.truncate(MAX_DOCUMENT);
                    return Ok(Some(Beginning { text, is_whole: false }));
                }
            }
            Ok(Some(Beginning { text, is_whole: true }))
        })
        .await
    }

    /// Waits for a short answer as long as it may take.
    async fn in_time<T>(&self, answer: impl Future<Output = Result<T, PeerError>>) -> Result<T, PeerError> {
        let limit = self.limits.document;
        let too_slow = || PeerError::TooSlow(format!("nothing within {} s", limit.as_secs_f64()));
        timeout(limit, answer).await.unwrap_or_else(|_| Err(too_slow()))
    }
}

/// Sends a request, and waits for the head of the answer.
pub(super) async fn send(request: RequestBuilder) -> Result<Response, PeerError> {
    request.send().await.map_err(|error| PeerError::from_http(&error))
}

/// Resolves names as the system does, without link-local addresses: those are refused as IP addresses too.
struct NoLinkLocal;

impl Resolve for NoLinkLocal {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found = lookup_host((name.as_str(), 0)).await?;
            let allowed: Vec<_> = found.filter(|address| may_be_asked(address.ip())).collect();
            if allowed.is_empty() {
                return Err(format!("{:?} has no address that may be asked", name.as_str()).into());
            }
            Ok(Box::new(allowed.into_iter()) as Addrs)
        })
    }
}
