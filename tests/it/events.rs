//! `/api/v1/events`: each event arrives once and in order, after a reconnection too. A listener that does not read is cut off.

use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
    time::Duration,
};

use bcoin_testkit::Http;
use serde_json::{Value, json};
use tokio::time::timeout;

use crate::support::TestNode;

/// How long a test waits for anything that has to happen.
const TIMEOUT: Duration = Duration::from_secs(30);

/// A client that listens.
pub struct Listener {
    response: reqwest::Response,
    unread: String,
    last_id: Option<String>,
}

pub struct Heard {
    id: String,
    pub name: String,
    pub data: Value,
}

impl Listener {
    pub async fn start(http: &Http, last_id: Option<&str>) -> Self {
        let request = http.request("GET", "/api/v1/events");
        let request = match last_id {
            Some(id) => request.header("Last-Event-ID", id),
            None => request,
        };
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        let mut listener = Self { response, unread: String::new(), last_id: last_id.map(str::to_owned) };
        assert_eq!(listener.frame().await.as_deref(), Some("retry: 1000"));
        listener
    }

    /// The next frame; none when the stream has ended.
    async fn frame(&mut self) -> Option<String> {
        loop {
            if let Some((frame, rest)) = self.unread.split_once("\n\n") {
                let (frame, rest) = (frame.to_owned(), rest.to_owned());
                self.unread = rest;
                return Some(frame);
            }
            let chunk = timeout(TIMEOUT, self.response.chunk()).await.expect("a frame in time").ok()??;
            self.unread.push_str(std::str::from_utf8(&chunk).unwrap());
        }
    }

    pub async fn next(&mut self) -> Option<Heard> {
        loop {
            let frame = self.frame().await?;
            if frame == ":" {
                continue;
            }
            let field = |name: &str| {
                let line =
                    frame.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_else(|| panic!("{frame:?}"));
                line.to_owned()
            };
            let heard = Heard {
                id: field("id: "),
                name: field("event: "),
                data: serde_json::from_str(&field("data: ")).unwrap(),
            };
            self.last_id = Some(heard.id.clone());
            return Some(heard);
        }
    }
}

#[tokio::test]
async fn the_walk_is_heard_as_it_happens() {
    let (node, peer) = (TestNode::start().await, TestNode::start().await);
    let mut listener = Listener::start(&node.http, None).await;
    node.connect(&[&peer.address()]).await;
    node.http.pay(10).await;
    node.http.mine().await;
    for _ in 0..3 {
        peer.http.mine().await;
    }
    assert!(node.http.replace_chain().await);
    node.http.send(node.http.request("PUT", "/api/v1/mining").body(r#"{"mode": "on_payment"}"#)).await;
    node.http.send(node.http.request("DELETE", &format!("/api/v1/peers/{}", peer.address()))).await;

    let peers = listener.next().await.unwrap();
    assert_eq!((peers.name.as_str(), &peers.data["added"]), ("peers", &json!([peer.address()])));
    let transaction = listener.next().await.unwrap();
    assert_eq!(
        (transaction.name.as_str(), &transaction.data["block"], &transaction.data["pending"]),
        ("payment", &json!(2), &json!(1))
    );
    assert_eq!(transaction.data["transaction"], json!({"sender": "Alice", "receiver": "Bob", "amount": 10}));
    let block = listener.next().await.unwrap();
    assert_eq!((block.name.as_str(), &block.data["tries"]), ("block", &json!(533)));
    assert_eq!((&block.data["header"]["index"], &block.data["header"]["transactions"]), (&json!(2), &json!(2)));
    let replacement = listener.next().await.unwrap();
    assert_eq!((replacement.name.as_str(), &replacement.data["pending"]), ("replacement", &json!(1)));
    let replaced = &replacement.data["replacement"];
    assert_eq!(
        (&replaced["fork"], &replaced["length"], &replaced["given_up"]["count"]),
        (&json!(0), &json!(4), &json!(2))
    );
    assert_eq!(replaced["given_up"]["blocks"][1]["hash"], block.data["header"]["hash"]);
    assert_eq!(replaced["returned"]["transactions"], json!([transaction.data["transaction"]]));
    assert_eq!(replaced["not_returned"], 0);
    // The transaction that returned to the mempool is mined at once.
    let names =
        [listener.next().await.unwrap().name, listener.next().await.unwrap().name, listener.next().await.unwrap().name];
    assert_eq!(names[0], "mining");
    assert!(names.contains(&"block".to_owned()) && names.contains(&"peers".to_owned()), "{names:?}");
}

#[tokio::test]
async fn a_listener_that_reconnects_misses_nothing() {
    let node = TestNode::start().await;
    let mut listener = Listener::start(&node.http, None).await;
    let mut heard = Vec::new();
    for round in 0..20 {
        for amount in 1..=5 {
            node.http.pay(round * 5 + amount).await;
        }
        // Reads some events, and disconnects in the middle of the others.
        for _ in 0..3 {
            heard.push(listener.next().await.unwrap().data["transaction"]["amount"].as_u64().unwrap());
        }
        let id = listener.last_id.clone().unwrap();
        drop(listener);
        listener = Listener::start(&node.http, Some(&id)).await;
    }
    while heard.len() < 100 {
        heard.push(listener.next().await.unwrap().data["transaction"]["amount"].as_u64().unwrap());
    }
    assert_eq!(heard, (1..=100).collect::<Vec<_>>());
    // Browsers send the id in the query when a page opens its stream for the first time.
    let id = listener.last_id.unwrap();
    node.http.pay(101).await;
    let response = node.http.request("GET", &format!("/api/v1/events?last_event_id={id}")).send().await.unwrap();
    let mut listener = Listener { response, unread: String::new(), last_id: None };
    listener.frame().await;
    assert_eq!(listener.next().await.unwrap().data["transaction"]["amount"], 101);
}

#[tokio::test]
async fn events_that_are_not_kept_any_more_are_replaced_by_a_reset() {
    let node = TestNode::start().await;
    node.http.pay(1).await;
    let mut listener = Listener::start(&node.http, Some("00000000-1")).await;
    let reset = listener.next().await.unwrap();
    assert_eq!(reset.name, "reset");
    node.http.pay(2).await;
    let next = listener.next().await.unwrap();
    assert_eq!((next.name.as_str(), &next.data["transaction"]["amount"]), ("payment", &json!(2)));
    // A listener can reconnect with the id of the reset.
    let mut again = Listener::start(&node.http, Some(&reset.id)).await;
    assert_eq!(again.next().await.unwrap().id, next.id);
}

#[tokio::test]
async fn a_stream_ends_when_the_node_stops() {
    let node = TestNode::start().await;
    let mut listener = Listener::start(&node.http, None).await;
    node.running.stop().await;
    assert!(listener.next().await.is_none());
}

/// A listener that never reads. The node drops it when its next event is not kept any more.
#[tokio::test(flavor = "multi_thread")]
async fn a_stuck_listener_is_cut_off_and_slows_nobody() {
    let node = TestNode::start().await;
    let address = node.running.address();
    let mut stuck = TcpStream::connect(address).unwrap();
    write!(stuck, "GET /api/v1/events HTTP/1.1\r\nHost: {address}\r\n\r\n").unwrap();
    let listeners = async || node.http.get("/metrics").await.text.contains("bcoin_event_listeners 1\n");
    while !listeners().await {
        tokio::task::yield_now().await;
    }
    // More than the socket buffers and the ring of events hold.
    let name = "x".repeat(256);
    let body = json!({"sender": name, "receiver": name, "amount": "1".repeat(4_000)}).to_string();
    let requests = (0..12_000).map(|_| node.http.post("/api/v1/pending", body.clone()));
    let mut requests = futures_util::StreamExt::buffer_unordered(futures_util::stream::iter(requests), 32);
    let mut count = 0;
    while let Some(answer) = futures_util::StreamExt::next(&mut requests).await {
        count += u32::from(answer.status == 201);
        if count.is_multiple_of(4_000) {
            // Empties the mempool before it is full.
            assert_eq!(node.http.get("/mine_block").await.status, 200);
        }
    }
    drop(requests);
    assert!(count > 11_000, "{count} payments were taken while a listener was stuck");
    // The stream ends before all events were delivered.
    let mut rest = Vec::new();
    stuck.set_read_timeout(Some(TIMEOUT)).unwrap();
    stuck.read_to_end(&mut rest).unwrap();
    let heard = rest.windows(9).filter(|window| window == b"event: pa").count();
    assert!(heard < 12_000, "{heard}");
    assert!(node.http.get("/metrics").await.text.contains("bcoin_event_listeners 0\n"));
}
