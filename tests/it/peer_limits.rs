//! What peers may take together, and that a slow one costs only itself: nobody waits for it, and its chain is taken when it is there.

use std::time::Duration;

use bcoin::peers::ClientLimits;
use bcoin_testkit::{FakePeer, chain, fake_peer::response};
use serde_json::{Value, json};
use tokio::{io::AsyncWriteExt as _, net::TcpStream, time::sleep};

use crate::support::TestNode;

/// How often a test looks whether something has happened, and how many times.
const LOOK: Duration = Duration::from_millis(100);
const LOOKS: usize = 300;

async fn node_with(change: impl FnOnce(&mut ClientLimits)) -> TestNode {
    let mut config = TestNode::config();
    change(&mut config.client_limits);
    TestNode::start_with(config).await
}

async fn round(node: &TestNode) -> Value {
    node.http.post("/api/v1/replacements", "").await.json()
}

async fn length(node: &TestNode) -> u64 {
    node.http.get("/api/v1/status").await.json()["length"].as_u64().unwrap()
}

/// A node whose chain has about this many kilobytes, in blocks of 100 payments of 3 kB each.
async fn node_with_kilobytes(kilobytes: usize) -> TestNode {
    let node = TestNode::start().await;
    let name = "\u{7f}".repeat(256);
    let body = json!({"sender": name, "receiver": name, "amount": 1}).to_string();
    for _ in 0..kilobytes.div_ceil(300) {
        for _ in 0..100 {
            assert_eq!(node.http.post("/add_transaction", body.clone()).await.status, 201);
        }
        node.http.mine().await;
    }
    node
}

/// A peer of the listing whose answer to `/get_chain` is sent by `send`.
async fn listing<F, R>(send: F) -> FakePeer
where
    F: Fn(TcpStream) -> R + Clone + Send + 'static,
    R: Future<Output = std::io::Result<()>> + Send + 'static,
{
    FakePeer::routing(move |request, mut stream| {
        let send = send.clone();
        async move {
            // The node may hang up.
            let _ = match request.starts_with("GET /get_chain ") {
                true => send(stream).await,
                false => stream.write_all(&response("404 Not Found", "", b"{}")).await,
            };
        }
    })
    .await
}

/// A peer that sends one block without an end, as fast as it can.
async fn endless_peer() -> FakePeer {
    listing(|mut stream| async move {
        stream.write_all(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{\"chain\": [{\"timestamp\": \"").await?;
        loop {
            stream.write_all(&[b't'; 16 << 10]).await?;
            sleep(Duration::from_millis(2)).await;
        }
    })
    .await
}

#[tokio::test]
async fn only_the_blocks_that_are_missing_are_asked_for() {
    let (node, peer) = (TestNode::start().await, TestNode::start().await);
    node.connect(&[&peer.address()]).await;
    for blocks in [3, 1, 12] {
        for _ in 0..blocks {
            peer.http.mine().await;
        }
        let before = length(&node).await;
        let pieces = || async {
            let metrics = peer.http.get("/metrics").await.text;
            let of = |route: &str| {
                let line = metrics.lines().find(|line| line.contains("requests") && line.contains(route));
                line.map_or(0, |line| line.rsplit(' ').next().unwrap().parse::<u64>().unwrap())
            };
            (of("\"/api/v1/chain\""), of("\"/get_chain\""))
        };
        let (chain_before, whole_before) = pieces().await;
        let answer = round(&node).await;
        assert_eq!((&answer["replaced"], answer["length"].as_u64()), (&json!(true), Some(length(&peer).await)));
        assert!(before == 1 || answer["replacement"]["fork"].as_u64() == Some(before), "{answer}");
        assert_eq!(pieces().await, (chain_before + 1, whole_before));
    }
    let before = peer.http.get("/metrics").await.text;
    assert_eq!(round(&node).await["replaced"], false, "there is nothing new");
    assert!(before.contains("/api/v1/chain"), "{before}");
}

#[tokio::test]
async fn a_chain_beyond_a_limit_is_told_with_the_name_of_the_limit() {
    let peer = node_with_kilobytes(1500).await;
    let node = node_with(|limits| limits.chain_bytes = 1 << 20).await;
    let whole = peer.http.get("/get_chain").await.text;
    let of_the_listing = FakePeer::serving(whole).await;
    for peer_address in [peer.address(), of_the_listing.address()] {
        node.connect(&[&peer_address]).await;
        let offer = round(&node).await["offers"].as_array().unwrap().last().unwrap().clone();
        assert_eq!((&offer["outcome"], &offer["limit"]), (&json!("passed_over"), &json!("max-chain")), "{offer}");
        assert!(offer["reason"].as_str().unwrap().contains("--max-chain"), "{offer}");
    }
    let known = round(&node).await["offers"][0]["length"].as_u64();
    assert_eq!(known, Some(length(&peer).await), "a B-Coin peer says how long its chain is");
    let events = node.http.request("GET", "/api/v1/events").header("Last-Event-ID", first_event(&node).await);
    let mut stream = events.send().await.unwrap();
    let mut heard = String::new();
    while !heard.contains("event: beyond_limit") {
        heard.push_str(std::str::from_utf8(&stream.chunk().await.unwrap().unwrap()).unwrap());
    }
    assert!(heard.contains("\"limit\":\"max-chain\""), "{heard}");
    assert_eq!(length(&node).await, 1);
}

/// The id before the first event of this run of the node.
async fn first_event(node: &TestNode) -> String {
    let latest = node.http.get("/api/v1/status").await.json()["last_event"].as_str().unwrap().to_owned();
    format!("{}-0", latest.split_once('-').unwrap().0)
}

#[tokio::test]
async fn endless_peers_share_the_room_of_temporary_files_and_the_honest_one_is_heard() {
    let honest = node_with_kilobytes(9000).await;
    let node = node_with(|limits| {
        limits.spool_bytes = 48 << 20;
        limits.round_pause = Duration::from_secs(2);
    })
    .await;
    let mut endless = Vec::new();
    for _ in 0..6 {
        endless.push(endless_peer().await);
    }
    for peer in &endless {
        node.connect(&[&peer.address()]).await;
    }
    node.connect(&[&honest.address()]).await;
    for _ in 0..3 {
        round(&node).await;
        assert_eq!(length(&node).await, length(&honest).await);
        honest.http.mine().await;
    }
}

#[tokio::test]
async fn a_chain_that_arrives_after_its_round_is_taken_then() {
    let node = node_with(|limits| limits.round = Duration::from_secs(1)).await;
    let body = chain::body(chain::texts(40));
    let slow = listing(move |mut stream| {
        let answer = response("200 OK", "", body.as_bytes());
        async move {
            for part in answer.chunks(answer.len() / 20) {
                stream.write_all(part).await?;
                sleep(Duration::from_millis(150)).await;
            }
            Ok(())
        }
    })
    .await;
    node.connect(&[&slow.address()]).await;
    let offer = round(&node).await["offers"][0].clone();
    assert!(offer["reason"].as_str().unwrap().contains("still sending"), "{offer}");
    for _ in 0..LOOKS {
        if length(&node).await == 40 {
            return;
        }
        sleep(LOOK).await;
    }
    panic!("the chain was not taken");
}

/// The first round waits for a chain that is arriving. The next ones do not: they would take as long again and again.
#[tokio::test]
async fn a_slow_peer_makes_one_round_long_and_no_other() {
    let limits = |limits: &mut ClientLimits| {
        limits.round_pause = Duration::from_millis(500);
        limits.round = Duration::from_secs(4);
    };
    let (node, same) = (node_with(limits).await, TestNode::start().await);
    let endless = endless_peer().await;
    node.connect(&[&same.address(), &endless.address()]).await;
    let took = async || {
        let offer = round(&node).await["offers"][1].clone();
        assert!(offer["reason"].as_str().unwrap().contains("still sending"), "{offer}");
        offer["took_ms"].as_f64().unwrap()
    };
    assert!(took().await >= 4000.0, "its chain is arriving");
    for _ in 0..3 {
        assert!(took().await < 4000.0, "it goes on alone");
    }
}

#[tokio::test]
async fn a_caller_learns_nothing_of_what_an_address_that_is_no_node_answers() {
    let node = node_with(|limits| limits.document = Duration::from_secs(1)).await;
    let secret = "SSH-2.0-secret-7421";
    let banner = FakePeer::answering(format!("{secret}\r\n").into_bytes()).await;
    let page = FakePeer::serving(format!("<html>{secret}</html>")).await;
    let json = FakePeer::serving(format!("{{\"{secret}\": [1], \"chain\": [\"{secret}\"], \"length\": 1}}")).await;
    let error = FakePeer::answering(response("403 Secret-7421", "", secret.as_bytes())).await;
    let silent = FakePeer::handling(|stream| async move {
        sleep(Duration::from_secs(60)).await;
        drop(stream);
    })
    .await;
    let dead = "127.0.0.1:9".to_owned();
    let peers = [&banner, &page, &json, &error].map(FakePeer::address);
    for address in peers.iter().chain([&silent.address(), &dead]) {
        node.connect(&[address]).await;
    }
    let (probed, offered) = (node.http.get("/api/v1/peers").await, node.http.post("/api/v1/replacements", "").await);
    for (list, key, answer) in [("peers", "error", probed), ("offers", "reason", offered)] {
        assert!(!answer.text.contains("7421") && !answer.text.contains("403"), "{}", answer.text);
        let told: Vec<_> = answer.json()[list].as_array().unwrap().iter().map(|peer| peer[key].clone()).collect();
        assert!(told[..4].iter().all(|told| *told == "No B-Coin node answers there."), "{told:?}");
        assert_eq!(told[4..], [json!("No answer in time."), json!("No answer: the connection was refused.")]);
    }
}
