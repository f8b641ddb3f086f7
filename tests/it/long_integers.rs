//! Integers that CPython cannot read: no node takes one, but a folder in which an earlier program has kept one goes on working.

use std::path::Path;

use bcoin::app::Config;
use bcoin_ledger::{
    Blockchain, MempoolLimits, Rules as _,
    chapter::{Block, Chapter},
};
use bcoin_node::{
    now,
    store::{FirstContent, Location, Opened, verify},
};

use crate::support::{LOCALHOST, TestNode};

const FIRST_PROOF_AFTER_1: u64 = 533;

/// What an earlier program may have left: a second block whose amount has this many digits.
fn write_folder(folder: &Path, digits: usize) -> String {
    let location = Location::Folder(folder.to_owned());
    let first = FirstContent { node_address: "n".into(), genesis: Chapter.genesis(now()) };
    let Opened { store, contents, .. } = Opened::open(Chapter, &location, first, &|_, _| ()).unwrap();
    let parent = contents.ancestors.tip.hash;
    let text = format!(
        r#"{{"index":2,"previous_hash":"{parent}","proof":{FIRST_PROOF_AFTER_1},"timestamp":"t",
            "transactions":[{{"amount":{},"receiver":"b","sender":"a"}}]}}"#,
        "7".repeat(digits),
    );
    let block = Chapter.check(Some(&contents.ancestors), Block::from_stored_json(&text).unwrap(), now()).unwrap();
    store
        .append(
            &Blockchain::new(Chapter, contents.ancestors, contents.mempool, MempoolLimits::UNLIMITED),
            &block,
            now().to_utc(),
        )
        .unwrap();
    block.text().to_owned()
}

#[tokio::test]
async fn a_folder_that_holds_a_longer_integer_than_cpython_reads_opens_and_serves_and_verifies() {
    let folder = tempfile::tempdir().unwrap();
    let block = write_folder(folder.path(), 4_301);
    let config = Config::new(LOCALHOST, 0, Location::Folder(folder.path().to_owned()));
    let node = TestNode::start_with(config).await;
    assert!(node.http.get("/get_chain").await.text.contains(&block));
    assert!(node.http.is_valid().await);
    for path in ["/api/v1/blocks", "/api/v1/headers", "/api/v1/accounts/a"] {
        assert_eq!(node.http.get(path).await.status, 200, "{path}");
    }
    node.http.mine().await;

    let other = TestNode::start().await;
    other.connect(&[&node.address()]).await;
    let round = other.http.post("/api/v1/replacements", "").await.json();
    let reason = round["offers"][0]["reason"].as_str().unwrap();
    assert!(reason.contains("an integer has at most 4300 digits"), "{reason}");
    node.running.stop().await;

    let verdict = verify(&Chapter, folder.path(), &|_, _| ()).unwrap();
    assert_eq!((verdict.faults, verdict.blocks), (Vec::new(), 3));
}

#[tokio::test]
async fn a_chain_with_integers_of_4300_digits_is_taken() {
    let folder = tempfile::tempdir().unwrap();
    write_folder(folder.path(), 4_300);
    let config = Config::new(LOCALHOST, 0, Location::Folder(folder.path().to_owned()));
    let (node, other) = (TestNode::start_with(config).await, TestNode::start().await);
    other.connect(&[&node.address()]).await;
    assert_eq!(other.http.post("/api/v1/replacements", "").await.json()["replaced"], true);
}
