//! A node adopts the chain of an honest peer beside peers that drip: how often, how fast, and with how much memory.
//!
//! In each round a new process has 1 or 16 peers of a hostile kind and an honest one, which sends its chain at 100 Mbit/s: as a node
//! of the listing, all of it, or as a B-Coin node, in pieces. The call of `/replace_chain` has to adopt the chain and may take 10 s
//! longer than without hostile peers.

use std::time::{Duration, Instant};

use bcoin_testkit::{FakePeer, Http, Process, process::memory};

use crate::{
    BCOIN,
    honest::{self, Honest, Program},
    hostile::Kind,
};

/// How much longer a call may take because of hostile peers.
const MAX_DELAY: Duration = Duration::from_secs(10);
/// The bound on the resident memory of the node.
const MAX_RESIDENT: u64 = 200 << 20;

/// A chain: how many blocks of 1,000 payments it has, and how many rounds it is adopted in.
struct Size {
    name: &'static str,
    blocks: u64,
    rounds: usize,
}

const SHORT: [Size; 1] = [Size { name: "1.4 MB", blocks: 18, rounds: 1 }];
const LONG: [Size; 3] = [
    Size { name: "1.4 MB", blocks: 18, rounds: 20 },
    Size { name: "30 MB", blocks: 380, rounds: 5 },
    Size { name: "200 MB", blocks: 2540, rounds: 2 },
];

/// What the rounds of one line of the table have shown.
#[derive(Default)]
struct Line {
    rounds: usize,
    adopted: usize,
    slowest: Duration,
    resident: u64,
}

/// Prints a line for each size, program and kind; returns whether all of them are within the bounds.
pub async fn adopting_beside_slow_peers(long: bool) -> bool {
    println!("adopting beside slow peers");
    println!(
        "{:8} {:8} {:28} {:>8} {:>9} {:>9} {:>9}",
        "chain", "honest", "hostile", "adopted", "alone", "slowest", "resident"
    );
    let mut good = true;
    for size in if long { LONG.as_slice() } else { &SHORT } {
        let chain = honest::chain(size.blocks);
        for program in [Program::Listing, Program::BCoin] {
            let honest = Honest::start(program, &chain).await;
            let alone = rounds(&honest, None, 3).await;
            let line = |kind: Kind, count: usize| {
                let honest = &honest;
                async move { (kind, count, rounds(honest, Some((kind, count)), size.rounds).await) }
            };
            // Hostile peers cost time and not work, so the kinds are tried beside each other.
            let lines = Kind::ALL.iter().flat_map(|kind| [1, 16].map(|count| line(*kind, count)));
            for (kind, count, line) in in_groups(lines.collect(), if size.blocks > 100 { 2 } else { 10 }).await {
                let hostile = format!("{count} x {kind:?}");
                println!(
                    "{:8} {:8} {hostile:28} {:>3} of {:<2} {:>8.1?} {:>8.1?} {:>5} MiB",
                    size.name,
                    program.name(),
                    line.adopted,
                    line.rounds,
                    alone.slowest,
                    line.slowest,
                    line.resident >> 20
                );
                good &= line.adopted == line.rounds
                    && line.slowest <= alone.slowest + MAX_DELAY
                    && line.resident <= MAX_RESIDENT;
            }
            good &= alone.adopted == alone.rounds && alone.resident <= MAX_RESIDENT;
        }
    }
    println!("bounds: every round adopts, {MAX_DELAY:?} longer than alone, {} MiB", MAX_RESIDENT >> 20);
    good
}

/// Waits for all of these, so many at a time, and returns their results in their order.
async fn in_groups<T>(futures: Vec<impl Future<Output = T>>, size: usize) -> Vec<T> {
    let mut results = Vec::new();
    let mut futures = futures.into_iter();
    loop {
        let group: Vec<_> = futures.by_ref().take(size).collect();
        if group.is_empty() {
            return results;
        }
        results.extend(futures_util::future::join_all(group).await);
    }
}

/// Lets a new node adopt the honest chain, so many times.
async fn rounds(honest: &Honest, hostile: Option<(Kind, usize)>, count: usize) -> Line {
    let mut line = Line { rounds: count, ..Line::default() };
    for _ in 0..count {
        let mut peers = Vec::new();
        if let Some((kind, count)) = hostile {
            for _ in 0..count {
                peers.push(kind.start().await);
            }
        }
        let folder = tempfile::tempdir().unwrap();
        let node = BCOIN.start(&["--port", "0", "--data-dir", folder.path().to_str().unwrap()]);
        let http = node.http();
        connect(&http, &peers, honest).await;
        let began = Instant::now();
        let answer = http.get("/replace_chain").await;
        line.slowest = line.slowest.max(began.elapsed());
        let length = http.get("/api/v1/status").await.json()["length"].as_u64().unwrap();
        line.adopted += usize::from(answer.status == 200 && length == honest.length());
        line.resident = line.resident.max(resident(&node));
        node.kill();
    }
    line
}

/// The hostile peers come first: on a tie they would be preferred.
async fn connect(http: &Http, hostile: &[FakePeer], honest: &Honest) {
    let addresses: Vec<_> = hostile.iter().map(FakePeer::address).chain([honest.address()]).collect();
    http.connect(&addresses.iter().map(String::as_str).collect::<Vec<_>>()).await;
}

fn resident(node: &Process) -> u64 {
    memory(node.id(), "VmHWM").unwrap_or(0)
}
