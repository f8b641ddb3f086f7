//! The honest peer, whose chain comes at 100 Mbit/s.

use std::sync::Arc;

use bcoin_ledger::chapter::Transaction;
use bcoin_testkit::{FakePeer, Process, chain, fake_peer::response};
use tempfile::TempDir;

use crate::{
    BCOIN,
    proxy::{Proxy, send_at},
};

/// 100 Mbit/s in bytes.
const BYTES_PER_SECOND: f64 = 12_500_000.0;
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
                        let _ = send_at(BYTES_PER_SECOND, &mut stream, &answer).await;
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
                let proxy = Proxy::start(node.address(), Some(BYTES_PER_SECOND)).await;
                (proxy.address(), Running::BCoin(node, proxy, folder))
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
