//! The HTTP client for peers, with limits against hostile ones (docs/contract.md section 6).

use std::{io, sync::Arc, time::Duration};

use bcoin_ledger::chapter::{BlockError, Chapter};
use bcoin_node::{
    Candidate, CandidateBuilder, CandidateError, PeerAddress, is_link_local,
    store::{Reader, StoreError},
};
use futures_util::TryStreamExt as _;
use reqwest::{
    Client, Response, StatusCode,
    dns::{Addrs, Name, Resolve, Resolving},
    redirect::Policy,
};
use serde::de::DeserializeOwned;
use thiserror::Error;
use tokio::{net::lookup_host, sync::Semaphore, task::spawn_blocking};
use tokio_util::io::{StreamReader, SyncIoBridge};

use super::chain_decoder::{DecodeLimits, decode_chain};
use crate::format::root_cause;

/// How long a JSON document of `/api/v1` may be, in bytes. A header holds one text of free length, the miner's time.
const MAX_DOCUMENT: usize = 64 << 10;

/// How long a peer may take and how much it may send.
#[derive(Clone, Copy, Debug)]
pub struct ClientLimits {
    /// Time to connect.
    pub connect: Duration,
    /// Time for the whole answer.
    pub total: Duration,
    /// Bytes of the answer after decompression.
    pub body: u64,
}

impl Default for ClientLimits {
    fn default() -> Self {
        Self { connect: Duration::from_secs(3), total: Duration::from_secs(10), body: 64 << 20 }
    }
}

/// The HTTP client for other nodes.
#[derive(Clone)]
pub struct PeerClient {
    http: Client,
    decoding: DecodeLimits,
    timeout: Duration,
}

/// Why a peer's answer is not used.
#[derive(Debug, Error)]
pub enum PeerError {
    /// No answer: dead, too slow, or not speaking HTTP.
    #[error("no answer: {0}")]
    NoAnswer(String),
    /// An answer, but not the chain.
    #[error("it answers {0} instead of 200 OK")]
    Status(StatusCode),
    /// The answer is not a valid chain, or did not arrive whole.
    #[error("its chain is refused: {0}")]
    Refused(#[from] serde_json::Error),
    /// The chain cannot be compared with this node's own.
    #[error(transparent)]
    Candidate(#[from] CandidateError<BlockError>),
    /// This node's own chain cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Asking took too long altogether.
    #[error("it took longer than {} s to find out", .0.as_secs_f64())]
    TooSlow(Duration),
    /// A B-Coin peer that does not answer with a header of its own chain.
    #[error("it has no header of its block {index}")]
    NoHeader {
        /// Which one.
        index: u64,
    },
    /// The thread that checked the chain has ended.
    #[error("checking its chain was cut off")]
    CutOff,
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
            .connect_timeout(limits.connect)
            .timeout(limits.total)
            .dns_resolver(Arc::new(NoLinkLocal))
            .build()?;
        let decoding = DecodeLimits { body: limits.body, long_blocks: Arc::new(Semaphore::new(1)) };
        Ok(Self { http, decoding, timeout: limits.total })
    }

    /// How long one answer may take.
    pub(super) fn timeout(&self) -> Duration {
        self.timeout
    }

    /// Asks `peer` for a short JSON document; none when it answers something else.
    ///
    /// # Errors
    /// When there is no answer.
    pub(super) async fn fetch_json<T: DeserializeOwned>(
        &self,
        peer: &PeerAddress,
        path: &str,
    ) -> Result<Option<T>, PeerError> {
        let mut response = self.http.get(peer.url(path)).send().await.map_err(|error| no_answer(&error))?;
        if response.status() != StatusCode::OK {
            return Ok(None);
        }
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| no_answer(&error))? {
            if body.len() + chunk.len() > MAX_DOCUMENT {
                return Ok(None);
            }
            body.extend_from_slice(&chunk);
        }
        Ok(serde_json::from_slice(&body).ok())
    }

    /// Asks `peer` for its chain and checks it while it arrives, against the rules and against the chain that `own` reads.
    ///
    /// # Errors
    /// When there is no answer, or it is not a valid chain.
    pub async fn fetch_chain(&self, peer: &PeerAddress, own: Reader) -> Result<Candidate<Chapter>, PeerError> {
        let response = self.http.get(peer.url("/get_chain")).send().await.map_err(|error| no_answer(&error))?;
        if response.status() != StatusCode::OK {
            return Err(PeerError::Status(response.status()));
        }
        let body = blocking_body(response);
        let limits = self.decoding.clone();
        // Reading blocks the thread and hashing takes time, so neither runs on the threads that answer requests.
        let check = move || -> Result<Candidate<Chapter>, PeerError> {
            let mut builder = CandidateBuilder::new(Chapter, &own)?;
            decode_chain(body, &limits, &mut builder)?;
            Ok(builder.finish()?)
        };
        spawn_blocking(check).await.map_err(|_| PeerError::CutOff)?
    }
}

fn blocking_body(response: Response) -> impl io::Read + Send + 'static {
    let chunks = response.bytes_stream().map_err(|error| io::Error::other(root_cause(&error)));
    SyncIoBridge::new(StreamReader::new(Box::pin(chunks)))
}

fn no_answer(error: &reqwest::Error) -> PeerError {
    PeerError::NoAnswer(root_cause(error))
}

/// Resolves names as the system does, without link-local addresses: those are refused as IP addresses too.
struct NoLinkLocal;

impl Resolve for NoLinkLocal {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found = lookup_host((name.as_str(), 0)).await?;
            let allowed: Vec<_> = found.filter(|address| !is_link_local(address.ip())).collect();
            if allowed.is_empty() {
                return Err(format!("{:?} has no address that may be asked", name.as_str()).into());
            }
            Ok(Box::new(allowed.into_iter()) as Addrs)
        })
    }
}
