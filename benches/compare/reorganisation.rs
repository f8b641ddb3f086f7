//! A reorganisation of 100 blocks with 100 transfers each, on the disk, compared with the signatures of the new blocks alone.
//!
//! The two branches hold transfers of different senders, so that each transfer that leaves the chain waits again.

use std::{fs, path::Path, thread, time::Instant};

use bcoin::app::{sound_content, start_sound};
use bcoin_ledger::{
    CheckedBlock as _, Rules as _,
    sound::{CheckedBlock, Sound, Transfer, mempool::MEMPOOL_LIMITS},
};
use bcoin_node::{
    Adoption, CandidateBuilder, CandidateLimits, NodeHandle, Source, SubmitOutcome,
    store::{Location, Opened},
};
use bcoin_testkit::sound::Branch;
use tokio::runtime::Runtime;

use crate::{folder::Folder, funded::Funded, rounds::medians, signatures::Bare, stage::Stage, table::Row};

const ROUNDS: usize = 7;
const BLOCKS: usize = 100;
const PER_BLOCK: usize = 100;
/// How many senders each branch has: four transfers of each.
const SENDERS: usize = BLOCKS * PER_BLOCK / 4;
/// It may take twice as long as its signatures.
const LEAST: f64 = 0.5;

pub fn rows(stage: &Stage) -> Vec<Row> {
    let mut funded = Funded::new(2 * SENDERS);
    // The first half of the senders is that of the old branch.
    let all = funded.room.transfers(2 * BLOCKS * PER_BLOCK);
    let of_half = |half: usize| all.chunks(SENDERS).skip(half).step_by(2).flatten().cloned().collect::<Vec<_>>();
    let [old, new] = [0, 1].map(of_half);
    let mut other = funded.branch.fork(2);
    let blocks = mine(&mut funded.branch, &old);
    let mut branch = mine(&mut other, &new);
    branch.push(other.mine(&[]));

    let folder = stage.new_folder();
    let fork = {
        let mut data = Folder::open(&funded.room.rules, &folder);
        data.extend(funded.blocks);
        let fork = data.blockchain.tip().height;
        data.extend(blocks);
        fork
    };
    let branch: Vec<_> = branch.iter().map(|block| block.encoding().to_vec()).collect();
    let bare = Bare::new(&funded.room, &new);
    let threads = thread::available_parallelism().map_or(1, Into::into);
    let runtime = Runtime::new().expect("a runtime");
    let measure = |way: Way| {
        let (stage, rules, folder, branch, runtime) = (stage, &funded.room.rules, &folder, &branch, &runtime);
        Some(Box::new(move || {
            let copy = stage.new_folder();
            copy_data(folder, &copy);
            runtime.block_on(reorganise(rules, &copy, fork, branch, way))
        }) as Box<dyn FnMut() -> f64>)
    };
    let [whole, one_by_one, bare] = medians(
        ROUNDS,
        [
            measure(Way::Whole),
            measure(Way::OneByOne),
            Some(Box::new(|| {
                let begun = Instant::now();
                bare.verify(threads);
                begun.elapsed().as_secs_f64()
            }) as _),
        ],
    );
    let beside = "bare libsecp256k1, on as many threads";
    vec![
        Row::times("a reorganisation of 100 blocks of 100 transfers", whole.unwrap_or_default(), beside, bare, LEAST),
        Row::times("the same, its blocks one by one", one_by_one.unwrap_or_default(), beside, bare, LEAST),
    ]
}

fn mine(branch: &mut Branch, transfers: &[Transfer]) -> Vec<CheckedBlock> {
    transfers.chunks(PER_BLOCK).map(|transfers| branch.mine(transfers)).collect()
}

fn copy_data(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for file in fs::read_dir(from).expect("a folder") {
        let file = file.expect("a file");
        fs::copy(file.path(), to.join(file.file_name())).expect("room on the disk");
    }
}

/// How the blocks of the other branch come.
#[derive(Clone, Copy)]
enum Way {
    /// As a chain from a peer or a file.
    Whole,
    /// Each by itself, the last one of which changes the chain.
    OneByOne,
}

/// Seconds from the bytes of the blocks of a branch to the answer that they are the chain.
async fn reorganise(rules: &Sound, folder: &Path, fork: u64, branch: &[Vec<u8>], way: Way) -> f64 {
    let location = Location::Folder(folder.into());
    let first = sound_content(rules);
    let opened = Opened::open(rules.clone(), &location, first, &|_, _| ()).expect("a data folder");
    let (node, threads) = start_sound(opened, MEMPOOL_LIMITS.count).expect("a node");
    let begun = Instant::now();
    match way {
        Way::Whole => adopt(rules, &node, fork, branch).await,
        Way::OneByOne => submit(&node, branch).await,
    }
    let seconds = begun.elapsed().as_secs_f64();
    let view = node.view();
    assert_eq!((view.tip.height, view.waiting), (fork + branch.len() as u64, BLOCKS * PER_BLOCK));
    drop((view, node));
    threads.join();
    seconds
}

async fn adopt(rules: &Sound, node: &NodeHandle<Sound>, fork: u64, branch: &[Vec<u8>]) {
    let (reader, bytes) = (node.view().reader.clone(), node.view().chain_bytes);
    let builder = CandidateBuilder::after(rules.clone(), &reader, bytes, fork, CandidateLimits::unlimited());
    let mut builder = builder.expect("a block at the fork");
    for block in branch {
        builder.push(rules.decode(block).expect("a block")).expect("a right block");
    }
    let adoption = node.adopt(builder.finish().expect("a chain"), None).await.expect("a better chain");
    assert!(matches!(adoption, Adoption::Adopted { .. }));
}

async fn submit(node: &NodeHandle<Sound>, branch: &[Vec<u8>]) {
    let mut last = None;
    for block in branch {
        last = Some(node.submit(block.clone(), Source::new("peer")).await.expect("a right block").outcome);
    }
    assert_eq!(last, Some(SubmitOutcome::Reorganised));
}
