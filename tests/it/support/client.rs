//! Runs the client commands, and checks their exit codes.

use std::process::Output;

use serde_json::Value;

use super::BCOIN;

/// Runs `bcoin` with this node in its environment.
pub async fn bcoin(node: &str, arguments: &[&str]) -> Output {
    let mut command = BCOIN.command(arguments);
    command.env("BCOIN_NODE", node).env("TZ", "UTC");
    tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap()
}

/// What it prints when it succeeds.
pub async fn printed(node: &str, arguments: &[&str]) -> String {
    let output = bcoin(node, arguments).await;
    assert_eq!((output.status.code(), output.stderr.as_slice()), (Some(0), &b""[..]), "{arguments:?}: {output:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// The one JSON document it prints with `--json`.
pub async fn document(node: &str, arguments: &[&str]) -> Value {
    let text = printed(node, &[arguments, &["--json"]].concat()).await;
    assert_eq!(text.lines().count(), 1, "{text}");
    serde_json::from_str(&text).unwrap()
}

/// The error of a command that fails: one line.
pub async fn refused(node: &str, arguments: &[&str]) -> String {
    let output = bcoin(node, arguments).await;
    assert_eq!((output.status.code(), output.stdout.as_slice()), (Some(1), &b""[..]), "{arguments:?}: {output:?}");
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(text.starts_with("bcoin: ") && text.lines().count() == 1, "{text}");
    text.trim_start_matches("bcoin: ").trim_end().to_owned()
}

/// An address where nobody listens.
pub async fn nowhere() -> String {
    tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().to_string()
}
