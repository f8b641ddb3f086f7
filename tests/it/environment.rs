//! Variables belong to the commands that have their flag (docs/contract.md section 1, "Environment").

use bcoin_testkit::Process;

use crate::support::{BCOIN, TestNode, client::nowhere};

/// Values that no flag of a node takes.
const WRONG_FOR_A_NODE: [(&str, &str); 8] = [
    ("BCOIN_HOST", "nowhere"),
    ("BCOIN_MINER", ""),
    ("BCOIN_MAX_PENDING", "many"),
    ("BCOIN_MAX_CHAIN", "long"),
    ("BCOIN_POWER", "full"),
    ("BCOIN_IN_MEMORY", "perhaps"),
    ("BCOIN_PORT", "abc"),
    ("BCOIN_VERBOSE", "loud"),
];

#[tokio::test]
async fn commands_on_a_running_node_do_not_read_the_variables_of_a_node() {
    let node = TestNode::start().await;
    let address = node.address();
    for arguments in [&["status"][..], &["chain"], &["mine"], &["peers"], &["send", "a", "b", "1"]] {
        let mut command = BCOIN.command(arguments);
        command.envs(WRONG_FOR_A_NODE).env("BCOIN_NODE", &address);
        let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
        assert_eq!((output.status.code(), output.stderr.as_slice()), (Some(0), &b""[..]), "{arguments:?}: {output:?}");
    }
}

#[test]
fn commands_without_a_node_do_not_read_the_variables_of_a_node_either() {
    let output = BCOIN.command(&["completions", "bash"]).envs(WRONG_FOR_A_NODE).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    // They have their own --port and --data-dir, and none of the others.
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("chain.json");
    for arguments in [&["verify"][..], &["export"], &["import", file.to_str().unwrap()]] {
        let mut command = BCOIN.command(arguments);
        command.envs(WRONG_FOR_A_NODE[..6].iter().copied()).env("BCOIN_DATA_DIR", folder.path().join("none"));
        let output = command.output().unwrap();
        assert_eq!(
            output.status.code(),
            Some(1),
            "there is nothing to read, and the command line is right: {output:?}"
        );
    }
}

#[test]
fn a_node_reads_its_own_variables() {
    for (name, value) in WRONG_FOR_A_NODE {
        // A folder that cannot be made ends a node that has not read the variable, with another exit code.
        let output = BCOIN.command(&["--data-dir", "/dev/null/none"]).env(name, value).output().unwrap();
        let text = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{name}: {text}");
    }
}

#[tokio::test]
async fn the_count_of_a_network_is_not_the_count_of_blocks() {
    let node = TestNode::start().await;
    let mine = |name: &'static str| {
        let mut command = BCOIN.command(&["mine"]);
        command.env(name, "4").env("BCOIN_NODE", node.address());
        tokio::task::spawn_blocking(move || command.output().unwrap())
    };
    assert!(mine("BCOIN_COUNT").await.unwrap().status.success());
    assert_eq!(node.http.chain().await.len(), 2, "one block, as without a variable");
    assert!(mine("BCOIN_MINE_COUNT").await.unwrap().status.success());
    assert_eq!(node.http.chain().await.len(), 6);
}

#[tokio::test]
async fn the_folder_of_a_node_is_not_the_folder_of_a_network() {
    let (one, all) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let port = {
        let address = nowhere().await;
        address.rsplit_once(':').unwrap().1.to_owned()
    };
    let mut network = BCOIN.command(&["network", "--count", "1", "--first-port", &port]);
    network.env("BCOIN_DATA_DIR", one.path()).env("BCOIN_NETWORK_DATA_DIR", all.path()).env("BCOIN_PORT", "abc");
    let network = Process::start(&mut network);
    assert!(all.path().join(&port).join("chain.redb").exists());
    assert_eq!(std::fs::read_dir(one.path()).unwrap().count(), 0);
    drop(network);
}
