//! Peers that answer slowly, each in another way.

use std::time::Duration;

use bcoin_testkit::{FakePeer, fake_peer::response};
use tokio::{io::AsyncWriteExt as _, net::TcpStream, time::sleep};

/// How a peer is slow.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// It takes the request and says nothing.
    Silent,
    /// It sends the head of its answer byte by byte.
    DripsHead,
    /// It stops after more than 1 MiB of one block, and then sends a byte a second.
    DripsBlock,
    /// It sends one endless block a little faster than a peer has to.
    JustAboveTheRate,
    /// It is a B-Coin node by its status, with a longer chain that comes a little faster than it has to.
    SlowPieces,
}

/// The lowest rate that a node accepts, in bytes per second.
const MIN_RATE: usize = 32 << 10;

impl Kind {
    pub const ALL: [Self; 5] =
        [Self::Silent, Self::DripsHead, Self::DripsBlock, Self::JustAboveTheRate, Self::SlowPieces];

    /// Starts a peer of this kind.
    pub async fn start(self) -> FakePeer {
        FakePeer::routing(move |request, mut stream| async move {
            // The node hangs up when it has waited for long enough.
            let _ = self.answer(&request, &mut stream).await;
        })
        .await
    }

    async fn answer(self, request: &str, stream: &mut TcpStream) -> std::io::Result<()> {
        match self {
            Self::Silent => sleep(Duration::from_secs(600)).await,
            Self::DripsHead => drip(stream, &head()).await?,
            Self::DripsBlock if is_of_the_listing(request) => {
                stream.write_all(&head()).await?;
                stream.write_all(b"{\"chain\": [{\"index\": 1, \"timestamp\": \"").await?;
                stream.write_all(&vec![b't'; 3 << 19]).await?;
                drip(stream, &[b't'; 600]).await?;
            }
            Self::JustAboveTheRate if is_of_the_listing(request) => {
                stream.write_all(&head()).await?;
                stream.write_all(b"{\"chain\": [{\"index\": 1, \"timestamp\": \"").await?;
                above_the_rate(stream).await?;
            }
            Self::SlowPieces if request.contains("/status") => {
                let hash = "0".repeat(64);
                let status = format!("{{\"length\": 1000000, \"tip\": {{\"index\": 1000000, \"hash\": \"{hash}\"}}}}");
                stream.write_all(&response("200 OK", "", status.as_bytes())).await?;
            }
            Self::SlowPieces if request.contains("/chain?") => {
                stream.write_all(&head()).await?;
                stream.write_all(b"{\"chain\": [{\"index\": 1, \"timestamp\": \"").await?;
                above_the_rate(stream).await?;
            }
            _ => stream.write_all(&response("404 Not Found", "", b"{}")).await?,
        }
        Ok(())
    }
}

fn is_of_the_listing(request: &str) -> bool {
    request.starts_with("GET /get_chain ")
}

fn head() -> Vec<u8> {
    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n".to_vec()
}

async fn drip(stream: &mut TcpStream, bytes: &[u8]) -> std::io::Result<()> {
    for byte in bytes {
        stream.write_all(&[*byte]).await?;
        sleep(Duration::from_secs(1)).await;
    }
    Ok(())
}

async fn above_the_rate(stream: &mut TcpStream) -> std::io::Result<()> {
    loop {
        stream.write_all(&vec![b't'; MIN_RATE / 8]).await?;
        sleep(Duration::from_millis(115)).await;
    }
}
