//! The HTTP client of the commands: it asks one node over `/api/v1`, and has a sentence for each error.

use std::{fmt::Display, time::Duration};

use bcoin_node::PeerAddress;
use reqwest::{
    Client, Method, Response, StatusCode,
    header::{ACCEPT, CONTENT_TYPE, HeaderValue},
    redirect::Policy,
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::value::RawValue;
use thiserror::Error;
use url::Url;

use super::output::shown;
use crate::{
    format::root_cause,
    wire::v1::{PREFIX, Problem},
};

/// How long connecting may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
/// How long a whole answer may take. It is longer than the 10 s that a node gives its own peers for short answers.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(15);
/// How long a round of asking peers for a longer chain may take: 60 s for their answers, and as much for adopting a long chain.
const ROUND_TIMEOUT: Duration = Duration::from_secs(120);
/// How many bytes of an answer are read: far more than a page of blocks has.
const MAX_ANSWER: usize = 256 << 20;
/// The media type of a stream of server-sent events.
const EVENT_STREAM: &str = "text/event-stream";

/// Why a request to a node failed. Each text is safe to print on a terminal.
#[derive(Debug, Error)]
pub(super) enum ClientError {
    #[error(
        "no node answers at http://{address} ({reason}); {}, or name another node with --node",
        how_to_start(address)
    )]
    NoAnswer { address: PeerAddress, reason: String },
    /// The node's own sentence.
    #[error("{0}")]
    Problem(String),
    #[error(
        "http://{address} answers {path} with {status}, as no node with {PREFIX} does; name another one with --node"
    )]
    Status { address: PeerAddress, path: String, status: StatusCode },
    #[error("what http://{address} answers to {path} cannot be used: {reason}")]
    Unreadable { address: PeerAddress, path: String, reason: String },
    #[error(
        "no node answers on this machine, on the ports 1001 to 1003 and 5001 to 5003; start one with `bcoin network`, or name one with \
         --node PORT or --node http://HOST:PORT"
    )]
    NoneFound,
    #[error("this system lets no HTTP client be made: {0}")]
    NoClient(String),
}

impl ClientError {
    /// The cause alone.
    pub(super) fn reason(&self) -> String {
        match self {
            Self::NoAnswer { reason, .. } => reason.clone(),
            other => other.to_string(),
        }
    }
}

fn how_to_start(address: &PeerAddress) -> String {
    let port = address.port();
    let is_here = match address.host() {
        url::Host::Domain(name) => name == "localhost",
        url::Host::Ipv4(ip) => ip.is_loopback(),
        url::Host::Ipv6(ip) => ip.is_loopback(),
    };
    if is_here {
        format!("start one with `bcoin --port {port}`")
    } else {
        format!("start one on that machine with `bcoin --host 0.0.0.0 --port {port}`")
    }
}

/// A running node.
#[derive(Clone)]
pub(super) struct Node {
    http: Client,
    address: PeerAddress,
}

/// What a node answered: JSON, or nothing.
pub(super) struct Answer {
    text: String,
    address: PeerAddress,
    path: String,
}

/// An answer of a node under either rules.
pub(super) enum Either<S, C> {
    Sound(S),
    Chapter(C),
}

impl Answer {
    /// The JSON as it came.
    pub(super) fn json(&self) -> Result<&RawValue, ClientError> {
        serde_json::from_str(&self.text).map_err(|error| self.unreadable(&error))
    }

    /// Reads it as `T`.
    pub(super) fn read<T: DeserializeOwned>(&self) -> Result<T, ClientError> {
        serde_json::from_str(&self.text).map_err(|error| self.unreadable(&error))
    }

    /// Reads it as what a node under the sound rules answers, or else as what one under the printed rules does.
    pub(super) fn either<S: DeserializeOwned, C: DeserializeOwned>(&self) -> Result<Either<S, C>, ClientError> {
        match serde_json::from_str(&self.text) {
            Ok(sound) => Ok(Either::Sound(sound)),
            Err(_) => self.read().map(Either::Chapter),
        }
    }

    fn unreadable(&self, reason: &impl Display) -> ClientError {
        ClientError::Unreadable {
            address: self.address.clone(),
            path: self.path.clone(),
            reason: shown(&reason.to_string()),
        }
    }
}

impl Node {
    /// A client for the node at `address`. It uses no proxy and follows no redirects, so that no other server can answer.
    pub(super) fn new(address: &PeerAddress) -> Result<Self, ClientError> {
        let http = Client::builder()
            .user_agent(concat!("bcoin/", env!("CARGO_PKG_VERSION")))
            .redirect(Policy::none())
            .no_proxy()
            .connect_timeout(CONNECT_TIMEOUT)
            .build()
            .map_err(|error| ClientError::NoClient(root_cause(&error)))?;
        Ok(Self { http, address: address.clone() })
    }

    pub(super) fn address(&self) -> &PeerAddress {
        &self.address
    }

    pub(super) async fn get(&self, path: &str) -> Result<Answer, ClientError> {
        self.ask(Method::GET, self.url(path)?, None, ANSWER_TIMEOUT).await
    }

    /// Asks with POST and no body.
    pub(super) async fn post(&self, path: &str) -> Result<Answer, ClientError> {
        self.ask(Method::POST, self.url(path)?, None, ANSWER_TIMEOUT).await
    }

    /// Asks for a round of asking peers for a longer chain.
    pub(super) async fn replace(&self) -> Result<Answer, ClientError> {
        self.ask(Method::POST, self.url("/replacements")?, None, ROUND_TIMEOUT).await
    }

    pub(super) async fn post_json(&self, path: &str, body: &impl Serialize) -> Result<Answer, ClientError> {
        self.ask(Method::POST, self.url(path)?, Some(json(body)), ANSWER_TIMEOUT).await
    }

    pub(super) async fn put_json(&self, path: &str, body: &impl Serialize) -> Result<Answer, ClientError> {
        self.ask(Method::PUT, self.url(path)?, Some(json(body)), ANSWER_TIMEOUT).await
    }

    /// Asks with DELETE for `path` and one more segment, `name`, which is percent-encoded.
    pub(super) async fn delete(&self, path: &str, name: &str) -> Result<(), ClientError> {
        let mut url = self.url(path)?;
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.push(name);
        }
        self.ask(Method::DELETE, url, None, ANSWER_TIMEOUT).await.map(drop)
    }

    /// The stream of events after the one with this id; it has no time limit.
    pub(super) async fn events(&self, last_id: &str) -> Result<Response, ClientError> {
        let mut request = self.http.get(self.url("/events")?).header(ACCEPT, EVENT_STREAM);
        // An id that is no valid header value does not come from a B-Coin node.
        if let Ok(id) = HeaderValue::from_bytes(last_id.as_bytes()) {
            request = request.header("Last-Event-ID", id);
        }
        let sent = tokio::time::timeout(ANSWER_TIMEOUT, request.send());
        let response = sent.await.map_err(|_| self.too_slow(ANSWER_TIMEOUT))?;
        let response = response.map_err(|error| self.no_answer(&error, ANSWER_TIMEOUT))?;
        let kind = response.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        if response.status() == StatusCode::OK && kind.starts_with(EVENT_STREAM) {
            return Ok(response);
        }
        let path = response.url().path().to_owned();
        let status = response.status();
        let read = tokio::time::timeout(ANSWER_TIMEOUT, self.read(path, response, ANSWER_TIMEOUT));
        let answer = read.await.map_err(|_| self.too_slow(ANSWER_TIMEOUT))??;
        Err(self.refusal(status, answer))
    }

    fn url(&self, path: &str) -> Result<Url, ClientError> {
        let url = self.address.url(&format!("{PREFIX}{path}"));
        Url::parse(&url).map_err(|error| ClientError::Unreadable {
            address: self.address.clone(),
            path: shown(path),
            reason: error.to_string(),
        })
    }

    async fn ask(
        &self,
        method: Method,
        url: Url,
        body: Option<String>,
        limit: Duration,
    ) -> Result<Answer, ClientError> {
        let path = url.path().to_owned();
        let mut request = self.http.request(method, url).timeout(limit);
        if let Some(body) = body {
            request = request.header(CONTENT_TYPE, "application/json").body(body);
        }
        let response = request.send().await.map_err(|error| self.no_answer(&error, limit))?;
        let status = response.status();
        let answer = self.read(path, response, limit).await?;
        if status.is_success() { Ok(answer) } else { Err(self.refusal(status, answer)) }
    }

    async fn read(&self, path: String, mut response: Response, limit: Duration) -> Result<Answer, ClientError> {
        let mut answer = Answer { text: String::new(), address: self.address.clone(), path };
        let mut bytes = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| self.no_answer(&error, limit))? {
            if bytes.len() + chunk.len() > MAX_ANSWER {
                return Err(answer.unreadable(&format_args!("it is longer than {MAX_ANSWER} bytes")));
            }
            bytes.extend_from_slice(&chunk);
        }
        answer.text = String::from_utf8(bytes).map_err(|error| answer.unreadable(&error))?;
        Ok(answer)
    }

    /// The error for an answer with a status other than 2xx.
    fn refusal(&self, status: StatusCode, answer: Answer) -> ClientError {
        match answer.read::<Problem>() {
            Ok(problem) => ClientError::Problem(shown(&problem.detail)),
            Err(_) => ClientError::Status { address: self.address.clone(), path: answer.path, status },
        }
    }

    fn no_answer(&self, error: &reqwest::Error, limit: Duration) -> ClientError {
        if error.is_timeout() && !error.is_connect() {
            return self.too_slow(limit);
        }
        let reason = match error.is_timeout() {
            true => format!("no connection within {} s", CONNECT_TIMEOUT.as_secs()),
            false => shown(&root_cause(error)),
        };
        ClientError::NoAnswer { address: self.address.clone(), reason }
    }

    fn too_slow(&self, limit: Duration) -> ClientError {
        let reason = format!("no whole answer within {} s", limit.as_secs());
        ClientError::NoAnswer { address: self.address.clone(), reason }
    }
}

fn json(body: &impl Serialize) -> String {
    // Only a map with keys that are not strings could fail, and no request holds one.
    serde_json::to_string(body).unwrap_or_default()
}
