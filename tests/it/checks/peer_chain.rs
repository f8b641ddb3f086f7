//! The answer of a peer to `/get_chain`, over a real connection, as it comes in `/replace_chain`.

use std::{fmt, net::Ipv4Addr, sync::atomic::AtomicBool};

use bcoin::peers::{ClientLimits, PeerClient};
use bcoin_ledger::{
    Tip,
    chapter::{Block, ChainCheck, Chapter},
};
use bcoin_node::{
    PeerAddress, View, now,
    store::{FirstContent, Location, Opened},
};
use serde::{
    Deserialize, Deserializer,
    de::{IgnoredAny, MapAccess, Visitor},
};
use serde_json::value::RawValue;
use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader},
    net::TcpListener,
    runtime::{self, Runtime},
};

/// Reading a body while it arrives accepts the same chains as reading it whole, and keeps the same blocks.
pub fn peer_chain(data: &[u8]) -> bool {
    thread_local!(static FIXTURE: Fixture = Fixture::new());
    let streamed = FIXTURE.with(|fixture| fixture.fetch(data));
    let whole = read_whole(data);
    assert_eq!(streamed, whole, "reading it as it arrives, reading it whole");
    whole.is_some()
}

/// The members of an object, as they come.
struct Members(Vec<(String, Box<RawValue>)>);

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Read;
        impl<'de> Visitor<'de> for Read {
            type Value = Members;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Read)
    }
}

/// A chain: its end, and the canonical text of each block.
type Chain = (Tip, Vec<String>);

fn read_whole(data: &[u8]) -> Option<Chain> {
    // A key that occurs twice would be kept once.
    let members: Vec<(String, Box<RawValue>)> =
        Members::deserialize(&mut serde_json::Deserializer::from_slice(data)).ok()?.0;
    serde_json::from_slice::<IgnoredAny>(data).ok()?;
    let once = |key: &str| match &members.iter().filter(|(name, _)| name == key).collect::<Vec<_>>()[..] {
        [(_, value)] => Some(value.get()),
        _ => None,
    };
    // What is ignored may not be nested deeper than the reader goes, and may hold no number beyond its range.
    let ignored = members.iter().filter(|(name, _)| !["chain", "length"].contains(&name.as_str()));
    ignored
        .map(|(_, value)| serde_json::from_str::<serde_json::Value>(value.get()))
        .collect::<Result<Vec<_>, _>>()
        .ok()?;
    let chain: Vec<Box<RawValue>> = serde_json::from_str(once("chain")?).ok()?;
    let length: u64 = serde_json::from_str(once("length")?).ok()?;
    let mut check = ChainCheck::default();
    let push =
        |block: Box<RawValue>| Some(check.push(Block::from_json(block.get()).ok()?, now()).ok()?.text().to_owned());
    let texts: Option<Vec<_>> = chain.into_iter().map(push).collect();
    let (tip, texts) = (check.tip()?, texts?);
    (length == texts.len() as u64).then_some((tip, texts))
}

/// A node's own chain, and a peer with a given answer.
struct Fixture {
    runtime: Runtime,
    own: Opened<Chapter>,
    view: View,
    client: PeerClient,
    listener: TcpListener,
    peer: PeerAddress,
}

impl Fixture {
    fn new() -> Self {
        let runtime = runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let genesis = ChainCheck::default().push(Block::genesis("t".into()), now()).expect("a first block");
        let first = FirstContent { node_address: "n".into(), genesis };
        let own = Opened::open(Chapter, &Location::Memory, first, &|_, _| ()).expect("a store in memory");
        let tip = *own.contents.ancestors.as_ref();
        let reader = own.store.reader();
        let view = View {
            tip,
            bits: 0,
            chain_bytes: own.chain_bytes,
            waiting: 0,
            waiting_bytes: 0,
            mempool_changes: 0,
            last_mined: None,
            peers: [].into(),
            reader,
        };
        let client = PeerClient::new(ClientLimits::default()).expect("a client");
        let listener = runtime.block_on(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))).expect("a free port");
        let address = listener.local_addr().expect("a listener has an address").to_string();
        Self {
            runtime,
            own,
            view,
            client,
            listener,
            peer: address.parse().expect("the listener's address is a peer's"),
        }
    }

    /// The chain that a node reads from `body`; `None` when it refuses it.
    fn fetch(&self, body: &[u8]) -> Option<Chain> {
        self.runtime.block_on(async {
            let delivering = AtomicBool::default();
            let fetch = self.client.fetch_chain(&Chapter, &self.peer, &self.view, &delivering);
            let (candidate, ()) = tokio::join!(fetch, self.answer(body));
            let mut candidate = candidate.ok()?;
            let own = self.own.store.reader().snapshot().expect("the own chain can be read");
            let common = own.blocks(..).expect("the own chain can be read").take(candidate.fork() as usize);
            let text = |block| String::from_utf8(block).expect("a block is a text");
            let mut texts: Vec<_> = common.map(|block| text(block.expect("the own chain can be read"))).collect();
            let kept = candidate.blocks().expect("the blocks were kept").map(|block| block.expect("a kept block"));
            texts.extend(kept.map(|block| block.text().to_owned()));
            Some((candidate.tip(), texts))
        })
    }

    async fn answer(&self, body: &[u8]) {
        let (mut stream, _) = self.listener.accept().await.expect("the client connects");
        let mut lines = BufReader::new(&mut stream).lines();
        while lines.next_line().await.expect("the client sends a head").is_some_and(|line| !line.is_empty()) {}
        let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len());
        // The client may hang up as soon as it has seen enough.
        let _ = stream.write_all(head.as_bytes()).await;
        let _ = stream.write_all(body).await;
        let _ = stream.shutdown().await;
    }
}
