//! `bcoin watch`: the events of a node, and how it reconnects.

use std::{
    io::{BufRead as _, BufReader, Read},
    process::{Child, Command, Stdio},
    time::Duration,
};

use serde_json::{Value, json};
use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    sync::{mpsc, watch},
    task::JoinHandle,
    time::timeout,
};

use crate::support::{BCOIN, Canned, TestNode};

/// How long a test waits for anything that has to happen.
const TIMEOUT: Duration = Duration::from_secs(30);

/// A running `bcoin watch`; killed when dropped.
struct Watching {
    child: Child,
    lines: mpsc::UnboundedReceiver<String>,
    notes: mpsc::UnboundedReceiver<String>,
}

impl Drop for Watching {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The lines of a pipe as they come.
fn lines(pipe: impl Read + Send + 'static) -> mpsc::UnboundedReceiver<String> {
    let (sender, receiver) = mpsc::unbounded_channel();
    std::thread::spawn(move || {
        for line in BufReader::new(pipe).lines().map_while(Result::ok) {
            if sender.send(line).is_err() {
                break;
            }
        }
    });
    receiver
}

fn watch_command(node: &str, form: &[&str]) -> Command {
    let mut command = BCOIN.command(&[&["watch", "--node", node], form].concat());
    command.env("TZ", "UTC").stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

impl Watching {
    /// Watches this node, from now on.
    async fn start(node: &str, form: &[&str]) -> Self {
        let mut child = watch_command(node, form).spawn().unwrap();
        let (lines, notes) = (lines(child.stdout.take().unwrap()), lines(child.stderr.take().unwrap()));
        let mut watching = Self { child, lines, notes };
        let note = watching.note().await;
        assert!(note.starts_with(&format!("Watching http://{node}: ")) && note.ends_with("Ctrl-C."), "{note}");
        watching
    }

    async fn line(&mut self) -> String {
        timeout(TIMEOUT, self.lines.recv()).await.expect("a line in time").expect("a line")
    }

    async fn document(&mut self) -> Value {
        let line = self.line().await;
        serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line}"))
    }

    /// The next line on standard error.
    async fn note(&mut self) -> String {
        timeout(TIMEOUT, self.notes.recv()).await.expect("a note in time").expect("a note")
    }

    /// Its exit code, when it has ended, and the remaining notes.
    async fn end(mut self) -> (Option<i32>, Vec<String>) {
        let mut notes = Vec::new();
        while let Some(note) = timeout(TIMEOUT, self.notes.recv()).await.expect("an end in time") {
            notes.push(note);
        }
        (self.child.wait().unwrap().code(), notes)
    }

    #[cfg(unix)]
    fn signal(&self, signal: &str) {
        assert!(Command::new("kill").args([signal, &self.child.id().to_string()]).status().unwrap().success());
    }
}

/// The rest of a line that begins with a time of the day.
fn after_time(line: &str) -> &str {
    let (time, rest) = line.split_once("  ").unwrap_or_else(|| panic!("{line}"));
    let digits: Vec<_> = time.split(':').map(str::parse::<u8>).collect();
    assert!(digits.len() == 3 && digits.iter().all(Result::is_ok), "{line}");
    rest
}

#[tokio::test]
async fn the_chapters_walk_is_printed_as_it_happens() {
    let (node, peer) = (TestNode::start().await, TestNode::start().await);
    let (address, other) = (node.address(), peer.address());
    let mut text = Watching::start(&address, &[]).await;
    let mut documents = Watching::start(&address, &["--json"]).await;
    node.http.pay(10).await;
    node.http.mine().await;
    node.connect(&[&other]).await;
    for _ in 0..4 {
        peer.http.mine().await;
    }
    let hash = node.http.get("/api/v1/blocks/2").await.json()["hash"].as_str().unwrap()[..8].to_owned();
    assert!(node.http.replace_chain().await);
    node.http
        .send(node.http.request("PUT", "/api/v1/mining").body(r#"{"mode": "interval", "every_ms": 3600000}"#))
        .await;
    node.http.send(node.http.request("DELETE", &format!("/api/v1/peers/{other}"))).await;

    let mut lines = Vec::new();
    for _ in 0..6 {
        lines.push(after_time(&text.line().await).to_owned());
    }
    assert_eq!(lines[0], "Alice pays Bob 10; it waits for block 2 (1 waiting)");
    assert!(lines[1].starts_with("block 2 mined: 2 transactions, proof 533 after 533 tries in "), "{}", lines[1]);
    assert!(lines[1].ends_with(&format!(" ms, hash {hash}...")), "{}", lines[1]);
    let replaced = format!(
        "chain replaced by the longer one of {other}: 5 blocks now; given up: blocks 1 to 2; waiting again: 1 payment"
    );
    assert_eq!(
        lines[2..],
        [
            format!("connected: {other} (1 peer)"),
            replaced,
            "the node mines a block every 3600000 ms from now on".into(),
            format!("forgotten: {other} (0 peers)"),
        ]
    );

    let mut names = Vec::new();
    for count in 1..=6 {
        let document = documents.document().await;
        assert_eq!(document.as_object().unwrap().keys().collect::<Vec<_>>(), ["data", "event", "id"]);
        assert!(document["id"].as_str().unwrap().ends_with(&format!("-{count}")), "{document}");
        if count == 1 {
            assert_eq!(document["data"]["transaction"], json!({"sender": "Alice", "receiver": "Bob", "amount": 10}));
        }
        names.push(document["event"].as_str().unwrap().to_owned());
    }
    assert_eq!(names, ["payment", "block", "peers", "replacement", "mining", "peers"]);
}

/// A proxy between a watcher and a node that can cut their connections.
struct Proxy {
    address: String,
    is_open: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Proxy {
    async fn start(node: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let (is_open, state) = watch::channel(true);
        let task = tokio::spawn(async move {
            while let Ok((mut client, _)) = listener.accept().await {
                let (mut state, node) = (state.clone(), node.clone());
                tokio::spawn(async move {
                    if !*state.borrow_and_update() {
                        return;
                    }
                    let mut server = TcpStream::connect(node).await.unwrap();
                    tokio::select! {
                        _ = copy_bidirectional(&mut client, &mut server) => {}
                        _ = state.changed() => {}
                    }
                });
            }
        });
        Self { address, is_open, task }
    }
}

#[tokio::test]
async fn a_watch_survives_cuts_and_misses_nothing() {
    let node = TestNode::start().await;
    let proxy = Proxy::start(node.address()).await;
    let mut watching = Watching::start(&proxy.address, &["--json"]).await;
    let mut sent = 0;
    let mut pay = async || {
        sent += 1;
        assert_eq!(node.http.pay(sent).await.status, 201);
    };
    let mut heard = Vec::new();
    for round in 0..2 {
        pay().await;
        heard.push(watching.document().await["data"]["transaction"]["amount"].clone());
        proxy.is_open.send(false).unwrap();
        pay().await;
        let gone = watching.note().await;
        assert!(after_time(&gone).starts_with(&format!("http://{} is gone (", proxy.address)), "{round}: {gone}");
        pay().await;
        proxy.is_open.send(true).unwrap();
        let back = watching.note().await;
        assert_eq!(after_time(&back), format!("http://{} is back", proxy.address), "{round}");
        pay().await;
        for _ in 0..3 {
            heard.push(watching.document().await["data"]["transaction"]["amount"].clone());
        }
    }
    assert_eq!(heard, (1..=8).collect::<Vec<_>>());
    // When it reconnects at the first attempt, it prints no note.
    proxy.is_open.send(true).unwrap();
    pay().await;
    assert_eq!(watching.document().await["data"]["transaction"]["amount"], 9);
    assert!(watching.notes.is_empty());
}

#[tokio::test]
async fn a_node_that_was_started_anew_is_watched_on() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().to_str().unwrap();
    let node = BCOIN.start(&["--port", "0", "--data-dir", path]);
    let (address, port) = (node.address(), node.address().port().to_string());
    let mut watching = Watching::start(&address.to_string(), &[]).await;
    node.http().pay(10).await;
    assert_eq!(after_time(&watching.line().await), "Alice pays Bob 10; it waits for block 2 (1 waiting)");
    node.kill();
    let gone = watching.note().await;
    assert!(gone.contains(&format!("http://{address} is gone (")) && gone.contains("refused"), "{gone}");
    let node = BCOIN.start(&["--port", &port, "--data-dir", path]);
    assert!(watching.note().await.ends_with(" is back"));
    let reset = watching.line().await;
    assert!(after_time(&reset).starts_with("what happened before this is not known"), "{reset}");
    assert!(reset.ends_with("; 1 block, 1 waiting now"), "{reset}");
    node.http().mine().await;
    assert!(after_time(&watching.line().await).starts_with("block 2 mined: 2 transactions, "));
}

#[cfg(unix)]
#[tokio::test]
async fn ctrl_c_ends_a_watch_with_0() {
    let node = TestNode::start().await;
    for signal in ["-INT", "-TERM"] {
        let watching = Watching::start(&node.address(), &[]).await;
        watching.signal(signal);
        assert_eq!(watching.end().await, (Some(0), vec![]), "{signal}");
    }
    // Also while it waits before it reconnects.
    let watching = Watching::start(&node.address(), &[]).await;
    node.running.stop().await;
    let mut watching = watching;
    assert!(watching.note().await.contains(" is gone ("));
    watching.signal("-INT");
    assert_eq!(watching.end().await, (Some(0), vec![]));
}

#[cfg(unix)]
#[tokio::test]
async fn ctrl_c_ends_a_watch_that_nobody_reads() {
    let node = TestNode::start().await;
    let mut child = watch_command(&node.address(), &["--json"]).spawn().unwrap();
    // Like a terminal that was stopped with Ctrl-S: standard output stays open, and nothing reads it.
    let stuck = child.stdout.take();
    let mut notes = lines(child.stderr.take().unwrap());
    assert!(timeout(TIMEOUT, notes.recv()).await.unwrap().unwrap().starts_with("Watching"));
    // More than a pipe holds.
    let body = json!({"sender": "x".repeat(256), "receiver": "Bob", "amount": "1".repeat(4_000)}).to_string();
    for _ in 0..100 {
        assert_eq!(node.http.post("/api/v1/pending", body.clone()).await.status, 201);
    }
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
    let status = tokio::task::spawn_blocking(move || child.wait().unwrap());
    assert_eq!(timeout(TIMEOUT, status).await.expect("it ends").unwrap().code(), Some(0));
    drop(stuck);
}

#[cfg(unix)]
#[tokio::test]
async fn a_watch_ends_with_its_reader_and_waits_for_no_event() {
    let node = TestNode::start().await;
    let mut child = watch_command(&node.address(), &[]).spawn().unwrap();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    let mut notes = lines(child.stderr.take().unwrap());
    assert!(timeout(TIMEOUT, notes.recv()).await.unwrap().unwrap().starts_with("Watching"));
    node.http.pay(10).await;
    let stdout = tokio::task::spawn_blocking(move || {
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        assert!(line.ends_with("(1 waiting)\n"), "{line}");
        stdout
    });
    drop(timeout(TIMEOUT, stdout).await.expect("a line in time").unwrap());
    let ended = tokio::task::spawn_blocking(move || child.wait().unwrap());
    assert_eq!(timeout(TIMEOUT, ended).await.expect("it ends").unwrap().code(), Some(0));
    assert_eq!(notes.recv().await, None);
}

#[tokio::test]
async fn the_sentence_of_a_node_that_refuses_is_printed() {
    let status = TestNode::start().await.http.get("/api/v1/status").await.text;
    let server = Canned::start(move |_, path| match path {
        "/api/v1/status" => (200, "application/json", status.clone()),
        _ => {
            let problem = json!({"type": "urn:bcoin:problem:too-many-listeners", "title": "Too many", "status": 503,
                "detail": "512 listeners hear this node's events already."});
            (503, "application/problem+json", problem.to_string())
        }
    })
    .await;
    let mut child = watch_command(&server.address(), &[]).spawn().unwrap();
    let mut notes = lines(child.stderr.take().unwrap());
    let note = timeout(TIMEOUT, notes.recv()).await.unwrap().unwrap();
    assert_eq!(note, "bcoin: 512 listeners hear this node's events already.");
    assert_eq!(child.wait().unwrap().code(), Some(1));
}

#[tokio::test]
async fn a_hostile_stream_harms_nobody() {
    let status = TestNode::start().await.http.get("/api/v1/status").await.text;
    let stream = "id: 1\u{1b}[2J\nevent: \u{1b}[31m\ndata: \u{202e}\ndata: \u{9b}\n\n\
                  event: payment\ndata: {\"transaction\": {\"sender\": \"\u{202e}\u{7f}\", \"receiver\": \"\\u001b[2J\", \"amount\": \"\u{9b}\"},\n\
                  data: \"block\": 2, \"pending\": 1, \"time\": \"2026-11-23T12:47:55Z\"}\n\n";
    let server = Canned::start(move |_, path| match path {
        "/api/v1/status" => (200, "application/json", status.clone()),
        _ => (200, "text/event-stream", stream.to_owned()),
    })
    .await;
    let mut text = Watching::start(&server.address(), &[]).await;
    assert_eq!(text.line().await, "          \\u{1b}[31m: \\u{202e}\\u{a}\\u{9b}");
    assert_eq!(
        text.line().await,
        "12:47:55  \"\\u{202e}\\u{7f}\" pays \"\\u{1b}[2J\" \"\\u{9b}\"; it waits for block 2 (1 waiting)"
    );
    let mut documents = Watching::start(&server.address(), &["--json"]).await;
    let line = documents.line().await;
    assert_eq!(line, r#"{"id":"1\u001b[2J","event":"\u001b[31m","data":"\u202e\n\u009b"}"#);
    let second = documents.document().await;
    assert_eq!(second["data"]["transaction"]["sender"], "\u{202e}\u{7f}");
    // The stream ends after these two events. The watch reconnects without a note.
    assert_eq!(documents.line().await, line);
    assert!(documents.notes.is_empty());
}
