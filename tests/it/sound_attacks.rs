//! Attacks by block on a node under the sound rules: blocks that break a rule, served by a peer and sent by hand, and floods of
//! blocks that have to be kept aside.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use bcoin::app::RuledNode;
use bcoin_ledger::{
    CheckedBlock as _,
    sound::{Address, HEADER_BYTES, Header, Network, Note, SecretKey, Signature, Sound, Transfer},
};
use bcoin_node::{Source, SubmitOutcome, now};
use bcoin_testkit::{
    FakePeer, Http,
    cheap::{Cheap, End},
    fake_peer::response,
    sound::{FEE, address, instant, transfer, transfer_json},
};
use serde_json::{Value, json};
use tokio::{io::AsyncWriteExt as _, time::sleep};

use crate::support::{TestNode, vectors};

/// How many sources the floods have.
const SOURCES: u64 = 20;
/// How long a test waits for anything that has to happen.
const TIMEOUT: Duration = Duration::from_secs(60);

/// The known answers of an independent model.
struct Model {
    golden: Value,
    rules: Sound,
}

impl Model {
    fn read() -> Self {
        let golden = vectors("sound/ledger");
        let genesis = hex::decode(golden["chain"]["genesis_block"].as_str().unwrap()).unwrap();
        let rules = Sound::new(Network::from_genesis(&genesis, u32::MAX).unwrap());
        Self { golden, rules }
    }

    /// The encodings of the first blocks of the chain, the genesis block and `after` others.
    fn chain(&self, after: usize) -> Vec<String> {
        let genesis = hex::encode(self.rules.network().genesis().encoding());
        let blocks = self.golden["chain"]["blocks"].as_array().unwrap()[..after].iter();
        [genesis].into_iter().chain(blocks.map(|block| raw(block).to_owned())).collect()
    }

    /// What is refused when the chain has `after` blocks beside the genesis block.
    fn refused(&self, after: usize) -> Vec<&Value> {
        let is_here = |list: &&Value| list["after"] == json!(after);
        let refused = self.golden["refused_blocks"].as_array().unwrap().iter().filter(is_here);
        let bodies = self.golden["same_header"].as_array().unwrap().iter().filter(is_here);
        refused.chain(bodies.flat_map(|list| list["bodies"].as_array().unwrap())).collect()
    }

    /// A payment of the first key that the node takes now; none when no key has the money.
    async fn payment(&self, http: &Http) -> Option<Transfer> {
        for key in self.golden["keys"].as_array().unwrap() {
            let secret = hex::decode(key["secret"].as_str().unwrap()).unwrap();
            let secret = SecretKey::from_bytes(secret.try_into().unwrap()).unwrap();
            let account = account(http, key["address"].as_str().unwrap()).await;
            if account["balance"].as_u64().unwrap() < 1_000_000 {
                continue;
            }
            let mut transfer = Transfer {
                sender: secret.public_key().into(),
                receiver: bcoin_testkit::sound::key(9).into(),
                amount: 1,
                fee: 1000,
                nonce: account["next_nonce"].as_u64().unwrap(),
                note: Note::default(),
                signature: Signature::from_bytes([0; 64]),
            };
            transfer.signature = secret.sign(&transfer.sighash(self.rules.network().sighash_engine()), &[0; 32]);
            return Some(transfer);
        }
        None
    }
}

fn raw(block: &Value) -> &str {
    block["raw"].as_str().unwrap()
}

/// Offers an encoding in hexadecimal digits: status and answer.
async fn offer(http: &Http, raw: &str) -> (u16, Value) {
    let answer = http.post("/api/v1/blocks/raw", json!({"raw": raw}).to_string()).await;
    (answer.status, answer.json())
}

async fn account(http: &Http, address: &str) -> Value {
    http.get(&format!("/api/v1/accounts/{address}")).await.expect(200).unwrap().json()
}

/// All that a refused block could change.
async fn state(http: &Http) -> Vec<String> {
    let mut state = Vec::new();
    for path in ["/get_chain", "/api/v1/accounts", "/api/v1/pending", "/api/v1/replacements"] {
        state.push(http.get(path).await.expect(200).unwrap().text);
    }
    let status = http.get("/api/v1/status").await.json();
    state.push(json!([status["tip"], status["length"], status["work"], status["mempool"]]).to_string());
    state
}

/// A peer that serves a chain, which a test may change, as a node does. It always tells of more work than anybody has.
struct LyingPeer {
    peer: FakePeer,
    chain: Arc<Mutex<Vec<String>>>,
}

impl LyingPeer {
    async fn start(rules: &Sound) -> Self {
        let chain: Arc<Mutex<Vec<String>>> = Arc::default();
        let (served, genesis) = (chain.clone(), rules.network().genesis_hash().to_string());
        let peer = FakePeer::routing(move |request, mut stream| {
            let chain = served.lock().unwrap().clone();
            let answer = answer(&request, &chain, &genesis);
            let response = match answer {
                Some(answer) => response("200 OK", "", answer.to_string().as_bytes()),
                None => response("404 Not Found", "", b"{}"),
            };
            // The node may hang up as soon as it has seen enough.
            async move { drop(stream.write_all(&response).await) }
        })
        .await;
        Self { peer, chain }
    }

    fn serve(&self, chain: Vec<String>) {
        *self.chain.lock().unwrap() = chain;
    }
}

fn header(block: &str) -> Header {
    let mut bytes = [0; HEADER_BYTES];
    hex::decode_to_slice(&block[..2 * HEADER_BYTES], &mut bytes).unwrap();
    Header::decode(&bytes)
}

fn answer(request: &str, chain: &[String], genesis: &str) -> Option<Value> {
    let path = request.split(' ').nth(1)?;
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let from = query.split('&').find_map(|part| part.strip_prefix("from=")?.parse().ok()).unwrap_or(1_usize) - 1;
    let rest = chain.get(from..).unwrap_or_default();
    Some(match path {
        "/api/v1/status" => json!({
            "rules": "sound", "genesis": genesis, "length": chain.len(), "work": "f".repeat(64),
            "tip": {"index": chain.len(), "hash": header(chain.last()?).hash().to_string()},
        }),
        "/api/v1/headers" => {
            let page = rest.iter().zip(from + 1..).take(1).map(|(block, index)| {
                let header = header(block);
                json!({
                    "index": index, "hash": header.hash().to_string(), "previous_hash": header.previous.to_string(),
                    "timestamp": header.time, "transactions": 1,
                })
            });
            let page = page.collect::<Vec<_>>();
            json!({"headers": page})
        }
        "/api/v1/chain/headers" => {
            let headers: Vec<_> = rest.iter().map(|block| &block[..2 * HEADER_BYTES]).collect();
            json!({"headers": headers, "length": headers.len()})
        }
        "/api/v1/chain" => json!({"chain": rest, "length": rest.len()}),
        _ => return None,
    })
}

/// Lets a node ask its peers, and tells the code and the sentence for the first of them.
async fn ask(http: &Http) -> (String, String) {
    let round = http.post("/api/v1/replacements", "").await.expect(200).unwrap().json();
    let text = |name: &str| round["offers"][0][name].as_str().unwrap_or_default().to_owned();
    (text("code"), text("reason"))
}

#[tokio::test]
async fn what_the_model_refuses_changes_nothing_and_the_honest_block_is_taken_afterwards() {
    let model = Model::read();
    let mut offered = 0;
    for after in [0, 11, 13, 19, 20, 24, 39] {
        let node = TestNode::sound(&model.rules, None).await;
        let (http, peer) = (&node.http, LyingPeer::start(&model.rules).await);
        for block in &model.chain(after)[1..] {
            assert_eq!(offer(http, block).await.0, 201);
        }
        if let Some(payment) = model.payment(http).await {
            http.post("/api/v1/transactions", transfer_json(&payment).to_string()).await.expect(201).unwrap();
        }
        let before = state(http).await;
        peer.serve(model.chain(after));
        node.connect(&[&peer.peer.address()]).await;
        let refused = model.refused(after);
        assert!(!refused.is_empty());
        for block in refused {
            let what = format!("{} ({}) after {after}", block["what"], block["why"]);
            peer.serve([model.chain(after), vec![raw(block).to_owned()]].concat());
            let (code, reason) = ask(http).await;
            // One that does not follow the chain is taken for a chain that has changed meanwhile.
            let expected = if block["why"] == "previous" { "changed" } else { "bad_chain" };
            assert_eq!(code, expected, "{what}: {reason}");
            assert_eq!(state(http).await, before, "{what}, served by a peer");
            let (status, answer) = offer(http, raw(block)).await;
            if block["why"] != "previous" || status != 202 {
                assert_eq!((status, &answer["why"]), (422, &block["why"]), "{what}: {answer}");
            }
            assert_eq!(state(http).await, before, "{what}, sent by hand");
            offered += 1;
        }
        peer.serve(model.chain(after + 1));
        let (code, reason) = ask(http).await;
        let honest = &model.golden["chain"]["blocks"][after];
        let tip = http.get("/api/v1/status").await.json()["tip"].clone();
        assert_eq!((&tip["index"], &tip["hash"]), (&honest["index"], &honest["hash"]), "{code}: {reason}");
        assert!(http.is_valid().await);
    }
    assert!(offered > 100, "{offered}");
}

#[tokio::test]
async fn a_peer_whose_best_chain_cannot_be_connected_keeps_nobody_from_the_chain_of_an_honest_one() {
    let rules = instant("two peers");
    let chain = |number, length, last: &[Transfer]| {
        let mut chain = vec![hex::encode(rules.network().genesis().encoding())];
        let mut end = End::genesis(&rules);
        for left in (0..length).rev() {
            let block = end.next(&rules, number, if left == 0 { last } else { &[] });
            end = block.end;
            chain.push(hex::encode(block.encoding));
        }
        (chain, end)
    };
    let (node, evil, honest) =
        (TestNode::sound(&rules, None).await, LyingPeer::start(&rules).await, LyingPeer::start(&rules).await);
    let nobody_has_it = transfer(&rules, 5, 6, 1, FEE, 0);
    evil.serve(chain(1, 6, &[nobody_has_it]).0);
    let (theirs, end) = chain(2, 4, &[]);
    honest.serve(theirs);
    node.connect(&[&evil.peer.address(), &honest.peer.address()]).await;
    let (code, reason) = ask(&node.http).await;
    assert_eq!(code, "bad_chain", "{reason}");
    assert!(reason.contains("block 7"), "{reason}");
    assert_eq!(node.running.node().view().tip.hash, end.hash);
}

/// Asserts that these are the accounts of a node, and all of them.
async fn has_accounts(http: &Http, accounts: &Value) {
    let accounts = accounts.as_object().unwrap();
    for (address, expected) in accounts {
        let found = account(http, address).await;
        assert_eq!((&found["balance"], &found["nonce"]), (&expected["balance"], &expected["nonce"]), "{address}");
    }
    // Who has a reward that is not mature is listed as well.
    let all = http.get("/api/v1/accounts?limit=1000").await.json();
    let all = all["accounts"].as_array().unwrap().iter();
    let kept = all.filter(|account| account["balance"] != 0 || account["nonce"] != 0);
    assert_eq!(kept.count(), accounts.len());
}

#[tokio::test]
async fn the_branch_of_the_model_overtakes_with_its_accounts() {
    let model = Model::read();
    let (chain, branch) = (&model.golden["chain"], &model.golden["branch"]);
    let blocks = branch["blocks"].as_array().unwrap();
    let (by_hand, by_peer) = (TestNode::sound(&model.rules, None).await, TestNode::sound(&model.rules, None).await);
    for block in chain["blocks"].as_array().unwrap() {
        for node in [&by_hand, &by_peer] {
            assert_eq!(offer(&node.http, raw(block)).await.0, 201);
            if block["accounts"].is_object() {
                has_accounts(&node.http, &block["accounts"]).await;
            }
        }
    }
    let mut outcomes = Vec::new();
    for block in blocks {
        let (_, answer) = offer(&by_hand.http, raw(block)).await;
        outcomes.push(answer["outcome"].as_str().unwrap().to_owned());
    }
    let overtaking = outcomes.iter().position(|outcome| outcome != "branch").unwrap();
    assert_eq!(outcomes[overtaking], "reorganised", "{outcomes:?}");
    assert!(outcomes[overtaking + 1..].iter().all(|outcome| outcome == "connected"), "{outcomes:?}");

    let peer = LyingPeer::start(&model.rules).await;
    let theirs = blocks.iter().map(|block| raw(block).to_owned()).collect();
    peer.serve([model.chain(branch["after"].as_u64().unwrap() as usize), theirs].concat());
    by_peer.connect(&[&peer.peer.address()]).await;
    let (code, reason) = ask(&by_peer.http).await;
    for node in [&by_hand, &by_peer] {
        let status = node.http.get("/api/v1/status").await.json();
        assert_eq!(status["work"], branch["work"], "{code}: {reason}");
        assert_eq!(status["tip"]["hash"], blocks.last().unwrap()["hash"]);
        has_accounts(&node.http, &branch["accounts"]).await;
        assert!(node.http.is_valid().await);
    }
}

/// What becomes of a block of this source. To the routes, all that comes from this machine is one source.
async fn offer_of(node: &TestNode, source: u64, block: &Cheap) -> SubmitOutcome {
    let RuledNode::Sound(handle) = node.running.ruled() else { panic!("other rules") };
    let source = Source::new(format!("192.0.2.{source}"));
    handle.submit(block.encoding.clone(), source).await.unwrap().outcome
}

/// How many of these blocks the node has.
async fn stored(http: &Http, blocks: &[Cheap]) -> usize {
    let mut stored = 0;
    for block in blocks {
        stored += usize::from(http.get(&format!("/api/v1/blocks/{}/header", block.end.hash)).await.status == 200);
    }
    stored
}

#[tokio::test]
async fn a_flood_of_orphans_is_kept_within_its_bounds_and_the_block_of_somebody_else_gets_in() {
    const MAX_ORPHANS: usize = 256;
    const EACH: u64 = 40;
    let rules = instant("orphans");
    let node = TestNode::sound(&rules, Some(1)).await;
    let genesis = End::genesis(&rules);
    let parent = genesis.next(&rules, 0, &[]);
    let mut flood = Vec::new();
    let first = parent.end.next(&rules, u64::MAX, &[]);
    assert_eq!(offer(&node.http, &hex::encode(&first.encoding)).await.1["outcome"], "orphan");
    for source in 0..SOURCES {
        for number in 0..EACH {
            let orphan = parent.end.next(&rules, source * EACH + number, &[]);
            assert_eq!(offer_of(&node, source, &orphan).await, SubmitOutcome::Orphan);
            flood.push(orphan);
        }
    }
    // The chain goes on meanwhile, and so does a block from elsewhere.
    assert_eq!(node.http.mine().await["index"], 2);
    let tip = node.running.node().view().tip;
    let raw = node.http.get("/api/v1/blocks/2/raw").await.json()["raw"].as_str().unwrap().to_owned();
    let end = End::of(&hex::decode(raw).unwrap(), 1);
    assert_eq!(end.hash, tip.hash);
    let honest = end.next(&rules, 7, &[]);
    assert_eq!(offer(&node.http, &hex::encode(&honest.encoding)).await.0, 201);

    // What was kept shows when the parent comes.
    assert_eq!(offer(&node.http, &hex::encode(&parent.encoding)).await.1["outcome"], "branch");
    assert_eq!(stored(&node.http, &flood).await, MAX_ORPHANS - 1);
    assert_eq!(stored(&node.http, &[first, honest]).await, 2, "the only orphan of a modest source was kept");
}

#[tokio::test]
async fn a_flood_of_early_blocks_is_kept_within_its_bounds_and_the_block_of_somebody_else_gets_in() {
    const MAX_EARLY: usize = 64;
    const MAX_EARLY_OF_SOURCE: usize = 4;
    /// How far ahead of the clock a block may be.
    const LATEST: u32 = 60;
    let rules = instant("early");
    let node = TestNode::sound(&rules, Some(1)).await;
    let genesis = End::genesis(&rules);
    let soon = now().timestamp() as u32 + LATEST + 10;
    let mut flood = Vec::new();
    let mut kept = Vec::new();
    for source in 0..SOURCES {
        let mut of_source = 0;
        for number in 0..6 {
            let early = genesis.next_at(&rules, source * 10 + number, soon, &[]);
            match offer_of(&node, source, &early).await {
                SubmitOutcome::Early => of_source += 1,
                outcome => assert_eq!(outcome, SubmitOutcome::NotKept),
            }
            flood.push(early);
        }
        kept.push(of_source);
    }
    assert!(kept.iter().all(|count| *count <= MAX_EARLY_OF_SOURCE), "{kept:?}");
    assert_eq!(kept.iter().sum::<usize>(), MAX_EARLY, "{kept:?}");
    let too_early = genesis.next_at(&rules, 1000, soon + 3600, &[]);
    assert_eq!(offer(&node.http, &hex::encode(&too_early.encoding)).await.1["outcome"], "not_kept");
    // A block whose time has come needs no place.
    let honest = genesis.next_at(&rules, 1001, now().timestamp() as u32, &[]);
    let (status, answer) = offer(&node.http, &hex::encode(&honest.encoding)).await;
    assert_eq!((status, &answer["outcome"]), (201, &json!("connected")));
    assert_eq!(stored(&node.http, &flood).await, 0, "none is taken before its time");

    // When their time has come, those that were kept are taken in, beside the chain.
    let began = std::time::Instant::now();
    while stored(&node.http, &flood).await < MAX_EARLY {
        assert!(began.elapsed() < TIMEOUT);
        sleep(Duration::from_millis(500)).await;
    }
    assert_eq!(stored(&node.http, &flood).await, MAX_EARLY);
    assert_eq!(node.running.node().view().tip.hash, honest.end.hash);
    let paid = account(&node.http, &Address::to_string(&address(1))).await;
    assert_eq!(paid["balance"], 0);
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn all_addresses_of_loopback_have_one_share_of_what_is_kept_aside() {
    let rules = instant("loopback");
    let node = TestNode::sound(&rules, None).await;
    let (genesis, soon) = (End::genesis(&rules), now().timestamp() as u32 + 100);
    let mut outcomes = Vec::new();
    for last in 1..=5 {
        let http = Http::coming_from([127, 0, 0, last].into(), node.running.address());
        let early = genesis.next_at(&rules, last.into(), soon, &[]);
        outcomes.push(offer(&http, &hex::encode(&early.encoding)).await.1["outcome"].as_str().unwrap().to_owned());
    }
    assert_eq!(outcomes, ["early", "early", "early", "early", "not_kept"]);
}
