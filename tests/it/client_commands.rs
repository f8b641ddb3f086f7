//! `bcoin status|chain|send|mine|peers` against real nodes.

use bcoin_testkit::FakePeer;
use serde_json::{Value, json};

use crate::support::{
    BCOIN, TestNode,
    client::{document, nowhere, printed, refused},
};

#[tokio::test]
async fn status_shows_a_node_at_a_glance() {
    let node = TestNode::start().await;
    node.http.pay(10).await;
    node.connect(&["127.0.0.1:25002"]).await;
    let api = node.http.get("/api/v1/status").await.json();
    let address = node.address();
    let output = printed(&address, &["status"]).await;
    for part in [
        format!("B-Coin node at http://{address}\n"),
        format!("\n  address   {}\n", api["node_address"].as_str().unwrap()),
        format!("\n  version   {}\n", env!("CARGO_PKG_VERSION")),
        "\n  length    1 block\n".into(),
        format!("\n  tip       block 1, hash {}\n", api["tip"]["hash"].as_str().unwrap()),
        "\n  waiting   1 payment\n".into(),
        "\n  peers     1\n".into(),
        "\n  data      in memory".into(),
        format!("\n  up since  {} (", api["started_at"].as_str().unwrap()[..19].replace('T', " ")),
        "\n  mining    only when asked, for Bharathi\n".into(),
    ] {
        assert!(output.contains(&part), "{part:?} is not in {output}");
    }
    let mut document = document(&address, &["status"]).await;
    document["uptime_seconds"] = api["uptime_seconds"].clone();
    assert_eq!(document, api);
    // All forms of an address, of which a port alone is one, and JSON by environment variable.
    let port = address.rsplit(':').next().unwrap().to_owned();
    for name in [format!("http://{address}"), format!("http://{address}/"), address.clone(), port.clone()] {
        assert_eq!(printed(&nowhere().await, &["status", "--node", &name]).await.lines().count(), 12);
    }
    let mut by_environment = BCOIN.command(&["status"]);
    by_environment.env("BCOIN_NODE", &address).env("BCOIN_JSON", "yes");
    let output = tokio::task::spawn_blocking(move || by_environment.output().unwrap()).await.unwrap();
    assert_eq!(serde_json::from_slice::<Value>(&output.stdout).unwrap()["length"], 1);
}

#[tokio::test]
async fn chain_lists_the_latest_blocks_and_pages_onwards() {
    let node = TestNode::start().await;
    node.http.pay(10).await;
    for _ in 0..11 {
        node.http.mine().await;
    }
    let address = node.address();
    let blocks = node.http.get("/api/v1/blocks").await.json()["blocks"].as_array().unwrap().clone();
    let line = |index: usize, transactions: &str| {
        let block = &blocks[index - 1];
        let (hash, time) = (&block["hash"].as_str().unwrap()[..8], block["timestamp"].as_str().unwrap());
        format!("{index:>2}  {hash}...  {time:<26}  {transactions}\n")
    };
    let latest = printed(&address, &["chain"]).await;
    let expected: String = (3..=12).map(|index| line(index, "1 transaction")).collect();
    assert_eq!(latest, format!("{expected}3 to 12 of 12 blocks\n"));
    let second = printed(&address, &["chain", "--from", "2", "--limit", "1"]).await;
    assert_eq!(
        second,
        format!("{}2 to 2 of 12 blocks; `bcoin chain --from 3` goes on\n", line(2, "2 transactions").trim_start())
    );
    assert_eq!(printed(&address, &["chain", "--from", "13"]).await, "The chain has 12 blocks, and none from 13 on.\n");
    assert_eq!(document(&address, &["chain"]).await["blocks"], json!(blocks[2..]));
    let page = document(&address, &["chain", "--from", "2", "--limit", "3"]).await;
    assert_eq!(page, node.http.get("/api/v1/blocks?from=2&limit=3").await.json());
}

#[tokio::test]
async fn chain_shows_one_block_in_full() {
    let node = TestNode::start().await;
    node.http.pay(10).await;
    let mined = node.http.mine().await;
    let address = node.address();
    let block = node.http.get("/api/v1/blocks/2").await.json();
    let hash = block["hash"].as_str().unwrap();
    for id in ["2", hash, &hash.to_uppercase()] {
        let output = printed(&address, &["chain", id]).await;
        let expected = format!(
            "Block 2\n  hash      {hash}\n  previous  {}\n  proof     533\n  made at   {}\n  holds     2 transactions\n    \
             Alice pays Bob 10\n    {} pays Bharathi 1, the reward for mining\n",
            mined["previous_hash"].as_str().unwrap(),
            mined["timestamp"].as_str().unwrap(),
            mined["transactions"][1]["sender"].as_str().unwrap(),
        );
        assert_eq!(output, expected);
        assert_eq!(document(&address, &["chain", id]).await, block);
    }
    assert!(refused(&address, &["chain", "3"]).await.starts_with("The chain has no block 3."));
    assert!(refused(&address, &["chain", "3", "--json"]).await.starts_with("The chain has no block 3."));
}

#[tokio::test]
async fn send_sends_the_amount_digit_by_digit() {
    let node = TestNode::start().await;
    let address = node.address();
    let long = "123456789".repeat(10);
    assert_eq!(printed(&address, &["send", "Alice", "Bob", "10"]).await, "Alice pays Bob 10; it waits for block 2\n");
    assert_eq!(
        printed(&address, &["send", "Ann Lee", "B\u{1b}[31m\u{202e}ob", &long]).await,
        format!("\"Ann Lee\" pays \"B\\u{{1b}}[31m\\u{{202e}}ob\" {long}; it waits for block 2\n")
    );
    let waiting = document(&address, &["send", "Alice", "Bob", "0.25"]).await;
    assert_eq!(waiting, json!({"transaction": {"sender": "Alice", "receiver": "Bob", "amount": 0.25}, "block": 2}));
    assert!(node.http.get("/api/v1/pending").await.text.contains(&format!("\"amount\":{long},")));
    for amount in ["-5", "0", "ten", "007", "", "1e999"] {
        for form in [&["send", "Alice", "Bob", amount][..], &["send", "Alice", "Bob", amount, "--json"]] {
            assert!(
                refused(&address, form).await.starts_with("This payment is not taken: `amount` has to be"),
                "{amount}"
            );
        }
    }
    assert!(refused(&address, &["send", "", "Bob", "1"]).await.contains("`sender`"));
    assert_eq!(node.http.get("/api/v1/pending").await.json()["total"], 3);
}

#[tokio::test]
async fn mine_mines_now_or_by_itself() {
    let node = TestNode::start().await;
    let address = node.address();
    let output = printed(&address, &["mine"]).await;
    let hash = node.http.get("/api/v1/blocks/2").await.json()["hash"].as_str().unwrap()[..8].to_owned();
    assert!(output.starts_with("block 2 mined: 1 transaction, proof 533 after 533 tries in "), "{output}");
    assert!(output.ends_with(&format!(" ms, hash {hash}...\n")), "{output}");
    let several = printed(&address, &["mine", "--count", "3", "--json"]).await;
    let indices: Vec<_> =
        several.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()["block"]["index"].clone()).collect();
    assert_eq!(indices, [3, 4, 5]);

    let mode = async || node.http.get("/api/v1/mining").await.json();
    let said = printed(&address, &["mine", "--every", "3600000"]).await;
    assert_eq!(said, format!("http://{address} mines a block every 3600000 ms\n"));
    assert_eq!(mode().await, json!({"mode": "interval", "every_ms": 3_600_000}));
    assert!(printed(&address, &["status"]).await.contains("mining    a block every 3600000 ms, for Bharathi"));
    assert_eq!(document(&address, &["mine", "--on-payment"]).await, json!({"mode": "on_payment"}));
    assert_eq!(mode().await, json!({"mode": "on_payment"}));
    let said = printed(&address, &["mine", "--off"]).await;
    assert_eq!(said, format!("http://{address} mines only when asked\n"));
    assert_eq!(mode().await, json!({"mode": "off"}));
    assert!(refused(&address, &["mine", "--every", "99"]).await.contains("99 ms"));
    assert_eq!(mode().await, json!({"mode": "off"}));
}

#[tokio::test]
async fn peers_prints_the_relation_of_each_chain() {
    let node = TestNode::start().await;
    let (same, ahead, behind, parted) =
        (TestNode::start().await, TestNode::start().await, TestNode::start().await, TestNode::start().await);
    let (stranger, dead) = (TestNode::start().await, nowhere().await);
    let listing = FakePeer::serving(r#"{"message": "no chain"}"#).await;
    let address = node.address();
    let adopt = async |other: &TestNode| {
        other.connect(&[&address]).await;
        assert!(other.http.replace_chain().await);
    };
    node.http.mine().await;
    adopt(&behind).await;
    adopt(&parted).await;
    parted.http.mine().await;
    node.http.mine().await;
    adopt(&same).await;
    adopt(&ahead).await;
    for _ in 0..2 {
        ahead.http.mine().await;
    }
    let known = [same.address(), ahead.address(), behind.address(), parted.address(), stranger.address()];
    let mut arguments = vec!["peers", "--add", &address, "--add", &dead];
    let listing = listing.address();
    for address in known.iter().chain([&listing]) {
        arguments.extend(["--add", address]);
    }
    let added = printed(&address, &arguments).await;
    let count = |words: &str| added.lines().filter(|line| line.ends_with(words)).count();
    assert_eq!(count(" is connected"), 5, "{added}");
    assert_eq!(count(" is added; it does not answer yet"), 2, "{added}");
    assert!(added.contains(&format!("{address} is this node itself\n")), "{added}");

    let output = printed(&address, &["peers"]).await;
    assert!(output.starts_with(&format!("http://{address} has 3 blocks and 8 peers\n")), "{output}");
    let line = |peer: &str| {
        let line = output.lines().find(|line| line.trim_start().starts_with(peer));
        line.unwrap_or_else(|| panic!("{peer} is not in {output}")).to_owned()
    };
    assert!(line(&address).ends_with("  this node itself"), "{output}");
    for (peer, words) in known.iter().zip([
        "3 blocks, the same chain",
        "5 blocks, 2 blocks ahead of us",
        "2 blocks, 1 block behind us",
        "3 blocks, parted after block 2",
        "1 block, no block in common",
    ]) {
        let line = line(peer);
        assert!(line.contains("  answers  ") && line.contains(words) && line.ends_with(" ms)"), "{words:?}: {line}");
    }
    assert!(line(&dead).contains("  fails  ") && line(&dead).contains("refused"), "{output}");
    assert!(
        line(&listing).contains("  fails  ") && line(&listing).contains("No B-Coin node answers there"),
        "{output}"
    );
    let peers = document(&address, &["peers"]).await["peers"].as_array().unwrap().clone();
    let states: Vec<_> = peers.iter().map(|peer| peer["state"].as_str().unwrap()).collect();
    assert_eq!(states, ["itself", "fails", "answers", "answers", "answers", "answers", "answers", "fails"]);
}

#[tokio::test]
async fn peers_are_added_and_removed() {
    let node = TestNode::start().await;
    let address = node.address();
    let added = printed(&address, &["peers", "--add", "http://127.0.0.1:25002/", "--add", "[::1]:25003"]).await;
    assert_eq!(
        added,
        "127.0.0.1:25002 is added; it does not answer yet\n[::1]:25003 is added; it does not answer yet\n"
    );
    let added = printed(&address, &["peers", "--add", "127.0.0.1:25002,127.0.0.1:25004"]).await;
    assert_eq!(
        added,
        "127.0.0.1:25002 was added already; it does not answer\n127.0.0.1:25004 is added; it does not answer yet\n"
    );
    assert_eq!(
        document(&address, &["peers", "--add", "127.0.0.1:25005"]).await,
        json!({"added": ["127.0.0.1:25005"], "peers": ["127.0.0.1:25002", "[::1]:25003", "127.0.0.1:25004", "127.0.0.1:25005"]})
    );
    let removed = printed(&address, &["peers", "--remove", "http://127.0.0.1:25002", "--remove", "[::1]:25003"]).await;
    assert_eq!(removed, "127.0.0.1:25002 is forgotten\n[::1]:25003 is forgotten\n");
    let removed = document(&address, &["peers", "--remove", "127.0.0.1:25004"]).await;
    assert_eq!(removed, json!({"removed": ["127.0.0.1:25004"]}));
    let known = node.http.get("/api/v1/peers?ask=false").await.json()["peers"].as_array().unwrap().len();
    assert_eq!(known, 1);
    assert!(refused(&address, &["peers", "--remove", "127.0.0.1:25004"]).await.contains("does not know"));
}

#[tokio::test]
async fn a_replacement_is_printed_with_its_new_and_its_disconnected_blocks() {
    let (node, longer, shorter) = (TestNode::start().await, TestNode::start().await, TestNode::start().await);
    let (address, dead) = (node.address(), nowhere().await);
    node.connect(&[&longer.address(), &shorter.address(), &dead]).await;
    node.http.pay(10).await;
    node.http.mine().await;
    let hash = node.http.get("/api/v1/blocks/2").await.json()["hash"].as_str().unwrap()[..8].to_owned();
    let stays = printed(&address, &["peers", "--replace"]).await;
    assert!(
        stays.contains(&format!("{}  passed over  1 block: Its chain of length 1 is not longer", longer.address())),
        "{stays}"
    );
    assert!(stays.ends_with("The chain stays as it is, with 2 blocks.\n"), "{stays}");

    for _ in 0..4 {
        longer.http.mine().await;
    }
    let output = printed(&address, &["peers", "--replace"]).await;
    let offers: Vec<_> = output.lines().take(3).collect();
    assert!(offers[0].contains(&longer.address()) && offers[0].contains("  taken        5 blocks: "), "{output}");
    assert!(offers[1].contains(&shorter.address()) && offers[1].contains("  passed over  1 block: "), "{output}");
    assert!(offers[2].contains(&dead) && offers[2].contains("  passed over  No answer: "), "{output}");
    let rest: Vec<_> = output.lines().skip(3).collect();
    assert_eq!(
        rest[..2],
        ["The chain has 5 blocks now.", "Given up: blocks 1 to 2; kept under number 1 (`bcoin export --given-up 1`)."]
    );
    assert!(rest[2].starts_with("  block 1, hash ") && rest[2].ends_with(", 0 transactions"), "{output}");
    assert_eq!(rest[3], format!("  block 2, hash {hash}..., 2 transactions"));
    assert_eq!(rest[4..], ["Waiting again: 1 payment.", "  Alice pays Bob 10"]);

    longer.http.mine().await;
    let round = document(&address, &["peers", "--replace"]).await;
    assert_eq!(
        (&round["replaced"], &round["length"], &round["replacement"]["fork"]),
        (&json!(true), &json!(6), &json!(5))
    );
    longer.http.mine().await;
    let output = printed(&address, &["peers", "--replace"]).await;
    assert!(
        output.ends_with(
            "The chain has 7 blocks now.\nNo block was given up: the longer chain goes on where ours ended.\n"
        ),
        "{output}"
    );
}
