//! How a node under the sound rules sees its peers.

use bcoin_ledger::{CheckedBlock as _, sound::Sound};
use serde_json::json;

use super::{
    super::{
        exchange::Exchange as _,
        testing::{FakePeer, Served, limits, mined, node, room, rules, tip},
    },
    *,
};

/// What a node with the chain `own` knows of these peers, once it has asked them.
async fn seen(rules: &Sound, own: &[bcoin_ledger::sound::CheckedBlock], peers: &[&FakePeer]) -> Arc<Network> {
    let node = node(rules, own).await;
    node.add_peers(peers.iter().map(|peer| peer.address.clone()).collect()).await.unwrap();
    let client = PeerClient::new(limits()).unwrap();
    let (observer, stop) = (Observer::new(client.clone()), CancellationToken::new());
    let own_address = OwnAddress::new("127.0.0.1:1".parse().unwrap());
    let network = rules.own_network();
    let (handle, _) = start(node.any().clone(), network, client, observer, own_address, stop.clone());
    let network = handle.ask_all().await.unwrap().unwrap();
    stop.cancel();
    network
}

#[tokio::test]
async fn peers_of_other_networks_fail_and_say_which_and_nothing_of_them_is_compared() {
    let (rules, other) = (rules(), room("another room"));
    let own = mined(&rules, &[], 1, 3);
    let mut printed = Served::honest(&rules, &own);
    printed.status["rules"] = json!("chapter");
    let peers = [
        FakePeer::serving(Served::honest(&rules, &own)).await,
        FakePeer::serving(Served::honest(&other, &mined(&other, &[], 2, 9))).await,
        FakePeer::serving(printed).await,
        FakePeer::serving(Served::listing()).await,
    ];
    let network = seen(&rules, &own, &peers.each_ref()).await;
    let states: Vec<_> = network.peers.iter().map(|peer| &peer.known).collect();
    assert!(matches!(states[0].state, PeerState::Answers));
    assert_eq!(states[0].relation, Some(Relation::Same));
    for (known, code) in states[1..].iter().zip(["other_network", "other_rules", "other_rules"]) {
        let PeerState::Fails(error) = &known.state else { panic!("{code}: {known:?}") };
        assert_eq!((error.code(), known.tip, known.relation, known.branch), (code, None, None, None), "{error}");
    }
    assert_eq!(network.branches.len(), 1);
}

#[tokio::test]
async fn a_longer_chain_that_parts_is_not_ahead_and_its_work_is_told() {
    let rules = rules();
    let own = mined(&rules, &[], 1, 80);
    // It parts before the headers that are read of it.
    let longer = mined(&rules, &own[..4], 2, 90);
    let mut weak = Served::honest(&rules, &longer);
    weak.status["work"] = json!(own[2].tip().work.to_string());
    let ahead = mined(&rules, &own, 3, 2);
    let peers = [
        FakePeer::serving(weak).await,
        FakePeer::serving(Served::honest(&rules, &ahead)).await,
        FakePeer::serving(Served::honest(&rules, &own[..70])).await,
    ];
    let network = seen(&rules, &own, &peers.each_ref()).await;
    let seen: Vec<_> = network.peers.iter().map(|peer| (peer.known.relation, peer.known.work)).collect();
    let expected = [
        (Some(Relation::Parted), Some(own[2].tip().work)),
        (Some(Relation::Ahead), Some(tip(&ahead).work)),
        (Some(Relation::Behind), Some(own[69].tip().work)),
    ];
    assert_eq!(seen, expected);
    assert_eq!(network.peers[0].known.common, Some((4, own[3].tip().hash)));
    assert!(network.own.tells_work && network.own.tip == tip(&own));
}
