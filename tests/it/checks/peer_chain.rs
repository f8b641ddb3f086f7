//! The answer of a peer to `/get_chain`, over a real connection, as it comes in `/replace_chain`.

use std::net::Ipv4Addr;

use bcoin::peers::{ClientLimits, PeerClient};
use bcoin_ledger::{
    Tip,
    chapter::{Block, ChainCheck, Chapter},
};
use bcoin_node::{
    PeerAddress,
    store::{FirstContent, Location, Opened},
};
use serde::Deserialize;
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

/// A chain: its end, and the canonical text of each block.
type Chain = (Tip, Vec<String>);

#[derive(Deserialize)]
struct Body<'a> {
    #[serde(borrow)]
    chain: Vec<&'a RawValue>,
    length: u64,
}

fn read_whole(data: &[u8]) -> Option<Chain> {
    // Serde's derived structs would accept a list too.
    if !data.trim_ascii_start().starts_with(b"{") {
        return None;
    }
    let body: Body<'_> = serde_json::from_slice(data).ok()?;
    let mut check = ChainCheck::default();
    let push = |block: &&RawValue| Some(check.push(Block::from_json(block.get()).ok()?).ok()?.text().to_owned());
    let texts: Option<Vec<_>> = body.chain.iter().map(push).collect();
    let (tip, texts) = (check.tip()?, texts?);
    (body.length == texts.len() as u64).then_some((tip, texts))
}

/// A node's own chain, and a peer with a given answer.
struct Fixture {
    runtime: Runtime,
    own: Opened<Chapter>,
    client: PeerClient,
    listener: TcpListener,
    peer: PeerAddress,
}

impl Fixture {
    fn new() -> Self {
        let runtime = runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let genesis = ChainCheck::default().push(Block::genesis("t".into())).expect("a first block");
        let first = FirstContent { node_address: "n".into(), genesis };
        let own = Opened::open(Chapter, &Location::Memory, first, &|_, _| ()).expect("a store in memory");
        let client = PeerClient::new(ClientLimits::default()).expect("a client");
        let listener = runtime.block_on(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))).expect("a free port");
        let address = listener.local_addr().expect("a listener has an address").to_string();
        Self { runtime, own, client, listener, peer: address.parse().expect("the listener's address is a peer's") }
    }

    /// The chain that a node reads from `body`; `None` when it refuses it.
    fn fetch(&self, body: &[u8]) -> Option<Chain> {
        self.runtime.block_on(async {
            let fetch = self.client.fetch_chain(&self.peer, self.own.store.reader());
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
