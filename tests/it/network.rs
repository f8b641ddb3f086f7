//! `/api/v1/network` and the event `network`: all nodes in one tree of blocks, and changes of other nodes as they happen.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use bcoin::peers::{EventStream, Message};
use bcoin_testkit::{FakePeer, Http, chain, fake_peer::response};
use serde_json::{Value, json};
use tokio::{io::AsyncWriteExt as _, time::timeout};

use crate::support::{BCOIN, Canned, TestNode};

/// How long a test waits for anything that has to happen.
const TIMEOUT: Duration = Duration::from_secs(30);
/// Longer than any event of these tests.
const MAX_EVENT: usize = 1 << 20;

/// Who listens to the network.
struct Listener(EventStream);

impl Listener {
    async fn start(http: &Http) -> Self {
        let response = http.request("GET", "/api/v1/events?network=true&only=block").send().await.unwrap();
        assert_eq!(response.status(), 200);
        Self(EventStream::new(response, String::new(), MAX_EVENT))
    }

    /// The first network for which `holds` is true.
    async fn network_where(&mut self, holds: impl Fn(&Value) -> bool) -> Value {
        let mut last = Value::Null;
        let wait = async {
            loop {
                for message in self.0.next().await.expect("the stream goes on") {
                    let Message::Event(event) = message else { continue };
                    if event.name == "network" {
                        last = serde_json::from_str(&event.data).unwrap();
                        if holds(&last) {
                            return;
                        }
                    }
                }
            }
        };
        if timeout(TIMEOUT, wait).await.is_err() {
            panic!("not in time; the last network was {last:#}");
        }
        last
    }
}

/// The node of the network with this address.
fn node<'n>(network: &'n Value, address: &str) -> &'n Value {
    let found = network["nodes"].as_array().unwrap().iter().find(|node| node["address"] == address);
    found.unwrap_or_else(|| panic!("{address} is not in {network}"))
}

#[tokio::test]
async fn a_change_on_another_node_is_heard_without_asking() {
    let [one, two, three] = TestNode::three().await;
    let mut listener = Listener::start(&one.http).await;
    let start = listener
        .network_where(|network| network["nodes"].as_array().unwrap().iter().all(|node| node["state"] != "unasked"))
        .await;
    assert_eq!(start["nodes"].as_array().unwrap().len(), 3, "the own address is not listed twice");
    assert_eq!((&start["nodes"][0]["state"], &start["nodes"][0]["address"]), (&json!("here"), &Value::Null));
    assert_eq!(start["branches"].as_array().unwrap().len(), 3, "three first blocks");

    two.http.mine().await;
    let network = listener.network_where(|network| node(network, &two.address())["length"] == 2).await;
    let tip = two.http.get("/api/v1/status").await.json()["tip"]["hash"].clone();
    assert_eq!(node(&network, &two.address())["tip_hash"], tip);
    assert_eq!(node(&network, &two.address())["last_mined"]["hash"], tip);
    assert_eq!(node(&network, &two.address())["relation"], "parted");

    for node in [&one, &three] {
        assert!(node.http.replace_chain().await);
    }
    let agree = |network: &Value| {
        let nodes = network["nodes"].as_array().unwrap();
        network["branches"].as_array().unwrap().len() == 1 && nodes.iter().all(|node| node["branch"] == 0)
    };
    listener.network_where(agree).await;

    three.http.send(three.http.request("PUT", "/api/v1/mining").body(r#"{"mode": "on_payment"}"#)).await;
    listener.network_where(|network| node(network, &three.address())["mining"]["mode"] == "on_payment").await;

    three.http.mine().await;
    three.http.mine().await;
    one.http.mine().await;
    let network = listener.network_where(|network| node(network, &three.address())["length"] == 4).await;
    let network = match network["nodes"][0]["length"] == 3 {
        true => network,
        false => listener.network_where(|network| network["nodes"][0]["length"] == 3).await,
    };
    let branch = node(&network, &three.address())["branch"].as_u64().unwrap() as usize;
    assert_eq!(network["branches"][branch]["parent"], 0);
    assert_eq!((&network["branches"][branch]["fork"], &network["branches"][branch]["length"]), (&json!(2), &json!(4)));
    assert_eq!(network["branches"][0]["length"], 3);

    let gone = three.address();
    three.running.stop().await;
    let network = listener.network_where(|network| node(network, &gone)["state"] == "fails").await;
    let seen = node(&network, &gone);
    assert_eq!((&seen["error_code"], &seen["length"], seen["branch"].is_u64()), (&json!("refused"), &json!(4), true));
    assert!(seen["seen_at"].is_string(), "{seen}");
}

#[tokio::test]
async fn the_network_is_told_to_who_asks_once_and_its_tree_joins_what_peers_share() {
    let [one, two, three] = TestNode::three().await;
    for _ in 0..2 {
        two.http.mine().await;
    }
    assert!(three.http.replace_chain().await);
    three.http.mine().await;
    two.http.mine().await;
    two.http.mine().await;
    let network = one.http.get("/api/v1/network").await.json();
    // Two and three share three blocks of which one has none.
    let branches: Vec<_> = network["branches"]
        .as_array()
        .unwrap()
        .iter()
        .map(|branch| (branch["parent"].as_u64(), branch["fork"].as_u64().unwrap(), branch["length"].as_u64().unwrap()))
        .collect();
    assert_eq!(branches, [(None, 0, 1), (None, 0, 5), (Some(1), 3, 4)]);
    assert_eq!(
        (node(&network, &two.address())["branch"].clone(), node(&network, &three.address())["branch"].clone()),
        (json!(1), json!(2))
    );
}

#[tokio::test]
async fn a_fork_far_below_the_last_blocks_is_found() {
    let [one, two, _three] = TestNode::three().await;
    one.http.mine().await;
    assert!(two.http.replace_chain().await);
    for _ in 0..100 {
        two.http.mine().await;
    }
    one.http.mine().await;
    let mut listener = Listener::start(&one.http).await;
    let network = listener.network_where(|network| node(network, &two.address())["relation"] == "parted").await;
    let branch = node(&network, &two.address())["branch"].as_u64().unwrap() as usize;
    assert_eq!(network["branches"][branch]["fork"], 2);
    // What was found stays true while both chains grow.
    two.http.mine().await;
    one.http.mine().await;
    let network = listener
        .network_where(|network| node(network, &two.address())["length"] == 103 && network["nodes"][0]["length"] == 4)
        .await;
    assert_eq!(node(&network, &two.address())["common"]["index"], 2);
    let asked = one.http.get("/api/v1/peers").await.json();
    let peer = asked["peers"].as_array().unwrap().iter().find(|peer| peer["address"] == two.address()).unwrap().clone();
    assert_eq!((&peer["relation"], &peer["common"]["index"]), (&json!("parted"), &json!(2)));
}

#[tokio::test]
async fn a_node_of_the_listing_is_looked_at_without_its_whole_chain_when_that_is_long() {
    let asked: Arc<Mutex<Vec<String>>> = Arc::default();
    let serving = |body: String| {
        let asked = asked.clone();
        FakePeer::routing(move |line, mut stream| {
            asked.lock().unwrap().push(line.clone());
            let answer = match line.split(' ').collect::<Vec<_>>()[..] {
                [verb, "/get_chain", _] => {
                    let whole = response("200 OK", "", body.as_bytes());
                    let head = whole.len() - body.len();
                    if verb == "HEAD" { whole[..head].to_vec() } else { whole }
                }
                _ => response("404 NOT FOUND", "", b""),
            };
            async move { _ = stream.write_all(&answer).await }
        })
    };
    let (short, long) = (serving(chain::body(chain::texts(5))).await, serving(chain::body(chain::texts(2000))).await);
    let node_one = TestNode::start().await;
    node_one.connect(&[&short.address(), &long.address()]).await;
    let network = node_one.http.get("/api/v1/network").await.json();
    let (near, far) = (node(&network, &short.address()), node(&network, &long.address()));
    assert_eq!((&near["kind"], &near["length"], &near["relation"]), (&json!("listing"), &json!(5), &json!("parted")));
    assert_eq!((&far["kind"], &far["state"], &far["length"]), (&json!("listing"), &json!("answers"), &Value::Null));
    // Looking again asks for the length of the answer alone.
    asked.lock().unwrap().clear();
    node_one.http.get("/api/v1/peers").await;
    let lines = asked.lock().unwrap().clone();
    assert!(lines.iter().any(|line| line.starts_with("HEAD /get_chain")), "{lines:?}");
    assert!(!lines.iter().any(|line| line.starts_with("GET /get_chain")), "{lines:?}");
    // What an exchange has shown is kept.
    assert!(node_one.http.replace_chain().await);
    let network = node_one.http.get("/api/v1/network").await.json();
    assert_eq!(node(&network, &long.address())["length"], 2000);
    assert_eq!(node(&network, &long.address())["relation"], "same");
}

#[tokio::test]
async fn a_peer_that_tells_odd_things_of_itself_harms_nobody() {
    let hash = "ab".repeat(32);
    for (status, answers) in [
        (
            json!({"length": 3, "tip": {"index": 3, "hash": hash}, "name": "a\nb", "miner": ["x"], "mining": {"mode": "later"}}),
            true,
        ),
        (json!({"length": 3, "tip": {"index": 3, "hash": hash}, "name": "x".repeat(5000), "last_mined": 7}), true),
        (
            json!({"length": 3, "tip": {"index": 3, "hash": hash}, "last_mined": {"index": 3, "hash": "x".repeat(5000), "time": "2026-11-28T00:00:00Z"}}),
            true,
        ),
        (json!({"length": u64::MAX, "tip": {"index": u64::MAX, "hash": hash}}), false),
        (json!({"length": 0, "tip": {"index": 0, "hash": hash}}), false),
        (json!({"length": 3, "tip": {"index": 4, "hash": hash}}), false),
    ] {
        let header = json!({"index": u64::MAX, "hash": hash, "previous_hash": hash, "proof": 1, "timestamp": "t".repeat(5000), "transactions": 1});
        let headers = json!({"headers": [header, header], "length": 3, "next": null}).to_string();
        let status = status.to_string();
        let peer = Canned::start(move |_, path| match path {
            "/api/v1/status" => (200, "application/json", status.clone()),
            "/api/v1/headers" => (200, "application/json", headers.clone()),
            _ => (404, "text/plain", String::new()),
        })
        .await;
        let node_one = TestNode::start().await;
        node_one.connect(&[&peer.address()]).await;
        let network = node_one.http.get("/api/v1/network").await.json();
        let seen = node(&network, &peer.address());
        assert_eq!(seen["state"] == "answers", answers, "{seen}");
        assert_eq!((&seen["name"], &seen["last_mined"]), (&Value::Null, &Value::Null));
        if answers {
            assert_eq!((&seen["length"], &seen["tip_hash"]), (&json!(3), &json!(hash)));
        }
    }
}

/// Comments cost a peer nothing and the node little; without end they are left all the same, and the peer is asked instead.
#[tokio::test]
async fn a_stream_without_end_is_left() {
    let hash = "ab".repeat(32);
    let status = json!({"length": 3, "tip": {"index": 3, "hash": hash}}).to_string();
    let (left, mut is_left) = tokio::sync::watch::channel(0_u32);
    let flood = FakePeer::routing(move |line, mut stream| {
        let (status, left) = (status.clone(), left.clone());
        async move {
            if !line.contains("/api/v1/events") {
                _ = stream.write_all(&response("200 OK", "", status.as_bytes())).await;
                return;
            }
            let head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n";
            _ = stream.write_all(head.as_bytes()).await;
            while stream.write_all(&[b':', b'\n'].repeat(4096)).await.is_ok() {}
            left.send_modify(|count| *count += 1);
        }
    })
    .await;
    let node_one = TestNode::start().await;
    node_one.connect(&[&flood.address()]).await;
    let mut listener = Listener::start(&node_one.http).await;
    listener.network_where(|network| node(network, &flood.address())["length"] == 3).await;
    timeout(TIMEOUT, is_left.wait_for(|count| *count > 0)).await.expect("it is left in time").unwrap();
    let network = node_one.http.get("/api/v1/network").await.json();
    assert_eq!(node(&network, &flood.address())["state"], "answers");
}

#[tokio::test]
async fn only_the_wanted_events_come_and_unknown_names_are_refused() {
    let node = TestNode::start().await;
    let refused = node.http.get("/api/v1/events?only=block,blocks").await;
    assert_eq!(refused.status, 400);
    assert!(refused.text.contains("blocks is none"), "{}", refused.text);
    let response = node.http.request("GET", "/api/v1/events?only=block").send().await.unwrap();
    let mut stream = EventStream::new(response, String::new(), MAX_EVENT);
    node.http.pay(1).await;
    node.http.mine().await;
    let names = async {
        loop {
            let messages = stream.next().await.unwrap();
            let names: Vec<_> = messages
                .into_iter()
                .filter_map(|message| match message {
                    Message::Event(event) => Some(event.name),
                    _ => None,
                })
                .collect();
            if !names.is_empty() {
                return names;
            }
        }
    };
    assert_eq!(timeout(TIMEOUT, names).await.unwrap(), ["block"]);
}

/// Nobody is asked while nobody looks, and 60 nodes of one process share their looks at each other.
#[tokio::test]
async fn sixty_nodes_of_one_process_are_seen_by_each_through_few_connections() {
    let mut process = BCOIN.start(&["network", "--count", "60", "--first-port", "17001"]);
    process.until_ready().unwrap();
    let http = Http::new("127.0.0.1:17001".parse().unwrap());
    let mut listener = Listener::start(&http).await;
    let answered =
        |network: &Value| network["nodes"].as_array().unwrap().iter().filter(|node| node["state"] == "answers").count();
    listener.network_where(|network| answered(network) == 59).await;
    let last = Http::new("127.0.0.1:17060".parse().unwrap());
    last.mine().await;
    listener.network_where(|network| node(network, "127.0.0.1:17060")["length"] == 2).await;
    let mut others = Vec::new();
    for port in [17002, 17030, 17059] {
        others.push(Listener::start(&Http::new(([127, 0, 0, 1], port).into())).await);
    }
    for other in &mut others {
        other.network_where(|network| answered(network) == 59).await;
    }
    #[cfg(target_os = "linux")]
    {
        let open = std::fs::read_dir(format!("/proc/{}/fd", process.id())).unwrap().count();
        assert!(open < 500, "{open} descriptors are open");
    }
    process.terminate().unwrap();
}
