//! `/metrics`, `/healthz` and `/readyz`.

use std::{fs, process::Command, time::Duration};

use bcoin::app::Config;
use bcoin_node::store::Location;

use crate::support::TestNode;

#[tokio::test]
async fn metrics_count_what_happened() {
    let node = TestNode::start().await;
    node.connect(&["127.0.0.1:9"]).await;
    node.http.pay(1).await;
    node.http.mine().await;
    node.http.mine().await;
    node.http.pay(2).await;
    node.http.get("/nothing").await;
    node.http.get("/api/v1/blocks/17").await;
    let answer = node.http.get("/metrics").await;
    assert_eq!(answer.headers["content-type"], "application/openmetrics-text; version=1.0.0; charset=utf-8");
    for line in [
        "bcoin_chain_length_blocks 3",
        "bcoin_pending_payments 1",
        "bcoin_peers 1",
        "bcoin_blocks_mined_total 2",
        "bcoin_proofs_tried_total 45826",
        "bcoin_payments_total 2",
        "bcoin_payments_refused_total 0",
        "bcoin_replacements_total 0",
        "bcoin_store_commits_total 5",
        "bcoin_store_commits_failed_total 0",
        r#"bcoin_http_requests_total{route="/mine_block",method="GET",status="200"} 2"#,
        r#"bcoin_http_requests_total{route="/add_transaction",method="POST",status="201"} 2"#,
        r#"bcoin_http_requests_total{route="/api/v1/blocks/{id}",method="GET",status="404"} 1"#,
        r#"bcoin_http_requests_total{route="unknown",method="GET",status="404"} 1"#,
    ] {
        assert!(answer.text.lines().any(|other| other == line), "{line} in\n{}", answer.text);
    }
    for name in ["bcoin_mining_seconds_total ", "bcoin_store_commit_seconds_total ", "bcoin_proofs_tried_per_second "] {
        let line = answer.text.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_else(|| panic!("{name}"));
        assert!(line.parse::<f64>().unwrap() > 0.0, "{name}{line}");
    }
    assert!(answer.text.ends_with("# EOF\n"));
}

#[tokio::test]
async fn a_running_node_is_healthy_and_ready() {
    let node = TestNode::start().await;
    for (path, text) in [("/healthz", "ok\n"), ("/readyz", "ready\n")] {
        let answer = node.http.get(path).await;
        assert_eq!((answer.status, answer.text.as_str()), (200, text));
    }
    let foreign = node.http.request("GET", "/metrics").header("Host", "evil.example");
    assert_eq!(node.http.send(foreign).await.status, 403);
}

/// A folder in the place of the file `reserve` cannot be written; `tests/faults` fills a real disk.
#[tokio::test]
async fn a_node_that_cannot_save_is_not_ready_until_it_can_again() {
    let folder = tempfile::tempdir().unwrap();
    let config = Config { location: Location::Folder(folder.path().to_owned()), ..TestNode::config() };
    let node = TestNode::start_with(config).await;
    let reserve = folder.path().join("reserve");
    fs::remove_file(&reserve).unwrap();
    fs::create_dir(&reserve).unwrap();
    assert_eq!(node.http.get("/readyz").await.status, 200, "nothing was to be saved yet");
    assert_eq!(node.http.pay(1).await.status, 500);
    for _ in 0..3 {
        let answer = node.http.get("/readyz").await;
        assert_eq!(answer.status, 503, "{}", answer.text);
        assert!(answer.text.starts_with("The node is not ready, because nothing can be saved: "), "{}", answer.text);
        assert!(answer.text.ends_with(".\n"), "{}", answer.text);
    }
    assert_eq!(node.http.get("/is_valid").await.status, 200, "reading works");
    fs::remove_dir(&reserve).unwrap();
    // The node tries once a second at most.
    while node.http.get("/readyz").await.status == 503 {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(node.http.get("/readyz").await.text, "ready\n");
    assert_eq!(node.http.pay(2).await.status, 201);
    node.http.mine().await;
    assert_eq!(node.http.paid_amounts().await, [2], "the payment that could not be saved was not taken");
}

#[tokio::test]
#[ignore = "needs the Python package prometheus-client"]
async fn the_reference_parser_reads_the_metrics() {
    let python = std::env::var("BCOIN_TEST_PYTHON").expect("BCOIN_TEST_PYTHON names a Python with prometheus-client");
    let node = TestNode::start().await;
    node.http.mine().await;
    let text = node.http.get("/metrics").await.text;
    let script = "import sys\n\
                  from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse\n\
                  print(sorted(family.name for family in parse(sys.argv[1])))";
    let output = Command::new(python).args(["-c", script, &text]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let names = String::from_utf8_lossy(&output.stdout);
    for name in ["bcoin_chain_length_blocks", "bcoin_http_requests", "bcoin_mining_seconds"] {
        assert!(names.contains(&format!("'{name}'")), "{names}");
    }
}
