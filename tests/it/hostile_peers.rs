//! Peers that are dead, slow, wrong or hostile are passed over. `/replace_chain` still adopts the best honest chain.

use std::time::Duration;

use bcoin::peers::ClientLimits;
use bcoin_ledger::chapter::Block;
use bcoin_testkit::{FakePeer, fake_peer::response};
use tokio::io::AsyncWriteExt as _;

use crate::support::TestNode;

/// A node with short time limits for its peers, so that these tests do not wait for the real limits.
async fn with_short_limits() -> TestNode {
    let mut config = TestNode::config();
    config.client_limits = ClientLimits {
        connect: Duration::from_millis(500),
        document: Duration::from_millis(1500),
        first_byte: Duration::from_millis(1500),
        rate_window: Duration::from_secs(1),
        chain_bytes: 1 << 20,
        round_pause: Duration::from_secs(1),
        round: Duration::from_secs(5),
        ..config.client_limits
    };
    TestNode::start_with(config).await
}

/// The node asks a hostile peer and an honest one. It has to adopt the longer chain of the honest one.
async fn passed_over(hostile: &str) {
    let (node, honest) = (with_short_limits().await, TestNode::start().await);
    honest.http.mine().await;
    node.connect(&[hostile]).await;
    assert!(!node.http.replace_chain().await, "the hostile peer alone changes nothing");
    node.connect(&[&honest.address()]).await;
    assert!(node.http.replace_chain().await, "the honest peer is heard beside the hostile one");
    assert_eq!(node.http.chain().await, honest.http.chain().await);
}

const LONG_BUT_FORGED: &str = r#"{"chain": [{"index":1,"previous_hash":"0","proof":1,"timestamp":"t","transactions":[]},
 {"index":2,"previous_hash":"0","proof":533,"timestamp":"t","transactions":[]},
 {"index":3,"previous_hash":"0","proof":45293,"timestamp":"t","transactions":[]}], "length": 3}"#;

#[tokio::test]
async fn a_dead_peer() {
    let gone = TestNode::start().await;
    let address = gone.address();
    gone.running.stop().await;
    passed_over(&address).await;
}

#[tokio::test]
async fn a_peer_that_never_answers() {
    let peer = FakePeer::handling(|stream| async move {
        tokio::time::sleep(Duration::from_secs(60)).await;
        drop(stream);
    })
    .await;
    passed_over(&peer.address()).await;
}

#[tokio::test]
async fn a_peer_that_drips() {
    let peer = FakePeer::handling(|mut stream| async move {
        let head = response("200 OK", "", LONG_BUT_FORGED.as_bytes());
        for byte in head {
            if stream.write_all(&[byte]).await.is_err() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    })
    .await;
    passed_over(&peer.address()).await;
}

#[tokio::test]
async fn a_peer_that_lies_about_its_length() {
    let genesis = r#"{"index":1,"previous_hash":"0","proof":1,"timestamp":"t","transactions":[]}"#;
    for length in ["1000000", "-1", "\"2\"", "1.0", "null"] {
        let peer = FakePeer::serving(format!(r#"{{"chain": [{genesis}], "length": {length}}}"#)).await;
        passed_over(&peer.address()).await;
    }
}

#[tokio::test]
async fn a_peer_with_a_forged_chain() {
    passed_over(&FakePeer::serving(LONG_BUT_FORGED).await.address()).await;
}

#[tokio::test]
async fn a_peer_that_redirects_to_a_longer_chain() {
    let target = TestNode::start().await;
    target.http.mine().await;
    target.http.mine().await;
    target.http.mine().await;
    let location = format!("Location: http://{}/get_chain\r\n", target.address());
    for status in ["301 Moved Permanently", "302 Found", "307 Temporary Redirect"] {
        let peer = FakePeer::answering(response(status, &location, b"")).await;
        passed_over(&peer.address()).await;
    }
}

#[tokio::test]
async fn a_peer_that_answers_with_an_error_and_a_chain() {
    let honest = TestNode::start().await;
    honest.http.mine().await;
    let chain = honest.http.get("/get_chain").await.text;
    for status in ["500 Internal Server Error", "404 Not Found", "204 No Content", "201 Created"] {
        let peer = FakePeer::answering(response(status, "", chain.as_bytes())).await;
        let node = with_short_limits().await;
        node.connect(&[&peer.address()]).await;
        assert!(!node.http.replace_chain().await, "{status}");
    }
}

#[tokio::test]
async fn a_peer_that_sends_a_gzip_bomb() {
    let head = b"{\"chain\": [{\"index\": 1, \"previous_hash\": \"".to_vec();
    let zeros = std::iter::repeat_n(vec![b'0'; 1 << 20], 64);
    let peer = FakePeer::serving_gzip(std::iter::once(head).chain(zeros)).await;
    passed_over(&peer.address()).await;
    let blanks = std::iter::repeat_n(vec![b' '; 1 << 20], 64);
    let peer = FakePeer::serving_gzip(blanks).await;
    passed_over(&peer.address()).await;
}

#[tokio::test]
async fn a_peer_that_compresses_an_honest_chain_is_heard() {
    let (node, honest) = (with_short_limits().await, TestNode::start().await);
    honest.http.mine().await;
    let chain = honest.http.get("/get_chain").await.text.into_bytes();
    let peer = FakePeer::serving_gzip(std::iter::once(chain)).await;
    node.connect(&[&peer.address()]).await;
    assert!(node.http.replace_chain().await);
    assert_eq!(node.http.chain().await, honest.http.chain().await);
}

#[tokio::test]
async fn a_peer_that_is_no_http_server() {
    for bytes in [&b"SSH-2.0-OpenSSH_9.9\r\n"[..], b"", b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"chain\": ["]
    {
        passed_over(&FakePeer::answering(bytes.to_vec()).await.address()).await;
    }
}

/// A chain of two blocks. The second has a timestamp with this number of characters.
fn chain_with_a_long_block(characters: usize) -> String {
    let genesis = Block::genesis("t".into());
    let long = Block {
        index: 2,
        previous_hash: genesis.hash().to_string(),
        proof: 533,
        timestamp: "t".repeat(characters),
        transactions: vec![],
    };
    format!("{{\"chain\": [{}, {}], \"length\": 2}}", genesis.canonical(), long.canonical())
}

#[tokio::test]
async fn peers_with_long_blocks_are_read_one_after_the_other() {
    let node = TestNode::start().await;
    let body = chain_with_a_long_block(3 << 20);
    let mut peers = Vec::new();
    for _ in 0..5 {
        peers.push(FakePeer::serving(&body).await);
    }
    let addresses: Vec<_> = peers.iter().map(FakePeer::address).collect();
    node.connect(&addresses.iter().map(String::as_str).collect::<Vec<_>>()).await;
    assert!(node.http.replace_chain().await);
    assert_eq!(node.http.get("/get_chain").await.text.trim_end(), body);
}

#[tokio::test]
async fn a_peer_with_a_block_that_is_too_long() {
    passed_over(&FakePeer::serving(chain_with_a_long_block(49 << 20)).await.address()).await;
    let (node, peer) = (TestNode::start().await, FakePeer::serving(chain_with_a_long_block(49 << 20)).await);
    node.connect(&[&peer.address()]).await;
    assert!(!node.http.replace_chain().await);
}

#[tokio::test]
async fn many_callers_share_rounds_and_all_get_the_longest_chain() {
    let (node, honest) = (TestNode::start().await, TestNode::start().await);
    honest.http.mine().await;
    node.connect(&[&honest.address()]).await;
    let callers: Vec<_> = (0..40)
        .map(|_| {
            let http = node.http.clone();
            tokio::spawn(async move { http.get("/replace_chain").await.json()["new_chain"].clone() })
        })
        .collect();
    let expected = serde_json::Value::from(honest.http.chain().await);
    for caller in callers {
        assert_eq!(caller.await.unwrap(), expected);
    }
}
