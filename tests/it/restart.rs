//! A node continues where it stopped, however it stopped.

use std::{fs, path::Path};

use bcoin::app::{Config, StartError, spawn};
use bcoin_node::store::Location;
use serde_json::json;

use crate::support::{LOCALHOST, TestNode};

fn in_folder(folder: &Path) -> Config {
    Config::new(LOCALHOST, 0, Location::Folder(folder.to_owned()))
}

async fn start(folder: &Path) -> TestNode {
    TestNode::start_with(in_folder(folder)).await
}

#[tokio::test]
async fn chain_mempool_peers_and_address_are_kept() {
    let folder = tempfile::tempdir().unwrap();
    let node = start(folder.path()).await;
    node.http.pay(1).await;
    node.http.mine().await;
    node.http.pay(2).await;
    node.http.pay(3).await;
    node.connect(&["127.0.0.1:1", "127.0.0.1:2"]).await;
    let (chain, address) = (node.http.chain().await, node.running.node().node_address().to_owned());
    node.running.stop().await;

    let node = start(folder.path()).await;
    assert_eq!(node.http.chain().await, chain);
    assert_eq!(node.running.node().node_address(), address);
    let known = node.http.post("/connect_node", r#"{"nodes": []}"#).await.json();
    assert_eq!(known["total_nodes"], json!(["127.0.0.1:1", "127.0.0.1:2"]));
    let block = node.http.mine().await;
    assert_eq!(block["transactions"].as_array().unwrap().len(), 3);
    assert_eq!(node.http.paid_amounts().await, [1, 2, 3]);
}

#[tokio::test]
async fn a_replaced_chain_and_what_it_returned_are_kept() {
    let folder = tempfile::tempdir().unwrap();
    let (node, other) = (start(folder.path()).await, TestNode::start().await);
    node.http.pay(5).await;
    node.http.mine().await;
    other.http.mine().await;
    other.http.mine().await;
    node.connect(&[&other.address()]).await;
    assert!(node.http.replace_chain().await);
    node.running.stop().await;

    let node = start(folder.path()).await;
    assert_eq!(node.http.chain().await, other.http.chain().await);
    node.http.mine().await;
    assert_eq!(node.http.paid_amounts().await, [5]);
}

#[tokio::test]
async fn a_folder_serves_one_node_at_a_time() {
    let folder = tempfile::tempdir().unwrap();
    let first = start(folder.path()).await;
    let refusal = spawn(in_folder(folder.path())).await.err().expect("the second node does not start");
    assert!(matches!(refusal, StartError::Open(_)));
    assert!(refusal.to_string().contains("in use by another node"), "{refusal}");
    assert_eq!(first.http.get("/mine_block").await.status, 200, "the first one is not disturbed");
    first.running.stop().await;
    start(folder.path()).await;
}

#[tokio::test]
async fn damaged_data_is_refused_with_the_files_name() {
    let folder = tempfile::tempdir().unwrap();
    start(folder.path()).await.running.stop().await;
    let file = folder.path().join("chain.redb");
    fs::write(&file, b"not a database").unwrap();
    let refusal = spawn(in_folder(folder.path())).await.err().expect("the node does not start").to_string();
    assert!(refusal.contains("chain.redb") && refusal.contains("move the file away"), "{refusal}");
    assert_eq!(fs::read(&file).unwrap(), b"not a database", "the file is not touched");
}

#[tokio::test]
async fn data_of_another_format_is_refused_and_not_touched() {
    let folder = tempfile::tempdir().unwrap();
    start(folder.path()).await.running.stop().await;
    let files = || {
        let names = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().path());
        names.map(|path| (path.clone(), fs::read(path).unwrap())).collect::<std::collections::BTreeMap<_, _>>()
    };
    for format in ["B-Coin data, format 3\n", ""] {
        fs::write(folder.path().join("format"), format).unwrap();
        let before = files();
        let refusal = spawn(in_folder(folder.path())).await.err().expect("the node does not start").to_string();
        assert!(refusal.contains("another format") && refusal.contains("not touched"), "{refusal}");
        assert_eq!(files(), before);
    }
    fs::remove_file(folder.path().join("format")).unwrap();
    assert!(spawn(in_folder(folder.path())).await.is_err(), "a file that this program did not make");
}

#[tokio::test]
async fn a_node_killed_while_it_made_its_data_starts_again() {
    let folder = tempfile::tempdir().unwrap();
    for unfinished in ["chain.redb.new", "format.new", "format"] {
        fs::write(folder.path().join(unfinished), b"half of it").unwrap();
    }
    start(folder.path()).await.http.mine().await;
}

#[cfg(unix)]
#[tokio::test]
async fn the_data_belongs_to_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("a/b");
    start(&folder).await.running.stop().await;
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&folder), 0o700);
    assert_eq!(mode(&folder.join("chain.redb")), 0o600);
    assert_eq!(mode(&folder.join("lock")), 0o600);
}
