//! Fetching chains from peers that are honest, and from peers that are not.

use std::{sync::atomic::AtomicBool, time::Instant};

use bcoin_ledger::{
    BlockHash, CheckedBlock as _, Rules as _,
    sound::{CheckedBlock, HEADER_BYTES, Header, Sound},
};
use bcoin_node::{Adoption, NodeHandle, now};
use serde_json::json;

use super::super::{
    client::PeerClient,
    error::PeerError,
    fetch::{Fetch, Fetched},
    limits::ClientLimits,
    testing::{FakePeer, Served, limits, mined, node, room, rules, tip},
};

/// What comes of fetching a peer's chain.
async fn fetch(
    rules: &Sound,
    node: &NodeHandle<Sound>,
    peer: &FakePeer,
    limits: ClientLimits,
) -> Result<Fetched<Sound>, PeerError> {
    let client = PeerClient::new(limits).unwrap();
    let (view, delivering) = (node.view(), AtomicBool::new(false));
    let peer = &peer.address;
    Fetch { rules, client: &client, node, peer, view: &view, delivering: &delivering }.run().await
}

/// Fetches the chain of a peer that serves this, by a node with `own`. Returns what came of it, and whether blocks were asked for.
async fn offered(own: &[CheckedBlock], served: Served) -> (Result<Fetched<Sound>, PeerError>, bool) {
    let rules = rules();
    let (node, peer) = (node(&rules, own).await, FakePeer::serving(served).await);
    let fetched = fetch(&rules, &node, &peer, limits()).await;
    assert_eq!(node.view().tip, own.last().map_or(rules.genesis(now()).tip(), CheckedBlock::tip));
    (fetched, peer.asked_for("/api/v1/chain") > 0)
}

fn candidate_tip(fetched: Result<Fetched<Sound>, PeerError>) -> bcoin_ledger::Tip {
    match fetched {
        Ok(Fetched::Chain { candidate, is_listing: false }) => candidate.tip(),
        Ok(Fetched::Chain { .. }) => panic!("it is no node of the listing"),
        Ok(Fetched::NotLonger { length, .. }) => panic!("no better chain, but one of length {length}"),
        Err(error) => panic!("{error}"),
    }
}

fn refusal((fetched, asked_for_blocks): (Result<Fetched<Sound>, PeerError>, bool)) -> (String, &'static str, bool) {
    match fetched {
        Ok(Fetched::NotLonger { length, .. }) => (length.to_string(), "not_longer", asked_for_blocks),
        Ok(Fetched::Chain { .. }) => panic!("a chain was taken"),
        Err(error) => (error.told(), error.code(), asked_for_blocks),
    }
}

#[tokio::test]
async fn a_branch_with_more_work_is_fetched_from_the_last_common_block() {
    let rules = rules();
    let own = mined(&rules, &[], 1, 12);
    for common in [1, 2, 7, 12, 13] {
        let theirs = mined(&rules, &own[..common], 2, 14 - common);
        let (fetched, _) = offered(&own, Served { piece: 3, ..Served::honest(&rules, &theirs) }).await;
        let Ok(Fetched::Chain { candidate, .. }) = fetched else { panic!("common {common}") };
        assert_eq!((candidate.fork(), candidate.tip()), (common as u64, tip(&theirs)));
    }
}

#[tokio::test]
async fn a_chain_without_more_work_costs_a_status() {
    let rules = rules();
    let own = mined(&rules, &[], 1, 5);
    let theirs = mined(&rules, &[], 2, 5);
    assert_eq!(refusal(offered(&own, Served::honest(&rules, &theirs)).await), ("6".into(), "not_longer", false));
}

#[tokio::test]
async fn work_that_is_only_claimed_costs_no_block() {
    let rules = rules();
    let own = mined(&rules, &[], 1, 5);
    let theirs = mined(&rules, &[], 2, 4);
    let mut liar = Served::honest(&rules, &theirs);
    liar.status["work"] = json!("f".repeat(64));
    assert_eq!(refusal(offered(&own, liar.clone()).await), ("5".into(), "not_longer", false));
    liar.status["length"] = json!(1000);
    liar.status["tip"]["index"] = json!(1000);
    let (told, code, asked_for_blocks) = refusal(offered(&own, liar).await);
    assert_eq!((code, asked_for_blocks), ("bad_chain", false), "{told}");
    assert!(told.contains("it ends after block 5"), "{told}");
}

/// A header that is right but for what `change` does.
fn changed(block: &CheckedBlock, has_work: bool, change: impl Fn(&mut Header)) -> String {
    let bytes: [u8; HEADER_BYTES] = block.encoding()[..HEADER_BYTES].try_into().unwrap();
    let mut header = Header::decode(&bytes);
    change(&mut header);
    let target = header.bits.decode().unwrap();
    while target.is_met_by(header.hash()) != has_work {
        header.nonce = header.nonce.wrapping_add(1);
    }
    hex::encode(header.encode())
}

#[tokio::test]
async fn the_first_bad_header_ends_it_before_any_block_is_asked_for() {
    let rules = rules();
    let theirs = mined(&rules, &[], 2, 9);
    let cases = [
        (changed(&theirs[4], false, |_| ()), "bad_chain", "block 5"),
        (changed(&theirs[4], true, |header| header.time = 0), "bad_chain", "block 5"),
        (changed(&theirs[4], true, |header| header.previous = BlockHash::sha256("other")), "changed", "changed"),
        ("00".repeat(HEADER_BYTES - 1), "bad_chain", "160 hexadecimal digits"),
        ("zz".repeat(HEADER_BYTES), "bad_chain", "160 hexadecimal digits"),
    ];
    for (header, expected, reason) in cases {
        let mut served = Served::honest(&rules, &theirs);
        served.headers[4] = header;
        let (told, code, asked_for_blocks) = refusal(offered(&theirs[..2], served).await);
        assert_eq!((code, asked_for_blocks), (expected, false), "{told}");
        assert!(told.contains(reason), "{told}");
    }
}

#[tokio::test]
async fn headers_that_never_end_or_never_come_are_cut_off() {
    let rules = rules();
    let theirs = mined(&rules, &[], 2, 3);
    let honest = Served::honest(&rules, &theirs);
    let began = Instant::now();
    let endless = Served { endless: Some("/api/v1/chain/headers"), ..honest.clone() };
    assert_eq!(refusal(offered(&[], endless).await).1, "not_a_node");
    let silent = Served { silent: Some("/api/v1/chain/headers"), ..honest.clone() };
    assert_eq!(refusal(offered(&[], silent).await).1, "too_slow");
    // So many headers that their blocks are beyond the limit of a chain, whatever they hold.
    let mut boundless = honest;
    boundless.status["length"] = json!(1_u64 << 50);
    boundless.status["tip"]["index"] = json!(1_u64 << 50);
    boundless.status["work"] = json!("f".repeat(64));
    assert_eq!(refusal(offered(&[], boundless).await).1, "beyond_limit");
    assert!(began.elapsed().as_secs() < 20);
}

#[tokio::test]
async fn blocks_that_never_come_or_do_not_fit_their_headers_are_refused_and_the_honest_ones_are_taken_after_that() {
    let rules = rules();
    let theirs = mined(&rules, &[], 2, 4);
    let other = mined(&rules, &theirs[..3], 3, 2);
    let honest = Served::honest(&rules, &theirs);
    let node = node(&rules, &[]).await;
    let mut of_other_header = honest.clone();
    // The header of the block that was promised, with the transactions of another one.
    of_other_header.bodies[3] = format!("{}{}", honest.headers[3], hex::encode(&other[3].encoding()[HEADER_BYTES..]));
    let mut cut = honest.clone();
    cut.bodies[3].truncate(200);
    let mut ended = honest.clone();
    ended.bodies.truncate(3);
    let mut other_blocks = honest.clone();
    other_blocks.bodies = Served::honest(&rules, &other).bodies;
    let silent = Served { silent: Some("/api/v1/chain"), ..honest.clone() };
    let cases = [
        (of_other_header, "bad_chain"),
        (cut, "bad_chain"),
        (ended, "bad_chain"),
        (other_blocks, "changed"),
        (silent, "too_slow"),
    ];
    for (served, code) in cases {
        let peer = FakePeer::serving(served).await;
        let refused = fetch(&rules, &node, &peer, limits()).await;
        let Err(error) = refused else { panic!("taken, instead of {code}") };
        assert_eq!(error.code(), code, "{error}");
        assert_eq!(node.view().tip.height, 1);
        assert!(theirs.iter().all(|block| node.known_invalid(&block.tip().hash).is_none()), "{code}");
    }
    let peer = FakePeer::serving(honest).await;
    assert_eq!(candidate_tip(fetch(&rules, &node, &peer, limits()).await), tip(&theirs));
}

#[tokio::test]
async fn an_early_header_ends_the_chain_without_blame() {
    let rules = rules();
    let theirs = mined(&rules, &[], 2, 6);
    let mut served = Served::honest(&rules, &theirs);
    let tomorrow = now().timestamp() as u32 + 86_400;
    served.headers[5] = changed(&theirs[5], true, |header| header.time = tomorrow);
    // What is before it has more work than the own chain.
    let (fetched, _) = offered(&theirs[..2], served.clone()).await;
    assert_eq!(candidate_tip(fetched), theirs[4].tip());
    // And here it has not.
    let own = mined(&rules, &[], 1, 5);
    assert_eq!(refusal(offered(&own, served).await), ("5".into(), "not_longer", false));
}

#[tokio::test]
async fn a_peer_of_another_room_is_refused_by_name() {
    let other = room("another room");
    let theirs = mined(&other, &[], 2, 3);
    let (told, code, asked_for_blocks) = refusal(offered(&[], Served::honest(&other, &theirs)).await);
    assert_eq!((code, asked_for_blocks), ("other_network", false));
    assert!(told.contains(r#"the room "another room""#) && told.contains(r#"the room "peers""#), "{told}");
    let genesis = other.genesis_hash().unwrap().to_string();
    assert!(told.contains(&format!("(first block {}...)", &genesis[..8])) && told.contains("--genesis"), "{told}");

    let mut printed = Served::honest(&other, &theirs);
    printed.status = json!({ "length": 4, "tip": { "index": 4, "hash": tip(&theirs).hash.to_string() } });
    for rules in [json!("chapter"), json!(null), json!("gold")] {
        printed.status["rules"] = rules;
        let (told, code, asked_for_blocks) = refusal(offered(&[], printed.clone()).await);
        assert_eq!((code, asked_for_blocks), ("other_rules", false), "{told}");
    }
    let mut nameless = Served::honest(&rules(), &mined(&rules(), &[], 2, 3));
    nameless.status["genesis"] = json!(null);
    assert_eq!(refusal(offered(&[], nameless).await).1, "not_a_node");
}

#[tokio::test]
async fn a_branch_of_10000_blocks_overtakes_with_a_bounded_room() {
    let rules = rules();
    let own = mined(&rules, &[], 1, 20);
    let theirs = mined(&rules, &own[..5], 2, 10_000);
    let node = node(&rules, &own).await;
    // What is received of it and what is checked of it have more than 7 MB together.
    let limits = ClientLimits { spool_bytes: 4 << 20, ..ClientLimits::default() };
    let peer = FakePeer::serving(Served { piece: 1000, ..Served::honest(&rules, &theirs) }).await;
    let Ok(Fetched::Chain { candidate, .. }) = fetch(&rules, &node, &peer, limits).await else { panic!("no chain") };
    assert_eq!((peer.asked_for("/api/v1/chain/headers"), peer.asked_for("/api/v1/chain")), (10, 10));
    assert_eq!((candidate.fork(), candidate.tip()), (5, tip(&theirs)));
    assert!(matches!(node.adopt(*candidate, None).await, Ok(Adoption::Adopted { .. })));
    assert_eq!(node.view().tip, tip(&theirs));
}
