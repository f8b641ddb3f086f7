//! A proxy before a node, which counts what passes and may be as slow as a network.

use std::{
    io,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use tokio::{
    io::{AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
    time::sleep,
};

/// How many bytes are sent at a time.
const CHUNK: usize = 64 << 10;

/// Passes connections on to a node; stops when dropped.
pub struct Proxy {
    address: SocketAddr,
    passed: Arc<AtomicU64>,
    task: JoinHandle<()>,
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Proxy {
    /// A proxy that sends the node's answers at `rate` bytes per second, or as fast as it can.
    pub async fn start(node: SocketAddr, rate: Option<f64>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (address, passed) = (listener.local_addr().unwrap(), Arc::<AtomicU64>::default());
        let counter = passed.clone();
        let task = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(pass(client, node, rate, counter.clone()));
            }
        });
        Self { address, passed, task }
    }

    pub fn address(&self) -> String {
        self.address.to_string()
    }

    /// How many bytes have passed, in both directions, since the last call.
    pub fn take_passed(&self) -> u64 {
        self.passed.swap(0, Ordering::Relaxed)
    }
}

async fn pass(client: TcpStream, node: SocketAddr, rate: Option<f64>, passed: Arc<AtomicU64>) -> io::Result<()> {
    let node = TcpStream::connect(node).await?;
    let ((mut from_client, mut to_client), (mut from_node, mut to_node)) = (client.into_split(), node.into_split());
    let counter = passed.clone();
    let requests = tokio::spawn(async move {
        let mut buffer = vec![0; CHUNK];
        loop {
            let count = from_client.read(&mut buffer).await?;
            if count == 0 {
                return to_node.shutdown().await;
            }
            counter.fetch_add(count as u64, Ordering::Relaxed);
            to_node.write_all(&buffer[..count]).await?;
        }
    });
    let mut buffer = vec![0; CHUNK];
    loop {
        let count = from_node.read(&mut buffer).await?;
        if count == 0 {
            requests.abort();
            return Ok(());
        }
        passed.fetch_add(count as u64, Ordering::Relaxed);
        match rate {
            Some(rate) => send_at(rate, &mut to_client, &buffer[..count]).await?,
            None => to_client.write_all(&buffer[..count]).await?,
        }
    }
}

/// Sends bytes at a rate, in bytes per second.
pub async fn send_at(rate: f64, stream: &mut (impl AsyncWrite + Unpin), bytes: &[u8]) -> io::Result<()> {
    let (began, mut sent) = (Instant::now(), 0);
    for chunk in bytes.chunks(CHUNK) {
        stream.write_all(chunk).await?;
        sent += chunk.len();
        let due = Duration::from_secs_f64(sent as f64 / rate);
        sleep(due.saturating_sub(began.elapsed())).await;
    }
    stream.flush().await
}
