//! One address tries to take everything: all connections, and all streams of events.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use bcoin_testkit::{Http, machine::outside_loopback};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use crate::BCOIN;

/// How many connections the address opens and leaves idle.
const IDLE: usize = 1_024;
/// How many streams of events it opens.
const STREAMS: usize = 1_000;
/// How long an attacker waits before it connects again.
const PAUSE: Duration = Duration::from_millis(500);
/// How long it lasts.
const DURATION: Duration = Duration::from_secs(12);
/// The bound on the 99th percentile of the good client's response times.
const MAX_P99: Duration = Duration::from_secs(1);
/// The share of one address in the streams of events (docs/contract.md section 6).
const MAX_STREAMS: u64 = 128;

/// Besieges a node from an address outside loopback, while a good client asks from loopback. Returns whether it was served; none
/// when this machine has no such address.
pub async fn besiege() -> Option<bool> {
    let address = outside_loopback()?;
    let node = BCOIN.start(&["--host", "0.0.0.0", "--port", "0", "--in-memory"]);
    let port = node.address().port();
    println!("{address} tries to take all places of a node");
    let (opened, over) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicBool::new(false)));
    let attackers: Vec<_> = (0..IDLE + STREAMS)
        .map(|number| {
            let path = if number < IDLE { "/api/v1/status" } else { "/api/v1/events" };
            tokio::spawn(hold(SocketAddr::new(address, port), path, opened.clone(), over.clone()))
        })
        .collect();

    let http = Http::new(SocketAddr::new([127, 0, 0, 1].into(), port));
    let mut listener = http.request("GET", "/api/v1/events").send().await.unwrap();
    let (started, mut times, mut refused, mut streams) = (Instant::now(), Vec::new(), 0, 0);
    while started.elapsed() < DURATION {
        let asked = Instant::now();
        let answer = http.send(http.request("GET", "/get_chain").header("Connection", "close")).await;
        times.push(asked.elapsed());
        refused += u64::from(answer.status != 200);
        streams = streams.max(event_listeners(&http).await);
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    over.store(true, Ordering::Relaxed);
    for attacker in attackers {
        attacker.abort();
    }
    let listens = listener.chunk().await.is_ok_and(|chunk| chunk.is_some());

    times.sort_unstable();
    let p99 = times[times.len() * 99 / 100];
    println!("connections it opened         {}", opened.load(Ordering::Relaxed));
    println!("most streams at a time        {streams}  (its share {MAX_STREAMS}, and one of the good client)");
    println!("the good client's requests    {}, {refused} refused", times.len());
    println!("p99                           {p99:?}  (bound {MAX_P99:?})");
    let attacked = opened.load(Ordering::Relaxed) > (IDLE + STREAMS) as u64 && streams > MAX_STREAMS / 2;
    Some(attacked && listens && refused == 0 && streams <= MAX_STREAMS + 1 && p99 < MAX_P99)
}

/// Asks for this path, and keeps the connection until the node closes it; then again.
async fn hold(node: SocketAddr, path: &str, opened: Arc<AtomicU64>, over: Arc<AtomicBool>) {
    while !over.load(Ordering::Relaxed) {
        // The system may permit no further file; then others hold what there is.
        if let Ok(mut stream) = TcpStream::connect(node).await {
            opened.fetch_add(1, Ordering::Relaxed);
            let request = format!("GET {path} HTTP/1.1\r\nHost: {node}\r\n\r\n");
            // The node may have closed the connection.
            let _ = stream.write_all(request.as_bytes()).await;
            let mut answer = [0; 4 << 10];
            while matches!(stream.read(&mut answer).await, Ok(1..)) {}
        }
        tokio::time::sleep(PAUSE).await;
    }
}

async fn event_listeners(http: &Http) -> u64 {
    let metrics = http.get("/metrics").await.text;
    let line = metrics.lines().find_map(|line| line.strip_prefix("bcoin_event_listeners "));
    line.and_then(|count| count.parse().ok()).expect("the number of listeners")
}
