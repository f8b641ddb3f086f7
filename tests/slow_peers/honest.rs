//! The honest peer, whose chain comes at 100 Mbit/s.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use bcoin_ledger::chapter::Transaction;
use bcoin_testkit::{FakePeer, Process, chain, fake_peer::response};
use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _, copy},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
    time::sleep,
};

use crate::BCOIN;

/// 100 Mbit/s in bytes.
const BYTES_PER_SECOND: f64 = 12_500_000.0;
/// How many bytes are sent at a time.
const CHUNK: usize = 64 << 10;
/// How many payments a block has.
const PAYMENTS: u64 = 1000;

/// Which program the honest peer is.
#[derive(Clone, Copy)]
pub enum Program {
    Listing,
    BCoin,
}

impl Program {
    pub fn name(self) -> &'static str {
        match self {
            Self::Listing => "listing",
            Self::BCoin => "B-Coin",
        }
    }
}

/// A chain as `/get_chain` serves it.
pub struct Chain {
    body: Arc<Vec<u8>>,
    length: u64,
}

/// A chain of so many blocks with 1,000 payments each.
pub fn chain(blocks: u64) -> Chain {
    let texts = chain::texts_with(blocks, |index| {
        let mut payments: Vec<_> = (0..PAYMENTS).map(|count| chain::transaction(index * PAYMENTS + count)).collect();
        payments.push(Transaction::coinbase("0123456789abcdef0123456789abcdef", "Bharathi"));
        ("2026-11-22 19:41:17.215595".into(), payments)
    });
    Chain { body: Arc::new(chain::body(texts).into_bytes()), length: blocks }
}

/// The peer.
pub struct Honest {
    address: String,
    length: u64,
    _running: Running,
}

enum Running {
    #[allow(dead_code, reason = "it runs until it is dropped")]
    Listing(FakePeer),
    #[allow(dead_code, reason = "they run until they are dropped")]
    BCoin(Process, Proxy, TempDir),
}

impl Honest {
    pub async fn start(program: Program, chain: &Chain) -> Self {
        let (address, running) = match program {
            Program::Listing => {
                let body = chain.body.clone();
                let peer = FakePeer::routing(move |request, mut stream| {
                    let body = body.clone();
                    async move {
                        let answer = match request.starts_with("GET /get_chain ") {
                            true => response("200 OK", "", &body),
                            false => response("404 Not Found", "", b"{}"),
                        };
                        // The node may hang up.
                        let _ = send_slowly(&mut stream, &answer).await;
                    }
                })
                .await;
                (peer.address(), Running::Listing(peer))
            }
            Program::BCoin => {
                let folder = tempfile::tempdir().unwrap();
                let (file, data) = (folder.path().join("chain.json"), folder.path().join("data"));
                std::fs::write(&file, chain.body.as_slice()).unwrap();
                let imported = BCOIN.run(&["import", file.to_str().unwrap(), "--data-dir", data.to_str().unwrap()]);
                assert!(imported.status.success(), "{}", String::from_utf8_lossy(&imported.stderr));
                let node = BCOIN.start(&["--port", "0", "--data-dir", data.to_str().unwrap()]);
                let proxy = Proxy::start(node.address()).await;
                (proxy.address.clone(), Running::BCoin(node, proxy, folder))
            }
        };
        Self { address, length: chain.length, _running: running }
    }

    pub fn address(&self) -> String {
        self.address.clone()
    }

    pub fn length(&self) -> u64 {
        self.length
    }
}

/// Passes connections on to a node, and its answers back at the rate of the network.
struct Proxy {
    address: String,
    task: JoinHandle<()>,
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Proxy {
    async fn start(node: std::net::SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let task = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(async move {
                    let node = TcpStream::connect(node).await?;
                    let ((mut from_client, mut to_client), (mut from_node, mut to_node)) =
                        (client.into_split(), node.into_split());
                    let requests = tokio::spawn(async move { copy(&mut from_client, &mut to_node).await });
                    let mut buffer = vec![0; CHUNK];
                    loop {
                        let count = from_node.read(&mut buffer).await?;
                        if count == 0 {
                            break;
                        }
                        send_slowly(&mut to_client, &buffer[..count]).await?;
                    }
                    requests.abort();
                    std::io::Result::Ok(())
                });
            }
        });
        Self { address, task }
    }
}

async fn send_slowly(stream: &mut (impl tokio::io::AsyncWrite + Unpin), bytes: &[u8]) -> std::io::Result<()> {
    let (began, mut sent) = (Instant::now(), 0);
    for chunk in bytes.chunks(CHUNK) {
        stream.write_all(chunk).await?;
        sent += chunk.len();
        let due = Duration::from_secs_f64(sent as f64 / BYTES_PER_SECOND);
        sleep(due.saturating_sub(began.elapsed())).await;
    }
    stream.flush().await
}
