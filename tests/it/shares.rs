//! One address outside loopback takes its share of connections and streams of events, and no more (docs/contract.md section 6).

use std::net::SocketAddr;

use bcoin_testkit::{Client, Http, machine::outside_loopback};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use crate::support::BCOIN;

/// The share of the streams of events.
const STREAMS: usize = 128;
/// The share of the connections.
const CONNECTIONS: usize = 256;
/// A request whose body never arrives.
const HALF: &str = "POST /add_transaction HTTP/1.1\r\nHost: localhost\r\nContent-Length: 50\r\n\r\n{";

#[tokio::test]
#[ignore = "needs an address outside loopback"]
async fn an_address_outside_loopback_has_its_share_and_others_are_served() {
    let address = outside_loopback().expect("this machine has an address outside loopback");
    let node = BCOIN.start(&["--host", "0.0.0.0", "--port", "0", "--in-memory"]);
    let port = node.address().port();
    let own = Http::new(SocketAddr::new([127, 0, 0, 1].into(), port));
    let other = Http::new(SocketAddr::new(address, port));
    let listen = async |http: &Http| http.request("GET", "/api/v1/events").send().await.unwrap();

    let mut streams = Vec::new();
    for _ in 0..STREAMS {
        streams.push(listen(&other).await);
        assert_eq!(streams.last().unwrap().status(), 200, "{}", streams.len());
    }
    let refused = other.get("/api/v1/events").await;
    assert_eq!((refused.status, &refused.json()["type"]), (503, &"urn:bcoin:problem:too-many-listeners".into()));
    let detail = format!("The address {address} hears this node's events 128 times already");
    assert!(refused.text.contains(&detail), "{}", refused.text);
    assert_eq!(refused.headers["retry-after"], "1");
    assert_eq!(listen(&own).await.status(), 200, "another address has a share of its own");

    // The client's connection that is idle since then makes room for these.
    let mut halves = Vec::new();
    for _ in STREAMS..CONNECTIONS {
        let mut stream = TcpStream::connect((address, port)).await.unwrap();
        stream.write_all(HALF.as_bytes()).await.unwrap();
        halves.push(stream);
    }
    // Until the last of them is under way, it is an idle one that makes room for the next.
    let mut text = String::new();
    while !text.contains("has 256 connections with a request under way") {
        let mut stream = TcpStream::connect((address, port)).await.unwrap();
        stream.write_all(HALF.as_bytes()).await.unwrap();
        text.clear();
        let mut answer = vec![0; 1024];
        tokio::select! {
            read = stream.read(&mut answer) => text = String::from_utf8_lossy(&answer[..read.unwrap_or(0)]).into_owned(),
            () = tokio::time::sleep(std::time::Duration::from_millis(100)) => halves.push(stream),
        }
    }
    assert!(text.starts_with("HTTP/1.1 503 "), "{text}");
    assert_eq!(own.get("/get_chain").await.status, 200);
    drop(streams);
    let other = Client::new(SocketAddr::new(address, port));
    while !other.get("/get_chain").await.is_ok_and(|answer| answer.status == 200) {}
}
