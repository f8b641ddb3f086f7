//! Peers with answers that a test chooses, byte for byte.

use std::{io::Write as _, net::SocketAddr, sync::Arc};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

/// A peer on a free port; it stops when dropped.
pub struct FakePeer {
    address: SocketAddr,
    task: JoinHandle<()>,
}

impl Drop for FakePeer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl FakePeer {
    /// Answers every request with these bytes and closes the connection.
    pub async fn answering(response: Vec<u8>) -> Self {
        let response = Arc::new(response);
        Self::handling(move |mut stream| {
            let response = response.clone();
            async move {
                // The client may hang up as soon as it has seen enough.
                let _ = stream.write_all(&response).await;
                let _ = stream.shutdown().await;
            }
        })
        .await
    }

    /// Answers every request with 200 and this body.
    pub async fn serving(body: impl AsRef<[u8]>) -> Self {
        Self::answering(response("200 OK", "", body.as_ref())).await
    }

    /// Answers every request with 200 and a body that is gzip of `chunks`.
    pub async fn serving_gzip(chunks: impl Iterator<Item = Vec<u8>>) -> Self {
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        for chunk in chunks {
            gzip.write_all(&chunk).expect("memory takes everything");
        }
        let body = gzip.finish().expect("memory takes everything");
        Self::answering(response("200 OK", "Content-Encoding: gzip\r\n", &body)).await
    }

    /// Calls `handle` once the head of a request has arrived.
    pub async fn handling<F, R>(handle: F) -> Self
    where
        F: Fn(TcpStream) -> R + Send + 'static,
        R: Future<Output = ()> + Send + 'static,
    {
        Self::routing(move |_, stream| handle(stream)).await
    }

    /// Calls `handle` with the request line once the head of a request has arrived.
    pub async fn routing<F, R>(handle: F) -> Self
    where
        F: Fn(String, TcpStream) -> R + Send + 'static,
        R: Future<Output = ()> + Send + 'static,
    {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let task = tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut head = Vec::new();
                while !head.ends_with(b"\r\n\r\n") {
                    match stream.read_u8().await {
                        Ok(byte) => head.push(byte),
                        Err(_) => break,
                    }
                }
                let head = String::from_utf8_lossy(&head);
                tokio::spawn(handle(head.lines().next().unwrap_or_default().to_owned(), stream));
            }
        });
        Self { address, task }
    }

    /// The address in the form of the list of peers.
    pub fn address(&self) -> String {
        self.address.to_string()
    }
}

/// An answer with this body and these further headers, each of which ends with a line break.
pub fn response(status: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let mut bytes = format!(
        "HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n{headers}\r\n",
        body.len()
    )
    .into_bytes();
    bytes.extend_from_slice(body);
    bytes
}
