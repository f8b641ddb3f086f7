//! Connections: how many, how long they may take, and how they end.

use std::{
    io::{ErrorKind, Read as _, Write as _},
    net::SocketAddr,
    pin::Pin,
    sync::Arc,
    time::Duration,
};

use axum::Router;
use hyper::{
    Request,
    body::Incoming,
    server::conn::http1,
    service::{Service as _, service_fn},
};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
    service::TowerToHyperService,
};
use tokio::{
    net::{TcpListener, TcpStream},
    task::{Id, JoinError, JoinSet},
    time::{sleep, timeout},
};
use tokio_io_timeout::TimeoutStream;
use tokio_util::sync::CancellationToken;
use tracing::Instrument as _;

use super::{
    activity::{Activity, AnswerBody, Displaced, WatchedStream},
    connections::{Connections, NoPlace},
    refusal_page::ReachedAddress,
    shares::{ClientAddress, Holder},
};

/// How many connections may be open at a time (docs/contract.md section 6).
const MAX_CONNECTIONS: usize = 1024;
/// How long the head of a request may take to arrive, and how long a connection may stay idle.
const HEAD_TIMEOUT: Duration = Duration::from_secs(10);
/// How long a client may leave an answer unread before the connection is ended: each holds a place and a snapshot of the chain.
/// Long enough for somebody who reads a chain in a pager.
const STALL_TIMEOUT: Duration = Duration::from_secs(60);
/// The largest head of a request, in bytes.
const MAX_HEAD_BYTES: usize = 64 << 10;
/// How long open requests may continue after `stop` is cancelled; asking for short answers of peers takes 10 s.
const STOP_TIMEOUT: Duration = Duration::from_secs(12);
/// How long to wait when the system has no room for another connection.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);
/// How many bytes of a request are read, and dropped, before a connection without a place is closed.
const MAX_REFUSED_BYTES: usize = 4 << 10;

/// Serves connections until `stop` is cancelled, then lets open requests finish.
pub async fn serve(listener: TcpListener, router: Router, stop: CancellationToken) {
    serve_within(MAX_CONNECTIONS, listener, router, stop).await;
}

/// As [`serve`], with at most so many connections at a time.
async fn serve_within(places: usize, listener: TcpListener, router: Router, stop: CancellationToken) {
    let service = TowerToHyperService::new(router);
    let graceful = GracefulShutdown::new();
    let mut connections = Connections::new(places);
    let mut tasks = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            () = stop.cancelled() => break,
            Some(ended) = tasks.join_next_with_id() => {
                connections.remove(id_of(&ended));
                continue;
            }
            accepted = listener.accept() => accepted,
        };
        // The places of connections that have ended are free.
        while let Some(ended) = tasks.try_join_next_with_id() {
            connections.remove(id_of(&ended));
        }
        let (stream, address) = match accepted {
            Ok(accepted) => accepted,
            Err(error) if error.kind() == ErrorKind::ConnectionAborted => continue,
            Err(error) => {
                tracing::warn!(%error, "cannot accept connections at the moment");
                if !connections.end_longest_idle() {
                    sleep(ACCEPT_PAUSE).await;
                } else if let Ok(Some(ended)) = timeout(ACCEPT_PAUSE, tasks.join_next_with_id()).await {
                    connections.remove(id_of(&ended));
                }
                continue;
            }
        };
        let holder = Holder::of(address.ip());
        if let Err(reason) = connections.make_room(holder) {
            tracing::debug!(%address, %reason, "refused a connection");
            refuse(stream, &reason);
            continue;
        }
        let activity = connections.activity();
        let task = tasks.spawn(answer(stream, address, activity.clone(), service.clone(), &graceful).in_current_span());
        connections.add(holder, activity, task);
    }
    drop(listener);
    if timeout(STOP_TIMEOUT, graceful.shutdown()).await.is_err() {
        tracing::warn!("some requests were still open and are cut off");
    }
    tasks.shutdown().await;
}

/// The task that has ended; it may have been aborted.
fn id_of(ended: &Result<(Id, ()), JoinError>) -> Id {
    match ended {
        Ok((id, ())) => *id,
        Err(error) => error.id(),
    }
}

/// Answers the requests of one connection until it ends.
fn answer(
    stream: TcpStream,
    address: SocketAddr,
    activity: Arc<Activity>,
    service: TowerToHyperService<Router>,
    graceful: &GracefulShutdown,
) -> impl Future<Output = ()> + Send + use<> {
    let reached = stream.local_addr().ok().map(ReachedAddress);
    // Most answers are short: Nagle's algorithm would only delay them. It changes nothing else.
    let _ = stream.set_nodelay(true);
    let stream = WatchedStream { stream: with_write_timeout(stream), activity: activity.clone() };
    let client = ClientAddress(address.ip().to_canonical());
    let answers = service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(client);
        if let Some(reached) = reached {
            request.extensions_mut().insert(reached);
        }
        let answer = activity.begin().map(|begun| (begun, service.call(request)));
        async move {
            let (begun, answer) = answer?;
            let Ok(response) = answer.await;
            Ok::<_, Displaced>(response.map(|body| AnswerBody::new(body, begun)))
        }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .max_buf_size(MAX_HEAD_BYTES)
        .serve_connection(TokioIo::new(stream), answers);
    let connection = graceful.watch(connection);
    async move {
        if let Err(error) = connection.await {
            tracing::debug!(%error, "a connection ended early");
        }
    }
}

/// Sets the time limit for writes that make no progress.
fn with_write_timeout(stream: TcpStream) -> Pin<Box<TimeoutStream<TcpStream>>> {
    let mut stream = TimeoutStream::new(stream);
    stream.set_write_timeout(Some(STALL_TIMEOUT));
    Box::pin(stream)
}

/// Answers a connection for which there is no place with 503, as far as that needs no waiting.
fn refuse(stream: TcpStream, reason: &NoPlace) {
    let sentence = format!("{reason}\n");
    let answer = format!(
        "HTTP/1.1 503 Service Unavailable\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: {}\r\n\
         Retry-After: 1\r\nConnection: close\r\n\r\n{sentence}",
        sentence.len()
    );
    // tokio does not know yet whether its stream can be used, so the plain one is, which does not wait either.
    let Ok(mut stream) = stream.into_std() else { return };
    // Closing a connection with unread bytes would withdraw the answer.
    let _ = stream.read(&mut [0; MAX_REFUSED_BYTES]);
    let _ = stream.write_all(answer.as_bytes());
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use axum::routing::get;
    use tokio::{
        io::{AsyncReadExt as _, AsyncWriteExt as _},
        sync::Semaphore,
        task::JoinHandle,
    };

    use super::*;

    /// A server with three places. `/wait` answers when the test allows it.
    struct Server {
        address: SocketAddr,
        waiting: Arc<Semaphore>,
        /// How many requests for `/wait` have begun.
        begun: Arc<AtomicUsize>,
        stop: CancellationToken,
        task: JoinHandle<()>,
    }

    impl Server {
        async fn start() -> Self {
            let waiting = Arc::new(Semaphore::new(0));
            let begun = Arc::new(AtomicUsize::new(0));
            let (gate, count) = (waiting.clone(), begun.clone());
            let wait = async move || {
                count.fetch_add(1, Ordering::Relaxed);
                gate.acquire().await.map(|_| "waited").unwrap_or_default()
            };
            let router = Router::new().route("/", get(async || "answered")).route("/wait", get(wait));
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let address = listener.local_addr().unwrap();
            let stop = CancellationToken::new();
            let task = tokio::spawn(serve_within(3, listener, router, stop.clone()));
            Self { address, waiting, begun, stop, task }
        }

        async fn connect(&self) -> TcpStream {
            TcpStream::connect(self.address).await.unwrap()
        }

        /// Waits until so many requests for `/wait` are under way.
        async fn until_begun(&self, count: usize) {
            while self.begun.load(Ordering::Relaxed) < count {
                tokio::task::yield_now().await;
            }
        }

        /// A new connection with one answered request.
        async fn used(&self) -> TcpStream {
            let mut stream = self.connect().await;
            assert_eq!(ask(&mut stream, "/").await, "answered");
            stream
        }
    }

    async fn send(stream: &mut TcpStream, path: &str) {
        stream.write_all(format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n").as_bytes()).await.unwrap();
    }

    /// The body of the next answer; empty when the connection is closed.
    async fn read(stream: &mut TcpStream) -> String {
        let (mut head, mut byte) = (String::new(), [0]);
        while !head.ends_with("\r\n\r\n") {
            match stream.read(&mut byte).await {
                Ok(1) => head.push(byte[0].into()),
                _ => return String::new(),
            }
        }
        let head = head.to_ascii_lowercase();
        let (_, length) = head.split_once("content-length: ").expect("a length");
        let mut body = vec![0; length.split_once("\r\n").unwrap().0.parse().unwrap()];
        stream.read_exact(&mut body).await.unwrap();
        String::from_utf8(body).unwrap()
    }

    async fn ask(stream: &mut TcpStream, path: &str) -> String {
        send(stream, path).await;
        read(stream).await
    }

    #[tokio::test]
    async fn the_connection_that_is_idle_longest_makes_room_for_a_newcomer() {
        let server = Server::start().await;
        let (mut first, mut second, mut third) = (server.used().await, server.used().await, server.used().await);
        assert_eq!(ask(&mut first, "/").await, "answered");
        let mut fourth = server.used().await;
        assert_eq!(read(&mut second).await, "", "it is closed");
        for stream in [&mut first, &mut third, &mut fourth] {
            assert_eq!(ask(stream, "/").await, "answered");
        }
    }

    #[tokio::test]
    async fn a_request_that_is_not_whole_keeps_nobody_out() {
        let server = Server::start().await;
        let mut halves = Vec::new();
        for _ in 0..9 {
            let mut stream = server.connect().await;
            stream.write_all(b"GET / HTTP/1.1\r\nHo").await.unwrap();
            halves.push(stream);
        }
        server.used().await;
        assert_eq!(read(&mut halves[0]).await, "", "it is closed");
    }

    #[tokio::test]
    async fn requests_under_way_are_finished_and_newcomers_told_so() {
        let server = Server::start().await;
        let mut busy = Vec::new();
        for _ in 0..3 {
            let mut stream = server.used().await;
            send(&mut stream, "/wait").await;
            busy.push(stream);
        }
        server.until_begun(3).await;
        let mut refused = server.connect().await;
        let mut answer = String::new();
        refused.read_to_string(&mut answer).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 503 ") && answer.contains("\r\nRetry-After: 1\r\n"), "{answer}");
        assert!(
            answer.ends_with("\r\n\r\nAll 3 connections of this node have a request under way. Try again later.\n")
        );
        server.waiting.add_permits(1);
        for stream in &mut busy {
            assert_eq!(read(stream).await, "waited");
        }
        server.used().await;
    }

    #[tokio::test]
    async fn a_server_that_stops_finishes_its_requests() {
        let server = Server::start().await;
        let mut idle = server.used().await;
        let mut busy = server.used().await;
        send(&mut busy, "/wait").await;
        server.until_begun(1).await;
        server.stop.cancel();
        assert_eq!(read(&mut idle).await, "", "it is closed");
        server.waiting.add_permits(1);
        assert_eq!(read(&mut busy).await, "waited");
        server.task.await.unwrap();
    }
}
