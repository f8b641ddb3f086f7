//! A client that reads and pays while a node is flooded.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use bcoin_ledger::sound::Sound;
use bcoin_testkit::{
    Http,
    sound::{FEE, address, transfer, transfer_json},
};
use tokio::{runtime::Builder, time::sleep};

/// How many payments one sender may have waiting; after fewer of them it has a block mined.
const PAYMENTS: u64 = 20;
/// The pause after each request.
const PAUSE: Duration = Duration::from_millis(5);
/// How long the node is watched without a flood.
const QUIET: Duration = Duration::from_secs(3);

/// How long each request took.
#[derive(Default)]
struct Times {
    reads: Vec<Duration>,
    payments: Vec<Duration>,
    blocks: Vec<Duration>,
}

impl Times {
    /// Prints median and 99th percentile.
    fn print(mut self, when: &str) {
        for (what, times) in
            [("reads", &mut self.reads), ("payments", &mut self.payments), ("blocks mined", &mut self.blocks)]
        {
            times.sort_unstable();
            let at = |percent: usize| times.get(times.len() * percent / 100).or(times.last()).copied();
            let (median, p99) = (at(50).unwrap_or_default(), at(99).unwrap_or_default());
            println!("  {when}: {:>6} {what:<12}  median {median:>9.2?}  p99 {p99:>9.2?}", times.len());
        }
    }
}

/// A client under way.
pub struct Customer {
    over: Arc<AtomicBool>,
    thread: JoinHandle<Times>,
}

impl Customer {
    /// Begins to read and pay. Each request has to be answered as if nothing else happened. It has a thread of its own, because
    /// making a flood keeps those of the attackers busy.
    pub fn start(node: SocketAddr, rules: &Sound) -> Self {
        let over = Arc::new(AtomicBool::new(false));
        let (rules, ended) = (rules.clone(), over.clone());
        let work = move || {
            let runtime = Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(read_and_pay(&Http::new(node), &rules, &ended))
        };
        Self { over, thread: thread::spawn(work) }
    }

    /// Lets it come to an end, and prints how it was served.
    pub fn end(self, when: &str) {
        self.over.store(true, Ordering::Relaxed);
        self.thread.join().unwrap().print(when);
    }
}

/// Prints how the node serves without a flood.
pub async fn quiet(node: SocketAddr, rules: &Sound) {
    let customer = Customer::start(node, rules);
    sleep(QUIET).await;
    customer.end("before the flood");
}

async fn read_and_pay(http: &Http, rules: &Sound, over: &AtomicBool) -> Times {
    let mut times = Times::default();
    let account = format!("/api/v1/accounts/{}", address(1));
    let mut nonce = http.get(&account).await.json()["next_nonce"].as_u64().unwrap();
    while !over.load(Ordering::Relaxed) {
        for path in ["/api/v1/status", "/api/v1/blocks?from=2&limit=10", &account] {
            let began = Instant::now();
            http.get(path).await.expect(200).unwrap();
            times.reads.push(began.elapsed());
            sleep(PAUSE).await;
        }
        let body = transfer_json(&transfer(rules, 1, 2, 1, FEE, nonce)).to_string();
        let began = Instant::now();
        http.post("/api/v1/transactions", body).await.expect(201).unwrap();
        times.payments.push(began.elapsed());
        nonce += 1;
        if nonce.is_multiple_of(PAYMENTS) {
            let began = Instant::now();
            http.mine().await;
            times.blocks.push(began.elapsed());
        }
        sleep(PAUSE).await;
    }
    // All that was paid is in the chain once another block is there.
    let began = Instant::now();
    http.mine().await;
    times.blocks.push(began.elapsed());
    assert_eq!(http.get(&account).await.json()["nonce"], nonce);
    times
}
