//! The host and origin check, and the limits on requests (docs/contract.md section 6).

use std::time::Duration;

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use crate::support::TestNode;

#[tokio::test]
async fn other_sites_get_403_and_nothing_happens() {
    let node = TestNode::start().await;
    let own = format!("http://{}", node.address());
    for (header, value, status) in [
        ("Sec-Fetch-Site", "cross-site", 403),
        ("Sec-Fetch-Site", "same-origin", 200),
        ("Sec-Fetch-Site", "none", 200),
        ("Origin", "http://evil.example", 403),
        ("Origin", "null", 403),
        ("Origin", own.as_str(), 200),
        ("Host", "evil.example", 403),
        ("Host", "localhost.evil.example:80", 403),
        ("Host", "localhost:1001", 200),
        ("Host", "192.168.0.7", 200),
        ("Host", "[::1]:1001", 200),
        ("Host", "a b", 400),
        ("Host", "me@localhost", 400),
    ] {
        let before = node.http.chain().await.len();
        let answer = node.http.send(node.http.request("GET", "/mine_block").header(header, value)).await;
        assert_eq!(answer.status, status, "{header}: {value}");
        let mined = node.http.chain().await.len() - before;
        assert_eq!(mined, usize::from(status == 200), "{header}: {value}");
    }
}

#[tokio::test]
async fn a_foreign_page_cannot_post() {
    let node = TestNode::start().await;
    let post = node.http.request("POST", "/add_transaction").header("Origin", "http://evil.example");
    let answer = node.http.send(post.body(include_str!("../../transaction.json"))).await;
    assert_eq!(answer.status, 403);
    assert_eq!(node.http.mine().await["transactions"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn allowed_names_are_answered() {
    let mut config = TestNode::config();
    config.allowed_hosts = vec!["Chain.Example".into()];
    let node = TestNode::start_with(config).await;
    let machine = gethostname::gethostname().to_string_lossy().into_owned();
    for host in ["chain.example", "chain.example:1001", machine.as_str()] {
        let answer = node.http.send(node.http.request("GET", "/get_chain").header("Host", host)).await;
        assert_eq!(answer.status, 200, "{host}");
    }
}

#[tokio::test]
async fn a_body_may_have_2_mib_and_not_a_byte_more() {
    let node = TestNode::start().await;
    let transaction = r#"{"sender": "a", "receiver": "b", "amount": 1}"#;
    let padded = |length: usize| format!("{transaction}{}", " ".repeat(length - transaction.len()));
    assert_eq!(node.http.post("/add_transaction", padded(2 << 20)).await.status, 201);
    for length in [(2 << 20) + 1, 8 << 20] {
        let answer = node.http.post("/add_transaction", padded(length)).await;
        assert_eq!(answer.status, 413, "{length}");
        assert!(answer.text.contains("2097152"), "{}", answer.text);
    }
    let chunks = futures_util::stream::iter((0..48).map(|_| Ok::<_, std::io::Error>(vec![b' '; 64 << 10])));
    let answer = node.http.post("/connect_node", reqwest::Body::wrap_stream(chunks)).await;
    assert_eq!(answer.status, 413, "a body that does not say its length");
    assert_eq!(node.http.mine().await["transactions"].as_array().unwrap().len(), 2);
}

/// Sends these bytes on a raw connection, and reads until it is closed.
async fn raw(node: &TestNode, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(node.running.address()).await.unwrap();
    stream.write_all(bytes).await.unwrap();
    let mut answer = Vec::new();
    let read = tokio::time::timeout(Duration::from_secs(20), stream.read_to_end(&mut answer)).await;
    // A reset counts as closed too.
    let _ = read.expect("the node closes the connection");
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test]
async fn requests_that_never_become_whole_are_ended() {
    let node = TestNode::start().await;
    let body_cut = b"POST /add_transaction HTTP/1.1\r\nHost: localhost\r\nContent-Length: 50\r\n\r\n{\"sender\"";
    let (idle, head, body, good) = tokio::join!(
        raw(&node, b""),
        raw(&node, b"GET /get_chain HTTP/1.1\r\nHost: loc"),
        raw(&node, body_cut),
        node.http.get("/get_chain"),
    );
    assert_eq!(idle, "");
    assert!(head.is_empty() || head.starts_with("HTTP/1.1 408"), "{head}");
    assert!(body.starts_with("HTTP/1.1 408") && body.contains("10 seconds"), "{body}");
    assert_eq!(good.status, 200);
}

#[tokio::test]
async fn what_is_no_http_is_refused() {
    let node = TestNode::start().await;
    let long = format!("GET /{} HTTP/1.1\r\nHost: localhost\r\n\r\n", "a".repeat(100_000));
    let many = format!("GET / HTTP/1.1\r\nHost: localhost\r\n{}\r\n", "X: y\r\n".repeat(1_000));
    for (bytes, status) in [
        (&b"hello\r\n\r\n"[..], "400"),
        (b"GET /get_chain HTTP/1.1\r\n\r\n", "400"),
        (b"GET /get_chain HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n", "400"),
        (b"GET http://evil.example/get_chain HTTP/1.1\r\nHost: localhost\r\n\r\n", "400"),
        (b"POST /add_transaction HTTP/1.1\r\nHost: localhost\r\nContent-Length: x\r\n\r\n", "400"),
        (b"\x16\x03\x01\x02\x00\x01\x00", "400"),
        (long.as_bytes(), "4"),
        (many.as_bytes(), "431"),
        (b"GET /get_chain HTTP/1.0\r\n\r\n", "200"),
    ] {
        let closing = [bytes, b"GET /is_valid HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"].concat();
        let answer = raw(&node, &closing).await;
        let seen = answer.split_whitespace().nth(1).unwrap_or("nothing");
        assert!(seen.starts_with(status), "{:?}: {answer}", String::from_utf8_lossy(&bytes[..bytes.len().min(60)]));
    }
    assert_eq!(node.http.get("/get_chain").await.status, 200);
}

#[tokio::test]
async fn half_sent_requests_do_no_harm_to_others() {
    let node = TestNode::start().await;
    let mut open = Vec::new();
    // Both ends are in this process, which may have few file descriptors.
    for _ in 0..200 {
        let mut stream = TcpStream::connect(node.running.address()).await.unwrap();
        stream.write_all(b"GET /get_chain HTTP/1.1\r\nHo").await.unwrap();
        open.push(stream);
    }
    assert_eq!(node.http.get("/get_chain").await.status, 200);
    assert!(node.http.is_valid().await);
}
