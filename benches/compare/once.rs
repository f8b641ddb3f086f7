//! Single requests, with their times. It uses a plain socket and no client library, to measure the server alone.

use std::{
    io::{self, Read as _, Write as _},
    net::{SocketAddr, TcpStream},
    time::{Duration, Instant},
};

/// How many bytes of an answer are kept.
const MAX_KEPT: usize = 4 << 10;

/// An answer and its times.
pub struct Answer {
    /// When the answer began to arrive.
    pub began: Duration,
    /// When it had arrived whole.
    pub ended: Duration,
    /// How many bytes it had, with its head.
    pub bytes: usize,
    /// The beginning of it.
    pub text: String,
}

/// Sends a request on a connection of its own, and reads to the end.
///
/// # Panics
/// When the answer is anything but a 2xx.
pub fn request(address: SocketAddr, verb: &str, path: &str, body: &str) -> Answer {
    let answer = exchange(address, verb, path, body).expect("an answer");
    assert!(answer.text.as_bytes().get(9) == Some(&b'2'), "{verb} {path}: {}", answer.text);
    answer
}

fn exchange(address: SocketAddr, verb: &str, path: &str, body: &str) -> io::Result<Answer> {
    let begun = Instant::now();
    let mut stream = TcpStream::connect(address)?;
    stream.set_nodelay(true)?;
    let head = format!(
        "{verb} {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(head.as_bytes())?;
    let mut buffer = vec![0; 256 << 10];
    let mut bytes = stream.read(&mut buffer)?;
    let began = begun.elapsed();
    let text = String::from_utf8_lossy(&buffer[..bytes.min(MAX_KEPT)]).into_owned();
    loop {
        match stream.read(&mut buffer)? {
            0 => return Ok(Answer { began, ended: begun.elapsed(), bytes, text }),
            read => bytes += read,
        }
    }
}
