//! A load of equal requests over connections that stay open. It shares the cores with the measured server, so it only counts
//! answers by their `Content-Length`.

use std::{
    io, iter,
    net::SocketAddr,
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    runtime,
    task::JoinSet,
};

/// How many threads send: one for each of the two cores that the figures are stated for.
const THREADS: usize = 2;
/// How long one round lasts.
const ROUND: Duration = Duration::from_millis(1500);
/// How long different bodies may take.
const MAX_SENDING: Duration = Duration::from_secs(60);

/// What is sent, and where.
pub struct Load {
    address: SocketAddr,
    request: Arc<[u8]>,
    connections: usize,
}

impl Load {
    pub fn get(address: SocketAddr, path: &str, connections: usize) -> Self {
        let request = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\n\r\n");
        Self { address, request: request.into_bytes().into(), connections }
    }

    pub fn post(address: SocketAddr, path: &str, body: &str, connections: usize) -> Self {
        Self { address, request: post(address, path, body).into(), connections }
    }

    /// Sends for one round, the next request of a connection as soon as the one before is answered. Returns the answers in
    /// a second.
    ///
    /// # Panics
    /// When an answer is anything but a 2xx.
    pub fn round(&self) -> f64 {
        let begun = Instant::now();
        let answers: u64 = thread::scope(|scope| {
            let senders: Vec<_> = (0..THREADS).map(|_| scope.spawn(|| self.send(begun + ROUND))).collect();
            senders.into_iter().map(|sender| sender.join().expect("a sender ends")).sum()
        });
        answers as f64 / begun.elapsed().as_secs_f64()
    }

    fn send(&self, until: Instant) -> u64 {
        let client = |_| client(self.address, iter::repeat_n(self.request.clone(), usize::MAX), until);
        run((0..self.connections / THREADS).map(client))
    }
}

/// Sends other bodies over each of these connections, until all are sent. Returns the answers in a second.
///
/// # Panics
/// When an answer is anything but a 2xx.
pub fn post_all(address: SocketAddr, path: &str, connections: &[Vec<String>]) -> f64 {
    let to_requests = |bodies: &Vec<String>| bodies.iter().map(|body| post(address, path, body).into()).collect();
    let requests: Vec<Vec<Arc<[u8]>>> = connections.iter().map(to_requests).collect();
    let begun = Instant::now();
    let answers: u64 = thread::scope(|scope| {
        let of_thread = |part: &[Vec<Arc<[u8]>>]| {
            let clients: Vec<_> = part
                .iter()
                .map(|requests| client(address, requests.clone().into_iter(), begun + MAX_SENDING))
                .collect();
            scope.spawn(|| run(clients))
        };
        let senders: Vec<_> = requests.chunks(requests.len().div_ceil(THREADS)).map(of_thread).collect();
        senders.into_iter().map(|sender| sender.join().expect("a sender ends")).sum()
    });
    assert_eq!(answers, connections.iter().map(|bodies| bodies.len() as u64).sum::<u64>(), "all are sent in time");
    answers as f64 / begun.elapsed().as_secs_f64()
}

fn post(address: SocketAddr, path: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!(
        "POST {path} HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
    )
    .into_bytes()
}

/// Runs clients on this thread; returns how many answers they got.
fn run(clients: impl IntoIterator<Item = impl Future<Output = io::Result<u64>> + Send + 'static>) -> u64 {
    let runtime = runtime::Builder::new_current_thread().enable_io().build().expect("a runtime");
    let answers = runtime.block_on(async { clients.into_iter().collect::<JoinSet<_>>().join_all().await });
    answers.into_iter().map(|answers| answers.expect("every request is answered")).sum()
}

/// One connection. It is reopened when the server closes it, as Flask does after each answer.
async fn client(address: SocketAddr, mut requests: impl Iterator<Item = Arc<[u8]>>, until: Instant) -> io::Result<u64> {
    let mut buffer = vec![0; 64 << 10];
    let mut answers = 0;
    loop {
        let mut stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let mut open = true;
        while open {
            let Some(request) = requests.next().filter(|_| Instant::now() < until) else { return Ok(answers) };
            stream.write_all(&request).await?;
            open = answer(&mut stream, &mut buffer).await?;
            answers += 1;
        }
    }
}

/// Reads one answer; returns whether the connection stays open.
async fn answer(stream: &mut TcpStream, buffer: &mut [u8]) -> io::Result<bool> {
    let mut filled = 0;
    let head = loop {
        let read = stream.read(&mut buffer[filled..]).await?;
        if read == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        filled += read;
        if let Some(head) = Head::parse(&buffer[..filled]) {
            break head;
        }
    };
    let mut left = (head.length + head.body).saturating_sub(filled);
    while left > 0 {
        let read = stream.read(buffer).await?;
        if read == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        left -= read;
    }
    Ok(head.stays_open)
}

struct Head {
    length: usize,
    body: usize,
    stays_open: bool,
}

impl Head {
    /// `None` until the whole head has arrived.
    fn parse(bytes: &[u8]) -> Option<Self> {
        let length = bytes.windows(4).position(|window| window == b"\r\n\r\n")? + 4;
        let text = str::from_utf8(&bytes[..length]).expect("a head in ASCII");
        assert_eq!(text.as_bytes()[9], b'2', "not as expected: {text}");
        let body = header(text, "content-length").expect("a Content-Length");
        let closes = text.starts_with("HTTP/1.0") || header(text, "connection") == Some("close");
        Some(Self { length, body: body.parse().expect("a number"), stays_open: !closes })
    }
}

fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    let mut headers = head.lines().filter_map(|line| line.split_once(':'));
    headers.find(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
}
