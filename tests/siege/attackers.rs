//! The attackers of the siege.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use bcoin_testkit::{FakePeer, Http, chain, fake_peer::response};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    task::JoinHandle,
};

/// How many connections the flood of transactions uses.
const FLOODERS: u64 = 16;

/// A valid chain that costs no work: the proofs repeat, and the puzzle does not cover the blocks.
pub fn forged_chain(length: u64) -> String {
    chain::body(chain::texts_with(length, |_| ("forged".into(), vec![])))
}

/// The same chain with a wrong last link, so that it is refused only after all other blocks were checked.
pub fn with_a_broken_end(chain: &str) -> String {
    let (before, after) = chain.rsplit_once("\"previous_hash\": \"").unwrap();
    format!("{before}\"previous_hash\": \"0{}", &after[1..].replacen(|c: char| c.is_ascii_hexdigit(), "g", 1))
}

/// A peer that sends one byte a second.
pub async fn dripping_peer() -> FakePeer {
    FakePeer::handling(|mut stream| async move {
        for byte in response("200 OK", "", b"{\"chain\": [") {
            if stream.write_all(&[byte]).await.is_err() {
                return;
            }
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    })
    .await
}

/// A peer that sends half a megabyte of gzip, which is 512 MiB of one block's text.
pub async fn bomb_peer() -> FakePeer {
    let head = b"{\"chain\": [{\"index\": 1, \"previous_hash\": \"".to_vec();
    FakePeer::serving_gzip(std::iter::once(head).chain(std::iter::repeat_n(vec![b'0'; 1 << 20], 512))).await
}

/// Holds connections open, half of them idle and half with half a request; opens a new one for each that the node closes.
/// Returns how many were opened.
pub fn hold_connections(node: SocketAddr, count: usize, over: Arc<AtomicBool>) -> JoinHandle<u64> {
    let opened = Arc::new(AtomicU64::new(0));
    let holders: Vec<_> = (0..count)
        .map(|number| {
            let (opened, over) = (opened.clone(), over.clone());
            tokio::spawn(async move {
                while !over.load(Ordering::Relaxed) {
                    let Ok(mut stream) = TcpStream::connect(node).await else { continue };
                    opened.fetch_add(1, Ordering::Relaxed);
                    if number % 2 == 0 {
                        // The node may have closed the connection.
                        let _ =
                            stream.write_all(b"POST /add_transaction HTTP/1.1\r\nHost: localhost\r\nContent-Le").await;
                    }
                    let closed = tokio::time::timeout(Duration::from_secs(15), stream.read_u8());
                    let _ = closed.await;
                }
            })
        })
        .collect();
    tokio::spawn(async move {
        while !over.load(Ordering::Relaxed) {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        for holder in holders {
            holder.abort();
        }
        opened.load(Ordering::Relaxed)
    })
}

/// Asks for a replacement again and again; returns how often.
pub fn keep_replacing(http: Http, over: Arc<AtomicBool>) -> JoinHandle<u64> {
    tokio::spawn(async move {
        let mut rounds = 0;
        while !over.load(Ordering::Relaxed) {
            let answer = http.get("/replace_chain").await;
            assert!(answer.text.contains("most extensive chain"), "nothing of this may be adopted");
            rounds += 1;
        }
        rounds
    })
}

/// The answers to a flood of transactions.
#[derive(Default)]
pub struct Flood {
    pub sent: u64,
    pub taken: u64,
    pub refused: u64,
}

/// Sends `count` transactions, each as soon as the one before is answered.
pub fn flood(node: SocketAddr, count: u64, over: Arc<AtomicBool>) -> JoinHandle<Flood> {
    let left = Arc::new(AtomicU64::new(count));
    let flooders: Vec<_> = (0..FLOODERS)
        .map(|_| {
            let (http, left, over) = (Http::new(node), left.clone(), over.clone());
            tokio::spawn(async move {
                let mut flood = Flood::default();
                let take = |left: u64| left.checked_sub(1);
                while !over.load(Ordering::Relaxed)
                    && left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, take).is_ok()
                {
                    match http.pay(2).await.status {
                        201 => flood.taken += 1,
                        503 => flood.refused += 1,
                        other => panic!("a payment got {other}"),
                    }
                    flood.sent += 1;
                }
                flood
            })
        })
        .collect();
    tokio::spawn(async move {
        let mut all = Flood::default();
        for flooder in flooders {
            let flood = flooder.await.unwrap();
            all.sent += flood.sent;
            all.taken += flood.taken;
            all.refused += flood.refused;
        }
        all
    })
}
