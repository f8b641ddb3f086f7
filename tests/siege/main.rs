//! The siege: several kinds of load at once, while a well-behaved client measures its response times.
//!
//! ```sh
//! cargo test --release --test siege                  # a minute
//! cargo test --release --test siege -- --long        # until a million payments were sent
//! cargo test --release --test siege -- --lesson 60   # an hour of what a class does, see lesson.rs
//! ```
//!
//! A real process is besieged on loopback: 500 connections that are idle or send half a request, a flood of transactions, a peer that
//! drips one byte a second, one that sends 512 MiB out of half a megabyte of gzip, and one with a forged chain of 100,000 blocks
//! that is right but for its last block. At the end the forged chain is a valid one, and the branch that it replaces has to be kept.
//! Then one address outside loopback tries to take all connections and all streams of events of another node.

#![allow(clippy::unwrap_used, reason = "in a test, what is not as expected is a failure")]
#![allow(unreachable_pub, reason = "nothing is outside of a program")]

mod attackers;
mod lesson;
mod shares;

use std::{
    process::ExitCode,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use bcoin_testkit::{FakePeer, Http, Process, Program, process::memory};

const BCOIN: Program = Program(env!("CARGO_BIN_EXE_bcoin"));

/// The bound on the 99th percentile of the good client's response times.
const MAX_P99: Duration = Duration::from_millis(500);
/// The bound on the resident memory of the node.
const MAX_RESIDENT: u64 = 300 << 20;
/// How long the short form lasts.
const SHORT: Duration = Duration::from_secs(30);
/// How many transactions the long form sends.
const MILLION: u64 = 1_000_000;
/// How many blocks the good client's chain has.
const BLOCKS: usize = 100;

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let long = arguments.iter().any(|argument| argument == "--long");
    let lesson = arguments.iter().position(|argument| argument == "--lesson");
    let minutes = lesson.map(|at| arguments.get(at + 1).map_or(lesson::HOUR, |minutes| minutes.parse().unwrap()));
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let stands = runtime.block_on(async {
        match minutes {
            Some(minutes) => lesson::teach(BCOIN, minutes).await,
            None => besiege(long).await,
        }
    });
    if stands { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

async fn besiege(long: bool) -> bool {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().to_str().unwrap();
    let node = BCOIN.start(&["--port", "0", "--data-dir", path]);
    let http = node.http();
    while http.chain().await.len() < BLOCKS {
        http.mine().await;
    }
    let class_work = http.get("/get_chain").await.text;

    println!("building a forged chain of 100,000 blocks");
    let forged = attackers::forged_chain(100_000);
    let broken = attackers::with_a_broken_end(&forged);
    let peers = [attackers::dripping_peer().await, attackers::bomb_peer().await, FakePeer::serving(broken).await];
    for peer in &peers {
        http.connect(&[&peer.address()]).await;
    }

    println!("the siege begins");
    let over = Arc::new(AtomicBool::new(false));
    let idle = attackers::hold_connections(node.address(), 500, over.clone());
    let syncing = attackers::keep_replacing(http.clone(), over.clone());
    let flood = attackers::flood(node.address(), if long { MILLION } else { u64::MAX }, over.clone());
    let watch = Watch::new(&node);
    let started = Instant::now();
    let mut times = Vec::new();
    while if long { !flood.is_finished() } else { started.elapsed() < SHORT } {
        let asked = Instant::now();
        let answer = http.get("/get_chain").await;
        times.push(asked.elapsed());
        assert_eq!((answer.status, answer.text == class_work), (200, true), "the good client is answered, and rightly");
        watch.look();
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    over.store(true, Ordering::Relaxed);
    let flood = flood.await.unwrap();
    let rounds = syncing.await.unwrap();
    let held = idle.await.unwrap();
    watch.look();

    times.sort_unstable();
    let at = |percent: usize| times[(times.len() * percent / 100).min(times.len() - 1)];
    println!("held connections              {held}");
    println!(
        "payments sent                 {} ({} taken, {} refused with 503)",
        flood.sent, flood.taken, flood.refused
    );
    println!("rounds of asking the peers    {rounds}");
    println!("the good client's requests    {}", times.len());
    println!("median                        {:?}", at(50));
    println!("p99                           {:?}  (bound {MAX_P99:?})", at(99));
    println!("most resident memory          {} MiB  (bound {} MiB)", watch.max() >> 20, MAX_RESIDENT >> 20);
    let stands = at(99) < MAX_P99 && watch.max() < MAX_RESIDENT && held > 0 && rounds > 0 && flood.sent > 0;

    let kept = the_forged_chain_destroys_nothing(node, &http, forged, path, &class_work).await;
    println!("displaced chain kept          {}", if kept { "yes" } else { "NO" });
    let shared = shares::besiege().await;
    if shared.is_none() {
        println!("skipped: this machine has no address outside loopback that could take everything");
    }
    let outcomes: Vec<_> = [Some(stands), Some(kept), shared].into_iter().flatten().collect();
    let passed = outcomes.iter().filter(|stands| **stands).count();
    println!("{passed} passed, {} failed", outcomes.len() - passed);
    passed == outcomes.len()
}

/// Makes the node adopt the whole forged chain, and checks that the stale branch has the class's work.
async fn the_forged_chain_destroys_nothing(
    node: Process,
    http: &Http,
    forged: String,
    folder: &str,
    class_work: &str,
) -> bool {
    let peer = FakePeer::serving(forged).await;
    http.connect(&[&peer.address()]).await;
    let watch = Watch::new(&node);
    let answer = http.get("/replace_chain").await;
    watch.look();
    println!("resident after adopting it    {} MiB", watch.max() >> 20);
    let adopted = answer.text.contains("\"message\": \"Because the nodes are different");
    node.kill();
    let exported = BCOIN.run(&["export", "--given-up", "1", "--data-dir", folder]);
    adopted && exported.stdout == class_work.as_bytes() && watch.max() < MAX_RESIDENT
}

/// The maximum of the resident memory of a process; 0 on systems without /proc.
struct Watch {
    process: u32,
    max: std::cell::Cell<u64>,
}

impl Watch {
    fn new(node: &Process) -> Self {
        Self { process: node.id(), max: std::cell::Cell::new(0) }
    }

    fn look(&self) {
        self.max.set(self.max.get().max(memory(self.process, "VmRSS").unwrap_or(0)));
    }

    fn max(&self) -> u64 {
        self.max.get()
    }
}
