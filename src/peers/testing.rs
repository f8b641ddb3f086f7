//! What tests of exchanging chains under the sound rules begin with: chains, nodes, and peers whose answers a test chooses.

use std::{
    convert::Infallible,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    Router,
    body::{Body, Bytes},
    extract::{Request, State},
    http::{StatusCode, header},
    response::{IntoResponse as _, Response},
};
use bcoin_ledger::{
    CheckedBlock as _, Power, Rules as _, Tip,
    sound::{CheckedBlock, HEADER_BYTES, Network, Note, Profile, Receiver, SecretKey, Sound, mempool::Mempool},
};
use bcoin_node::{
    CandidateBuilder, CandidateLimits, NodeHandle, PeerAddress, now, start,
    store::{FirstContent, Location, Opened},
};
use futures_util::stream;
use serde_json::{Value, json};
use tokio::{net::TcpListener, sync::broadcast, task::JoinHandle};

use super::limits::ClientLimits;

/// A room whose blocks cost no work.
pub(super) fn room(name: &str) -> Sound {
    Sound::new(Network::room(Profile::Instant, name, || false).unwrap())
}

/// The room of most tests.
pub(super) fn rules() -> Sound {
    room("peers")
}

/// Limits that let nobody wait long.
pub(super) fn limits() -> ClientLimits {
    let short = Duration::from_secs(1);
    ClientLimits { document: short, first_byte: short, rate_window: short, ..ClientLimits::default() }
}

/// A chain that goes on after `before` with `count` blocks, which another `miner` would not make.
pub(super) fn mined(rules: &Sound, before: &[CheckedBlock], miner: u64, count: usize) -> Vec<CheckedBlock> {
    let mut chain = if before.is_empty() { vec![rules.genesis(now())] } else { before.to_vec() };
    let mut ancestors = chain.iter().fold(None, |ancestors, block| Some(rules.extend(ancestors.as_ref(), block)));
    let key = SecretKey::from_bytes([1; 32]).unwrap().public_key();
    let receiver = Receiver { key, note: Note::default(), extranonce: miner << 32 };
    for _ in 0..count {
        let parent = ancestors.as_ref().unwrap();
        let job = rules.job(parent, &Mempool::default(), &receiver, now());
        let found = rules.search(&job, Power::FULL, || false).unwrap();
        let block = rules.seal(job, found.solution, &Mempool::default(), now());
        let block = rules.check(Some(parent), block, now()).unwrap();
        ancestors = Some(rules.extend(Some(parent), &block));
        chain.push(block);
    }
    chain
}

/// The end of a chain.
pub(super) fn tip(chain: &[CheckedBlock]) -> Tip {
    chain.last().unwrap().tip()
}

/// A node in memory with this chain.
pub(super) async fn node(rules: &Sound, chain: &[CheckedBlock]) -> NodeHandle<Sound> {
    let first = FirstContent { node_address: "tests".into(), genesis: rules.genesis(now()) };
    let opened = Opened::open(rules.clone(), &Location::Memory, first, &|_, _| ()).unwrap();
    let (node, _) = start(opened, None, 1000, Power::FULL).unwrap();
    if chain.len() > 1 {
        let reader = node.view().reader.clone();
        let mut builder = CandidateBuilder::new(rules.clone(), &reader, CandidateLimits::unlimited());
        for block in chain {
            builder.push(rules.decode(block.encoding()).unwrap()).unwrap();
        }
        node.adopt(builder.finish().unwrap(), None).await.unwrap();
    }
    node
}

/// What a peer answers.
#[derive(Clone)]
pub(super) struct Served {
    pub(super) status: Value,
    /// The pages of headers, as JSON.
    pub(super) pages: Vec<Value>,
    pub(super) headers: Vec<String>,
    pub(super) bodies: Vec<String>,
    /// The answer to `/get_chain`, of a node that has no `/api/v1`.
    pub(super) listing: Option<Value>,
    /// How many headers and blocks an answer has at most.
    pub(super) piece: usize,
    /// Answers whose bodies never come, by the beginning of the path.
    pub(super) silent: Option<&'static str>,
    /// Answers whose bodies never end.
    pub(super) endless: Option<&'static str>,
}

impl Served {
    /// All of a chain, as an honest peer answers.
    pub(super) fn honest(rules: &Sound, chain: &[CheckedBlock]) -> Self {
        let network = rules.network();
        let page = |block: &CheckedBlock| {
            let Tip { height, hash, work } = block.tip();
            json!({
                "index": height, "hash": hash.to_string(), "previous_hash": block.parent().to_string(), "timestamp": 1_795_305_600,
                "transactions": 1, "work": work.to_string(),
            })
        };
        let Tip { height, hash, work } = tip(chain);
        Self {
            status: json!({
                "rules": "sound", "room": network.parameters().name(), "genesis": network.genesis_hash().to_string(),
                "length": height, "tip": { "index": height, "hash": hash.to_string() }, "work": work.to_string(),
            }),
            pages: chain.iter().map(page).collect(),
            headers: chain.iter().map(|block| hex::encode(&block.encoding()[..HEADER_BYTES])).collect(),
            bodies: chain.iter().map(|block| hex::encode(block.encoding())).collect(),
            listing: None,
            piece: 10_000,
            silent: None,
            endless: None,
        }
    }

    /// A node of the printed listing with no block that these rules know.
    pub(super) fn listing() -> Self {
        let genesis = json!({ "index": 1, "previous_hash": "0", "proof": 1, "timestamp": "t", "transactions": [] });
        let chain = json!({ "chain": [genesis], "length": 1 });
        Self { listing: Some(chain), ..Self::honest(&rules(), &mined(&rules(), &[], 1, 0)) }
    }

    fn answer(&self, path: &str, query: &str) -> Response {
        let number = |name: &str| {
            let value = query.split('&').find_map(|part| part.strip_prefix(name)?.strip_prefix('='));
            value.and_then(|value| value.parse::<usize>().ok())
        };
        let from = number("from").unwrap_or(1).saturating_sub(1);
        let piece = |of: &[String], name: &str| {
            let items: Vec<_> = of.iter().skip(from).take(self.piece).collect();
            json!({ name: items, "length": items.len() })
        };
        let body = match path {
            "/get_chain" if self.listing.is_some() => json!(self.listing),
            _ if self.listing.is_some() => return StatusCode::NOT_FOUND.into_response(),
            "/api/v1/status" => self.status.clone(),
            "/api/v1/headers" => {
                let page = self.pages.iter().skip(from).take(number("limit").unwrap_or(1000));
                json!({ "headers": page.collect::<Vec<_>>(), "length": self.pages.len(), "next": null })
            }
            "/api/v1/chain/headers" => piece(&self.headers, "headers"),
            "/api/v1/chain" => piece(&self.bodies, "chain"),
            _ => return StatusCode::NOT_FOUND.into_response(),
        };
        if self.silent == Some(path) {
            return Body::from_stream(stream::pending::<Result<Bytes, Infallible>>()).into_response();
        }
        if self.endless == Some(path) {
            let digits = stream::repeat(Ok::<_, Infallible>(Bytes::from_static(&[b'0'; 64 << 10])));
            return Body::from_stream(digits).into_response();
        }
        ([(header::CONTENT_TYPE, "application/json")], body.to_string()).into_response()
    }
}

/// A peer that answers as a test chooses; it stops when dropped.
pub(super) struct FakePeer {
    pub(super) address: PeerAddress,
    shared: Arc<Shared>,
    task: JoinHandle<()>,
}

struct Shared {
    served: Mutex<Served>,
    /// The paths that were asked for.
    asked: Mutex<Vec<String>>,
    events: broadcast::Sender<String>,
}

impl Drop for FakePeer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl FakePeer {
    pub(super) async fn serving(served: Served) -> Self {
        let shared = Shared { served: Mutex::new(served), asked: Mutex::default(), events: broadcast::Sender::new(64) };
        let shared = Arc::new(shared);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap()).parse().unwrap();
        let router = Router::new().fallback(answer).with_state(shared.clone());
        let task = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { address, shared, task }
    }

    /// Answers something else from now on.
    pub(super) fn serve(&self, served: Served) {
        *self.shared.served.lock().unwrap() = served;
    }

    /// Tells whoever listens of an event.
    pub(super) fn tell(&self, name: &str, data: &Value) {
        // Nobody may be listening.
        let _ = self.shared.events.send(format!("event: {name}\ndata: {data}\n\n"));
    }

    /// How many listen to the events.
    pub(super) fn listeners(&self) -> usize {
        self.shared.events.receiver_count()
    }

    /// How many times a path was asked for.
    pub(super) fn asked_for(&self, path: &str) -> usize {
        self.shared.asked.lock().unwrap().iter().filter(|asked| *asked == path).count()
    }
}

async fn answer(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let uri = request.uri();
    shared.asked.lock().unwrap().push(uri.path().to_owned());
    if uri.path() == "/api/v1/events" {
        let events = stream::unfold(shared.events.subscribe(), async |mut events| {
            let event: String = events.recv().await.ok()?;
            Some((Ok::<_, Infallible>(event), events))
        });
        return ([(header::CONTENT_TYPE, "text/event-stream")], Body::from_stream(events)).into_response();
    }
    shared.served.lock().unwrap().answer(uri.path(), uri.query().unwrap_or_default())
}
