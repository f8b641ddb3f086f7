//! Peers that tell of more work, and peers that only say so.

use std::time::Duration;

use bcoin_ledger::{CheckedBlock as _, Rules as _, Tip, sound::Sound};
use bcoin_node::{NodeHandle, now};
use bcoin_testkit::sound::{Branch, FEE, transfer};
use chrono::TimeDelta;
use serde_json::json;
use tokio::time::{sleep, timeout};
use tokio_util::sync::{CancellationToken, DropGuard};

use super::{
    super::{
        client::PeerClient,
        exchange::Exchange as _,
        round::Outcome,
        sync,
        testing::{FakePeer, Served, limits, mined, node, room, rules, tip},
    },
    *,
};

/// How long a test waits for anything that has to happen.
const TIMEOUT: Duration = Duration::from_secs(20);

/// A node that follows the work of these peers, until this is dropped.
struct Following {
    node: NodeHandle<Sound>,
    sync: SyncHandle<Sound>,
    _stop: DropGuard,
}

async fn following<'p>(rules: &Sound, peers: impl IntoIterator<Item = &'p FakePeer>) -> Following {
    let node = node(rules, &[]).await;
    node.add_peers(peers.into_iter().map(|peer| peer.address.clone()).collect()).await.unwrap();
    let client = PeerClient::new(limits()).unwrap();
    let (observer, stop) = (Observer::new(client.clone()), CancellationToken::new());
    let own = OwnAddress::new("127.0.0.1:1".parse().unwrap());
    let (sync, _) = sync::start(rules.clone(), node.clone(), client, observer.clone(), own, stop.clone());
    start(node.clone(), rules.own_network(), sync.clone(), observer, own, stop.clone());
    Following { node, sync, _stop: stop.drop_guard() }
}

impl Following {
    async fn reaches(&self, tip: Tip) {
        let mut views = self.node.watch_view();
        let reached = timeout(TIMEOUT, views.wait_for(|view| view.tip == tip)).await;
        assert!(reached.is_ok(), "the chain ends at {:?} instead of {tip:?}", self.node.view().tip);
    }
}

async fn eventually(what: &str, holds: impl Fn() -> bool) {
    let wait = async {
        while !holds() {
            sleep(Duration::from_millis(10)).await;
        }
    };
    assert!(timeout(TIMEOUT, wait).await.is_ok(), "not in time: {what}");
}

#[tokio::test]
async fn more_work_is_taken_from_a_status_and_from_each_event_without_being_asked_for() {
    let rules = rules();
    let chain = mined(&rules, &[], 2, 5);
    let peer = FakePeer::serving(Served::honest(&rules, &chain[..4])).await;
    let following = following(&rules, [&peer]).await;
    following.reaches(chain[3].tip()).await;
    eventually("the events are heard", || peer.listeners() == 1).await;
    sleep(Duration::from_millis(200)).await;
    let statuses = peer.asked_for("/api/v1/status");
    for length in 5..=6 {
        let served = Served::honest(&rules, &chain[..length]);
        let header = served.pages[length - 1].clone();
        peer.serve(served);
        peer.tell("block", &json!({ "header": header, "mined_here": true, "time": "2026-11-28T08:00:00Z" }));
        following.reaches(chain[length - 1].tip()).await;
    }
    // Each event is followed by one question of the fetch, and the observer has no reason to ask.
    assert_eq!(peer.asked_for("/api/v1/status"), statuses + 2);
}

#[tokio::test]
async fn a_liar_is_asked_seldom_and_costs_no_block_and_others_are_heard() {
    let rules = rules();
    let chain = mined(&rules, &[], 2, 3);
    let mut lie = Served::honest(&rules, &chain[..1]);
    lie.status["work"] = json!("f".repeat(64));
    let (liar, honest) = (FakePeer::serving(lie).await, FakePeer::serving(Served::honest(&rules, &chain[..3])).await);
    let following = following(&rules, [&liar, &honest]).await;
    following.reaches(chain[2].tip()).await;
    sleep(Duration::from_secs(4)).await;
    honest.serve(Served::honest(&rules, &chain));
    honest.tell("replacement", &json!({}));
    following.reaches(tip(&chain)).await;
    assert_eq!(liar.asked_for("/api/v1/chain"), 0);
    // Asked at once, and after pauses of 1 and 2 seconds; the observer asks for the status too.
    assert!((2..=6).contains(&liar.asked_for("/api/v1/status")), "{}", liar.asked_for("/api/v1/status"));
}

#[tokio::test]
async fn a_block_that_breaks_a_rule_about_accounts_is_fetched_once_and_refused_by_its_header_after_that() {
    let rules = rules();
    let mut branch = Branch::new(&rules, 1, now() - TimeDelta::hours(1));
    let without_cover = transfer(&rules, 1, 2, 1, FEE, 0);
    let chain = [rules.genesis(now()), branch.mine(&[]), branch.mine(&[without_cover]), branch.mine(&[])];
    let peer = FakePeer::serving(Served::honest(&rules, &chain)).await;
    let following = following(&rules, [&peer]).await;
    eventually("the block is remembered", || following.node.known_invalid(&chain[2].tip().hash).is_some()).await;
    assert_eq!(following.node.view().tip.height, 1);
    let round = following.sync.replace_chain().await.unwrap();
    let Outcome::Failed(error) = &round.offers[0].outcome else { panic!("{:?}", round.offers) };
    assert!(error.code() == "bad_chain" && error.to_string().contains("block 3"), "{error}");
    assert_eq!(peer.asked_for("/api/v1/chain"), 1);
}

#[tokio::test]
async fn a_slow_peer_delays_neither_another_peer_nor_a_round() {
    let rules = rules();
    let chain = mined(&rules, &[], 2, 3);
    let slow = Served { silent: Some("/api/v1/chain"), ..Served::honest(&rules, &mined(&rules, &[], 3, 9)) };
    let (slow, quick) = (FakePeer::serving(slow).await, FakePeer::serving(Served::honest(&rules, &chain[..3])).await);
    let following = following(&rules, [&slow, &quick]).await;
    following.reaches(chain[2].tip()).await;
    let (round, ()) = tokio::join!(following.sync.replace_chain(), async {
        quick.serve(Served::honest(&rules, &chain));
        quick.tell("replacement", &json!({}));
        following.reaches(tip(&chain)).await;
    });
    assert_eq!(round.unwrap().offers.len(), 2);
}

#[tokio::test]
async fn the_chain_of_a_peer_that_was_added_during_a_round_is_taken_at_once() {
    let rules = rules();
    let chain = mined(&rules, &[], 2, 3);
    let silent = Served { silent: Some("/api/v1/chain"), ..Served::honest(&rules, &mined(&rules, &[], 3, 9)) };
    let (silent, added) = (FakePeer::serving(silent).await, FakePeer::serving(Served::honest(&rules, &chain)).await);
    let following = following(&rules, [&silent]).await;
    let (round, ()) = tokio::join!(following.sync.replace_chain(), async {
        eventually("the round waits", || silent.asked_for("/api/v1/chain") > 0).await;
        following.node.add_peers(vec![added.address.clone()]).await.unwrap();
        following.reaches(tip(&chain)).await;
    });
    assert_eq!(round.unwrap().offers.len(), 1);
    assert_eq!(added.asked_for("/api/v1/chain"), 1, "its chain is not thrown away");
}

#[tokio::test]
async fn nodes_of_another_room_are_not_fetched_from() {
    let other = room("another room");
    let peer = FakePeer::serving(Served::honest(&other, &mined(&other, &[], 2, 5))).await;
    let following = following(&rules(), [&peer]).await;
    eventually("the peer is looked at", || peer.asked_for("/api/v1/status") >= 2).await;
    assert_eq!((peer.asked_for("/api/v1/chain/headers"), peer.asked_for("/api/v1/chain")), (0, 0));
    assert_eq!(following.node.view().tip.height, 1);
}

fn peer(port: u16) -> PeerAddress {
    format!("127.0.0.1:{port}").parse().unwrap()
}

#[test]
fn a_peer_is_asked_for_one_chain_at_a_time() {
    let (now, [first, second]) = (Instant::now(), [1, 2].map(|number: u8| BlockHash::sha256([number])));
    let mut asking = Asking::default();
    asking.begin(&peer(1), first, now);
    assert!(!asking.may_begin(&peer(1), second, now + Duration::from_secs(100)));
    assert!(asking.may_begin(&peer(2), second, now), "another peer with another chain");
    assert!(!asking.may_begin(&peer(2), first, now), "the block is on its way");
    assert!(asking.may_begin(&peer(2), first, now + SAME_TIP_PAUSE), "a slow peer does not keep others from it");
    asking.end(&peer(1), Shows::MoreWork, now);
    assert!(asking.may_begin(&peer(1), second, now));
}

#[test]
fn peers_that_lie_in_a_row_delay_a_block_no_longer_than_one_of_them() {
    let (now, tip) = (Instant::now(), BlockHash::sha256("a tip"));
    let mut asking = Asking::default();
    asking.begin(&peer(1), tip, now);
    asking.end(&peer(1), Shows::NoMoreWork, now + SAME_TIP_PAUSE / 2);
    asking.begin(&peer(2), tip, now + SAME_TIP_PAUSE / 2);
    assert!(!asking.may_begin(&peer(3), tip, now + SAME_TIP_PAUSE / 2));
    assert!(asking.may_begin(&peer(3), tip, now + SAME_TIP_PAUSE), "the second one does not begin a new pause");
    asking.begin(&peer(3), tip, now + SAME_TIP_PAUSE);
    assert!(asking.may_begin(&peer(4), tip, now + SAME_TIP_PAUSE), "and from there on nobody does");
    asking.forget_all_but(&HashSet::from([tip]));
    assert!(asking.may_begin(&peer(4), tip, now + SAME_TIP_PAUSE));
    asking.forget_all_but(&HashSet::new());
    assert!(asking.first_asked.is_empty(), "nothing is kept of what nobody tells of");
}

#[test]
fn who_tells_of_more_work_in_vain_is_asked_less_and_less() {
    let (mut now, tip) = (Instant::now(), BlockHash::sha256("a claim"));
    let mut asking = Asking::default();
    let mut pauses = vec![];
    for _ in 0..8 {
        asking.begin(&peer(1), tip, now);
        asking.end(&peer(1), Shows::NoMoreWork, now);
        let until = asking.failures[&peer(1)].until;
        assert!(!asking.may_begin(&peer(1), tip, until - Duration::from_millis(1)));
        assert!(asking.may_begin(&peer(1), tip, until) && asking.may_begin(&peer(2), tip, now));
        pauses.push((until - now).as_secs());
        now = until;
    }
    assert_eq!(pauses, [1, 2, 4, 8, 16, 32, 60, 60]);
    asking.begin(&peer(2), tip, now);
    for _ in 0..3 {
        asking.end(&peer(2), Shows::Nothing, now);
        assert_eq!(
            asking.failures[&peer(2)].until,
            now + FIRST_FAILURE_PAUSE,
            "who is not to blame is asked again soon"
        );
    }
    asking.end(&peer(2), Shows::NoMoreWork, now);
    assert_eq!(asking.failures[&peer(2)].until, now + FIRST_FAILURE_PAUSE, "and that counts for nothing");
    asking.begin(&peer(1), tip, now);
    asking.end(&peer(1), Shows::MoreWork, now);
    assert!(asking.may_begin(&peer(1), tip, now), "a better chain makes up for all of it");
}
