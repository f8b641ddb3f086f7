//! The HTTP client for peers: it connects within limits, follows nobody elsewhere, and reads short documents (docs/contract.md
//! section 6).

use std::{future::Future, net::SocketAddr, sync::Arc};

use bcoin_ledger::BlockHash;
use bcoin_node::{PeerAddress, SpoolSpace, may_be_asked};
use reqwest::{
    Client, RequestBuilder, Response, StatusCode,
    dns::{Addrs, Name, Resolve, Resolving},
    header,
    redirect::Policy,
};
use serde::{Deserialize, de::DeserializeOwned};
use tokio::{net::lookup_host, time::timeout};

use super::{error::PeerError, limits::ClientLimits, turns::Turns};
use crate::wire::v1::{PREFIX, Point};

/// How long a short document of `/api/v1` may be, in bytes.
const MAX_DOCUMENT: usize = 64 << 10;

/// The HTTP client for other nodes; cheap to clone.
#[derive(Clone)]
pub struct PeerClient {
    http: Client,
    pub(super) limits: ClientLimits,
    /// The room for what is received and checked.
    pub(super) spools: SpoolSpace,
    pub(super) turns: Turns,
}

/// What a B-Coin peer says of its chain.
#[derive(Clone, Copy, Debug)]
pub(super) struct PeerTip {
    /// How many blocks it has, at least 1.
    pub(super) length: u64,
    /// Hash of the last one.
    pub(super) hash: BlockHash,
    /// How many bytes the encodings of its blocks have together, if the peer says so.
    pub(super) bytes: Option<u64>,
}

/// The part of a peer's status that is read.
#[derive(Deserialize)]
struct StatusOfPeer {
    length: u64,
    tip: Point,
    chain_bytes: Option<u64>,
}

impl StatusOfPeer {
    /// None when length and tip do not fit each other.
    fn tip(self) -> Option<PeerTip> {
        let hash = BlockHash::from_lower_hex(self.tip.hash.as_bytes())?;
        let is_consistent = self.length >= 1 && self.tip.index == self.length;
        is_consistent.then_some(PeerTip { length: self.length, hash, bytes: self.chain_bytes })
    }
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
        let status: Option<StatusOfPeer> = self.document(peer, &format!("{PREFIX}/status")).await?;
        Ok(status.and_then(StatusOfPeer::tip))
    }

    /// Whether the chain of a B-Coin peer holds this block.
    ///
    /// # Errors
    /// When nothing answers in time.
    pub(super) async fn has_block(&self, peer: &PeerAddress, hash: &BlockHash) -> Result<bool, PeerError> {
        let head = self.http.head(peer.url(&format!("{PREFIX}/blocks/{hash}/text")));
        let response = self.in_time(send(head)).await?;
        Ok(response.status() == StatusCode::OK)
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

    /// Asks `peer` for a short JSON document; none when it answers something else.
    async fn document<T: DeserializeOwned>(&self, peer: &PeerAddress, path: &str) -> Result<Option<T>, PeerError> {
        self.in_time(async {
            let mut response = send(self.get(peer, path)).await?;
            if response.status() != StatusCode::OK {
                return Ok(None);
            }
            let mut body = Vec::new();
            while let Some(chunk) = response.chunk().await.map_err(|error| PeerError::from_http(&error))? {
                if body.len() + chunk.len() > MAX_DOCUMENT {
                    return Ok(None);
                }
                body.extend_from_slice(&chunk);
            }
            Ok(serde_json::from_slice(&body).ok())
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
