//! The answers of the six routes, byte for byte: heads and bodies are compared with a recording. Values
//! that differ from run to run (dates, times, hashes, the node's address) are replaced by names.

use std::{
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpStream},
};

use serde_json::Value;

use crate::support::TestNode;

/// Verb, path, further headers, body.
const WALK: &[(&str, &str, &str, &str)] = &[
    ("GET", "/get_chain", "", ""),
    ("POST", "/add_transaction", "", r#"{"sender": "Alice", "receiver": "Bob", "amount": 10}"#),
    (
        "POST",
        "/add_transaction",
        "Content-Type: text/plain\r\n",
        r#"{"sender": "é", "receiver": "\u0001", "amount": "1E2"}"#,
    ),
    ("GET", "/mine_block", "", ""),
    ("GET", "/mine_block", "", ""),
    ("GET", "/get_chain", "", ""),
    ("HEAD", "/get_chain", "", ""),
    ("GET", "/get_chain", "If-None-Match: *\r\n", ""),
    ("GET", "/is_valid", "", ""),
    ("HEAD", "/is_valid", "", ""),
    ("POST", "/connect_node", "", r#"{"nodes": ["http://127.0.0.1:9", "localhost:9/"]}"#),
    ("POST", "/connect_node", "", r#"{"nodes": null}"#),
    ("POST", "/connect_node", "", r#"{"nodes": ["ftp://x"]}"#),
    ("POST", "/connect_node", "", "{}"),
    ("GET", "/replace_chain", "", ""),
    ("HEAD", "/replace_chain", "", ""),
    ("POST", "/add_transaction", "", r#"{"sender": "Alice"}"#),
    ("POST", "/add_transaction", "", r#"{"sender": "Alice", "receiver": "Bob", "amount": -1}"#),
    ("POST", "/add_transaction", "", "[]"),
    ("POST", "/add_transaction", "", ""),
    ("GET", "/add_transaction", "", ""),
    ("DELETE", "/mine_block", "", ""),
    ("HEAD", "/mine_block", "", ""),
    ("PUT", "/get_chain", "", ""),
    ("GET", "/mine_block", "Origin: http://evil.example\r\n", ""),
    ("GET", "/get_chain", "Sec-Fetch-Site: cross-site\r\n", ""),
];

#[tokio::test]
async fn the_six_routes_answer_byte_for_byte_as_recorded() {
    let node = TestNode::start().await;
    let address = node.running.address();
    let transcript = tokio::task::spawn_blocking(move || walk(address)).await.unwrap();
    let recorded = include_str!("../golden/six_routes.txt");
    for (line, (now, then)) in transcript.lines().zip(recorded.lines()).enumerate() {
        assert_eq!(now, then, "line {} of tests/golden/six_routes.txt", line + 1);
    }
    assert_eq!(transcript, recorded);
}

fn walk(address: SocketAddr) -> String {
    let mut transcript = String::new();
    let mut own_texts: Vec<(String, &str)> = vec![(address.to_string(), "ADDRESS")];
    for (verb, path, headers, body) in WALK {
        let answer = exchange(address, verb, path, headers, body);
        learn(&answer, &mut own_texts);
        let mut shown = answer;
        for (text, name) in &own_texts {
            shown = shown.replace(text, name);
        }
        transcript.push_str(&format!("> {verb} {path} {}{body}\n{shown}\n", headers.replace("\r\n", " ")));
    }
    transcript
}

fn exchange(address: SocketAddr, verb: &str, path: &str, headers: &str, body: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    let length = if body.is_empty() { String::new() } else { format!("Content-Length: {}\r\n", body.len()) };
    write!(stream, "{verb} {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n{headers}{length}\r\n{body}")
        .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let lines: Vec<_> =
        answer.split("\r\n").map(|line| if line.starts_with("date: ") { "date: DATE" } else { line }).collect();
    lines.join("\n")
}

/// Finds the values of this run: the hashes, the times and the sender of the rewards.
fn learn(answer: &str, own_texts: &mut Vec<(String, &'static str)>) {
    if let Some(tag) = answer.lines().find_map(|line| line.strip_prefix("etag: W/\"")) {
        own_texts.push((tag.trim_end_matches('"').to_owned(), "HASH"));
    }
    let Some((_, body)) = answer.split_once("\n\n") else { return };
    let Ok(body) = serde_json::from_str::<Value>(body) else { return };
    let blocks = ["chain", "new_chain"].iter().find_map(|key| body[*key].as_array().cloned()).unwrap_or(vec![body]);
    for block in blocks {
        let Some(timestamp) = block["timestamp"].as_str() else { continue };
        own_texts.push((timestamp.to_owned(), "TIME"));
        let hash = block["previous_hash"].as_str().unwrap();
        if hash.len() == 64 {
            own_texts.push((hash.to_owned(), "HASH"));
        }
        if let Some(reward) = block["transactions"].as_array().unwrap().last() {
            own_texts.push((reward["sender"].as_str().unwrap().to_owned(), "NODE"));
        }
    }
}
