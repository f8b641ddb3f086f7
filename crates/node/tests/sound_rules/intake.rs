//! Single blocks that are offered to a node, right ones and wrong ones.

use bcoin_ledger::{
    BlockHash, Power, Rules as _,
    sound::{Network, Sound},
};
use bcoin_node::{
    NodeHandle, NodeThreads, Source, SubmitError, SubmitOutcome, now, start,
    store::{FirstContent, Location, Opened},
};
use serde_json::Value;

use crate::Node;

/// The known answers of an independent model.
fn vectors() -> Value {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/vectors/sound/ledger.json");
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

fn raw(block: &Value) -> Vec<u8> {
    hex::decode(block["raw"].as_str().unwrap()).unwrap()
}

fn hash(block: &[u8]) -> BlockHash {
    bcoin_ledger::sound::Header::decode(block[..80].try_into().unwrap()).hash()
}

/// A node of the network of the known answers, which has taken the first blocks of their chain one by one.
async fn node_of(vectors: &Value, blocks: usize) -> (Sound, NodeHandle<Sound>, NodeThreads) {
    let chain = &vectors["chain"];
    let genesis = hex::decode(chain["genesis_block"].as_str().unwrap()).unwrap();
    let rules = Sound::new(Network::from_genesis(&genesis, u32::MAX).unwrap());
    let first = FirstContent { node_address: "vectors".into(), genesis: rules.genesis(now()) };
    let opened = Opened::open(rules.clone(), &Location::Memory, first, &|_, _| ()).unwrap();
    let (handle, threads) = start(opened, None, 50_000, Power::FULL).unwrap();
    for block in &chain["blocks"].as_array().unwrap()[..blocks] {
        let submitted = handle.submit(raw(block), Source::new("a")).await.unwrap();
        assert_eq!(submitted.outcome, SubmitOutcome::Connected);
    }
    (rules, handle, threads)
}

fn stop(handle: NodeHandle<Sound>, threads: NodeThreads) {
    drop(handle);
    threads.join();
}

async fn submit(node: &NodeHandle<Sound>, block: &[u8]) -> SubmitOutcome {
    node.submit(block.to_vec(), Source::new("a")).await.unwrap().outcome
}

#[tokio::test]
async fn bodies_of_the_same_header_do_not_spoil_the_honest_block() {
    let vectors = vectors();
    for case in vectors["same_header"].as_array().unwrap() {
        let after = case["after"].as_u64().unwrap() as usize;
        let chain = vectors["chain"]["blocks"].as_array().unwrap();
        let (honest, next) = (raw(&chain[after]), raw(&chain[after + 1]));
        // Offered while their parent is known, and while it is not.
        for is_orphan in [false, true] {
            let (_, node, threads) = node_of(&vectors, if is_orphan { after - 1 } else { after }).await;
            let before = node.view().tip;
            for body in case["bodies"].as_array().unwrap() {
                let error = node.submit(raw(body), Source::new("b")).await.unwrap_err();
                let SubmitError::Refused(error) = error else { panic!("{error}") };
                assert_eq!(error.why(), body["why"].as_str().unwrap(), "{error}");
                assert_eq!((node.view().tip, node.known_invalid(&hash(&honest))), (before, None));
            }
            if is_orphan {
                assert_eq!(submit(&node, &honest).await, SubmitOutcome::Orphan);
                assert_eq!(submit(&node, &raw(&chain[after - 1])).await, SubmitOutcome::Connected);
                assert_eq!(node.view().tip.hash, hash(&honest));
            } else {
                assert_eq!(submit(&node, &honest).await, SubmitOutcome::Connected);
            }
            assert_eq!(submit(&node, &honest).await, SubmitOutcome::Known);
            assert_eq!(submit(&node, &next).await, SubmitOutcome::Connected);
            stop(node, threads);
        }
    }
}

/// A hash is remembered for what can never heal, and only where work was done for it.
#[tokio::test]
async fn refused_blocks_change_nothing_and_are_remembered_when_they_are_invalid_for_ever() {
    use bcoin_ledger::{Invalidity, SingleBlocks as _};

    let vectors = vectors();
    let refused = vectors["refused_blocks"].as_array().unwrap();
    let mut remembered = 0;
    for after in [0, 11, 24, 39] {
        let (rules, node, threads) = node_of(&vectors, after).await;
        let before = node.view();
        let (tip, accounts) = (before.tip, before.reader.snapshot().unwrap().account_count().unwrap());
        for case in refused.iter().filter(|case| case["after"] == after) {
            let (block, what) = (raw(case), case["what"].as_str().unwrap());
            let error = node.submit(block.clone(), Source::new("b")).await.unwrap_err();
            let SubmitError::Refused(reason) = &error else { panic!("{what}: {error}") };
            let header = rules.read_header(&block).unwrap();
            let has_work = rules.check_least_work(&header).is_ok();
            assert!(reason.why() == case["why"].as_str().unwrap() || !has_work, "{what}: {error}");
            let is_permanent = rules.invalidity(reason) == Invalidity::Permanent;
            let known = node.known_invalid(&hash(&block));
            assert_eq!(known.is_some(), is_permanent && has_work, "{what}: {error}");
            remembered += usize::from(known.is_some());
            // The answer stays the same.
            let again = node.submit(block, Source::new("c")).await.unwrap_err();
            assert_eq!(again.to_string(), error.to_string(), "{what}");
            let view = node.view();
            assert_eq!((view.tip, view.reader.snapshot().unwrap().account_count().unwrap()), (tip, accounts), "{what}");
        }
        let next = raw(&vectors["chain"]["blocks"][after]);
        assert_eq!(submit(&node, &next).await, SubmitOutcome::Connected, "the honest block after {after}");
        stop(node, threads);
    }
    assert!(remembered > 40, "{remembered}");
}

#[tokio::test]
async fn a_chain_of_sixteen_orphans_that_comes_backwards_is_connected_by_its_first_block() {
    let (maker, node) = (Node::open(&Location::Memory), Node::open(&Location::Memory));
    maker.mine(17).await;
    let blocks = maker.blocks();
    for block in blocks[2..].iter().rev() {
        assert_eq!(submit(&node.handle, block).await, SubmitOutcome::Orphan);
    }
    assert_eq!(node.tip().height, 1);
    let submitted = node.handle.submit(blocks[1].clone(), Source::new("a")).await.unwrap();
    assert_eq!((submitted.outcome, submitted.height), (SubmitOutcome::Connected, Some(2)));
    assert_eq!((node.tip(), node.blocks()), (maker.tip(), blocks));
    maker.stop();
    node.stop();
}

#[tokio::test]
async fn a_seventeenth_orphan_of_one_source_costs_that_source_its_oldest() {
    let (maker, node) = (Node::open(&Location::Memory), Node::open(&Location::Memory));
    maker.mine(19).await;
    let blocks = maker.blocks();
    assert_eq!(
        node.handle.submit(blocks[19].clone(), Source::new("other")).await.unwrap().outcome,
        SubmitOutcome::Orphan
    );
    for block in &blocks[2..19] {
        assert_eq!(submit(&node.handle, block).await, SubmitOutcome::Orphan);
    }
    assert_eq!(submit(&node.handle, &blocks[1]).await, SubmitOutcome::Connected);
    assert_eq!(node.tip().height, 2, "the block after it was the oldest");
    assert_eq!(submit(&node.handle, &blocks[2]).await, SubmitOutcome::Connected);
    assert_eq!(node.tip().height, 20, "all the others were kept");
    maker.stop();
    node.stop();
}

#[tokio::test]
async fn a_block_that_two_offer_at_once_is_taken_once() {
    let (maker, node) = (Node::open(&Location::Memory), Node::open(&Location::Memory));
    maker.mine(1).await;
    let block = &maker.blocks()[1];
    let offer = || node.handle.submit(block.clone(), Source::new("a"));
    let (one, two, three, four) = tokio::join!(offer(), offer(), offer(), offer());
    let outcomes = [one, two, three, four].map(|submitted| submitted.unwrap().outcome);
    let count = |outcome| outcomes.iter().filter(|found| **found == outcome).count();
    assert_eq!((count(SubmitOutcome::Connected), count(SubmitOutcome::Known)), (1, 3), "{outcomes:?}");
    maker.stop();
    node.stop();
}

#[tokio::test]
async fn too_many_bytes_and_the_first_block_of_another_network_are_refused() {
    let node = Node::open(&Location::Memory);
    let error = node.handle.submit(vec![0; 1_000_001], Source::new("a")).await.unwrap_err();
    assert!(matches!(&error, SubmitError::Refused(error) if error.why() == "size"), "{error}");
    let other = Network::room(bcoin_ledger::sound::Profile::Instant, "another", || false).unwrap();
    let genesis = bcoin_ledger::CheckedBlock::encoding(other.genesis()).to_vec();
    let error = node.handle.submit(genesis, Source::new("a")).await.unwrap_err();
    assert!(error.to_string().contains("another network"), "{error}");
    assert_eq!(submit(&node.handle, &node.blocks()[0]).await, SubmitOutcome::Known);
    node.stop();
}
