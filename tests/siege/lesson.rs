//! What a class does, at a fixed moderate rate: payments, mining, reading, listening, mistakes, and a second node. It tells what
//! memory the node takes minute by minute, and fails when that goes on growing.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use bcoin_testkit::{Http, Process, Program, process::memory};
use tokio::{
    task::JoinHandle,
    time::{Interval, MissedTickBehavior, interval, timeout},
};

use crate::attackers;

/// How many minutes a lesson takes when no number is given.
pub const HOUR: u64 = 60;
/// The minute after which the memory of the node may not go on growing.
const SETTLED: u64 = 20;
/// The bound on what the memory of the node grows by after that minute.
const MAX_GROWTH: u64 = 2 << 20;
/// How often the memory of the node is looked at. The figure of a minute is the median.
const LOOK_INTERVAL: Duration = Duration::from_secs(1);

/// How many clients send payments.
const PAYERS: u64 = 4;
/// How often each of them does: together 200 payments a second.
const PAYMENT_INTERVAL: Duration = Duration::from_millis(20);
/// How many names pay and are paid.
const NAMES: u64 = 500;
/// How often the node mines by itself, and how often it is asked to: together 2 blocks a second.
const MINING_INTERVAL: Duration = Duration::from_secs(1);
/// How many clients read; every second one takes compressed answers.
const READERS: usize = 5;
/// How often each of them does: together 5 requests a second.
const READ_INTERVAL: Duration = Duration::from_secs(1);
/// How many connections are open that send nothing, or half a request.
const IDLE_CONNECTIONS: usize = 40;
/// How many event streams are open at a time.
const LISTENERS: u64 = 8;
/// How long an event stream is open.
const LISTENING: Duration = Duration::from_secs(20);
/// How often a client makes a mistake.
const MISTAKE_INTERVAL: Duration = Duration::from_millis(500);
/// How often the two nodes ask each other for their chains.
const REPLACE_INTERVAL: Duration = Duration::from_secs(60);
/// How many blocks the second node mines after it has adopted the chain: enough for the first node to adopt its chain in turn.
const BLOCKS_AHEAD: usize = 30;

/// What the readers ask for, in this order.
const READS: [&str; 12] = [
    "/get_chain",
    "/is_valid",
    "/api/v1/blocks?limit=100",
    "/api/v1/headers?limit=1000",
    "/api/v1/accounts?limit=1000",
    "/api/v1/accounts/student%207?limit=1000",
    "/api/v1/pending",
    "/api/v1/status",
    "/api/v1/peers",
    "/api/v1/replacements",
    "/metrics",
    "/",
];

/// Requests that the node refuses: verb, path, body, and the status of the answer.
const MISTAKES: [(&str, &str, &str, u16); 6] = [
    ("POST", "/add_transaction", "{'sender': 'a'}", 400),
    ("POST", "/add_transaction", r#"{"sender": "a", "receiver": "b", "amount": -1}"#, 400),
    ("POST", "/connect_node", "{}", 400),
    ("GET", "/api/v1/blocks/0", "", 404),
    ("GET", "/no_such_page", "", 404),
    ("POST", "/mine_block", "", 405),
];

/// How much was done so far.
#[derive(Default)]
struct Done {
    payments: AtomicU64,
    reads: AtomicU64,
    mistakes: AtomicU64,
    streams: AtomicU64,
    adoptions: AtomicU64,
}

/// One line of the table.
struct Minute {
    resident: u64,
    anonymous: u64,
}

/// Teaches for so many minutes. Returns whether everything was answered rightly, and the memory of the node did not go on growing.
pub async fn teach(program: Program, minutes: u64) -> bool {
    let (folder, other_folder) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let start = |folder: &tempfile::TempDir| {
        program.start(&["--port", "0", "--data-dir", folder.path().to_str().unwrap(), "--miner", "teacher"])
    };
    let (node, other) = (start(&folder), start(&other_folder));
    println!("the node has the process id {}", node.id());
    let (done, over) = (Arc::new(Done::default()), Arc::new(AtomicBool::new(false)));
    let connections = attackers::hold_connections(node.address(), IDLE_CONNECTIONS, over.clone());
    let pupils = begin(&node, &other, &done, &over).await;

    println!("minute  resident MiB  anonymous MiB    blocks  payments     reads");
    let mut resident = Vec::new();
    for minute in 1..=minutes {
        let Minute { resident: now, anonymous } = watch(&node).await;
        resident.push(now);
        println!(
            "{minute:6}  {:12.1}  {:13.1}  {:8}  {:8}  {:8}",
            mebibytes(now),
            mebibytes(anonymous),
            node.http().get("/api/v1/status").await.json()["length"],
            read(&done.payments),
            read(&done.reads)
        );
        if pupils.iter().any(JoinHandle::is_finished) {
            break;
        }
    }
    over.store(true, Ordering::Relaxed);
    let mut answered = true;
    for pupil in pupils {
        answered &= pupil.await.is_ok();
    }
    println!("connections opened    {}", connections.await.unwrap());
    println!("event streams         {}", read(&done.streams));
    println!("mistakes refused      {}", read(&done.mistakes));
    println!("chains adopted        {}", read(&done.adoptions));
    println!("all answers right     {}", if answered { "yes" } else { "NO" });
    let valid = node.http().is_valid().await;
    println!("the chain is valid    {}", if valid { "yes" } else { "NO" });
    answered & valid & settles(&resident)
}

/// Whether no minute after [`SETTLED`] takes [`MAX_GROWTH`] more than that one did.
fn settles(resident: &[u64]) -> bool {
    let Some((settled, rest)) = usize::try_from(SETTLED).ok().and_then(|at| resident.get(at - 1..)?.split_first())
    else {
        println!("growth                not judged: a lesson of less than {SETTLED} minutes");
        return true;
    };
    let growth = rest.iter().max().map_or(0, |most| most.saturating_sub(*settled));
    let kept = growth < MAX_GROWTH;
    println!(
        "growth after minute {SETTLED}: {:.1} MiB, which has to be less than {:.1} MiB: {}",
        mebibytes(growth),
        mebibytes(MAX_GROWTH),
        if kept { "yes" } else { "NO" }
    );
    kept
}

/// Looks at the memory of the node for a minute.
async fn watch(node: &Process) -> Minute {
    let (mut resident, mut anonymous) = (Vec::new(), Vec::new());
    let mut looks = interval(LOOK_INTERVAL);
    for _ in 0..60 {
        looks.tick().await;
        resident.push(memory(node.id(), "VmRSS").unwrap_or(0));
        anonymous.push(memory(node.id(), "RssAnon").unwrap_or(0));
    }
    Minute { resident: median(resident), anonymous: median(anonymous) }
}

fn median(mut figures: Vec<u64>) -> u64 {
    figures.sort_unstable();
    figures[figures.len() / 2]
}

#[allow(clippy::cast_precision_loss, reason = "it is rounded for people")]
fn mebibytes(bytes: u64) -> f64 {
    bytes as f64 / f64::from(1 << 20)
}

fn read(count: &AtomicU64) -> u64 {
    count.load(Ordering::Relaxed)
}

fn count(count: &AtomicU64) {
    count.fetch_add(1, Ordering::Relaxed);
}

/// Starts everybody who does something until it is over.
async fn begin(node: &Process, other: &Process, done: &Arc<Done>, over: &Arc<AtomicBool>) -> Vec<JoinHandle<()>> {
    let address = node.address();
    node.http().connect(&[&other.address().to_string()]).await;
    other.http().connect(&[&address.to_string()]).await;
    let mode = format!(r#"{{"mode": "interval", "every_ms": {}}}"#, MINING_INTERVAL.as_millis());
    let request = node.http().request("PUT", "/api/v1/mining").body(mode);
    assert_eq!(node.http().send(request).await.status, 200);

    let rhythm = |period| Rhythm::new(period, over.clone());
    let mut pupils = vec![
        tokio::spawn(mine(node.http(), rhythm(MINING_INTERVAL))),
        tokio::spawn(make_mistakes(node.http(), done.clone(), rhythm(MISTAKE_INTERVAL))),
        tokio::spawn(exchange_chains(node.http(), other.http(), done.clone(), rhythm(REPLACE_INTERVAL))),
    ];
    pupils.extend((0..PAYERS).map(|at| tokio::spawn(pay(address, at, done.clone(), rhythm(PAYMENT_INTERVAL)))));
    pupils.extend((0..READERS).map(|at| tokio::spawn(keep_reading(address, at, done.clone(), rhythm(READ_INTERVAL)))));
    pupils.extend((0..LISTENERS).map(|_| tokio::spawn(listen(node.http(), done.clone(), over.clone()))));
    pupils
}

/// When somebody does something again. What takes longer than the period is not made up for.
struct Rhythm {
    interval: Interval,
    over: Arc<AtomicBool>,
}

impl Rhythm {
    fn new(period: Duration, over: Arc<AtomicBool>) -> Self {
        let mut interval = interval(period);
        interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Self { interval, over }
    }

    /// Waits for the next time; whether there is one.
    async fn goes_on(&mut self) -> bool {
        self.interval.tick().await;
        !self.over.load(Ordering::Relaxed)
    }
}

async fn mine(http: Http, mut rhythm: Rhythm) {
    while rhythm.goes_on().await {
        http.mine().await;
    }
}

async fn pay(node: SocketAddr, payer: u64, done: Arc<Done>, mut rhythm: Rhythm) {
    let http = Http::new(node);
    let mut number = payer;
    while rhythm.goes_on().await {
        let (sender, receiver) = (number % NAMES, number * 7 % NAMES);
        let body =
            format!(r#"{{"sender": "student {sender}", "receiver": "student {receiver}", "amount": {number}.5}}"#);
        assert_eq!(http.post("/add_transaction", body).await.status, 201);
        count(&done.payments);
        number += PAYERS;
    }
}

async fn keep_reading(node: SocketAddr, reader: usize, done: Arc<Done>, mut rhythm: Rhythm) {
    let http = if reader.is_multiple_of(2) { Http::new(node) } else { Http::unzipping(node) };
    // Each begins at another place.
    let mut paths = READS.iter().cycle().skip(reader * 2);
    while rhythm.goes_on().await {
        let path = paths.next().unwrap();
        let answer = http.get(path).await;
        // The name is not in a block from the beginning.
        assert!(
            answer.status == 200 || (answer.status == 404 && path.contains("student")),
            "{path}: {}",
            answer.status
        );
        count(&done.reads);
    }
}

async fn make_mistakes(http: Http, done: Arc<Done>, mut rhythm: Rhythm) {
    for (verb, path, body, status) in MISTAKES.iter().cycle() {
        if !rhythm.goes_on().await {
            return;
        }
        assert_eq!(http.send(http.request(verb, path).body(*body)).await.status, *status, "{verb} {path}");
        count(&done.mistakes);
    }
}

async fn listen(http: Http, done: Arc<Done>, over: Arc<AtomicBool>) {
    while !over.load(Ordering::Relaxed) {
        let mut stream = http.request("GET", "/api/v1/events").send().await.unwrap();
        assert_eq!(stream.status(), 200);
        // The stream has no end before that of the node.
        let heard = timeout(LISTENING, async { while stream.chunk().await.unwrap().is_some() {} }).await;
        assert!(heard.is_err(), "a listener that reads at once is not cut off");
        count(&done.streams);
    }
}

/// The second node adopts the chain of the first one, mines behind it, and the first one adopts that.
async fn exchange_chains(node: Http, other: Http, done: Arc<Done>, mut rhythm: Rhythm) {
    while rhythm.goes_on().await {
        if other.replace_chain().await {
            count(&done.adoptions);
        }
        for _ in 0..BLOCKS_AHEAD {
            other.mine().await;
        }
        if node.replace_chain().await {
            count(&done.adoptions);
        }
    }
}
