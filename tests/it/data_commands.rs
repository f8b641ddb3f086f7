//! `bcoin export`, `import` and `verify`.

use std::{fs, path::Path, process::Output};

use bcoin_testkit::Process;
use serde_json::Value;

use crate::support::{BCOIN, vectors};

/// A folder, and the commands on it.
struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self) -> &str {
        self.0.path().to_str().unwrap()
    }

    fn node(&self) -> Process {
        BCOIN.start(&["--port", "0", "--data-dir", self.path()])
    }

    fn run(&self, arguments: &[&str]) -> Output {
        BCOIN.run(&[arguments, &["--data-dir", self.path()]].concat())
    }

    fn import(&self, file: &Path) -> Output {
        self.run(&["import", file.to_str().unwrap()])
    }

    /// A file beside the data, with this content.
    fn file(&self, name: &str, content: &str) -> std::path::PathBuf {
        let file = self.0.path().join(name);
        fs::write(&file, content).unwrap();
        file
    }
}

fn stdout(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn refusal(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let text = String::from_utf8(output.stderr.clone()).unwrap();
    assert!(text.starts_with("bcoin: ") && !text.contains("panicked"), "{text}");
    text
}

#[tokio::test]
async fn an_exported_chain_is_what_get_chain_serves_and_can_be_imported() {
    let (from, to) = (Folder::new(), Folder::new());
    let node = from.node();
    node.http().pay(7).await;
    node.http().mine().await;
    let served = node.http().get("/get_chain").await.text;
    node.kill();

    assert_eq!(stdout(&from.run(&["export"])), served);
    let file = from.0.path().join("chain.json");
    stdout(&from.run(&["export", "--out", file.to_str().unwrap()]));
    assert_eq!(fs::read_to_string(&file).unwrap(), served);

    assert!(stdout(&to.import(&file)).contains("imported a chain of length 2"));
    let node = to.node();
    assert_eq!(node.http().get("/get_chain").await.text, served);
    assert!(node.http().is_valid().await);
}

#[tokio::test]
async fn the_recorded_chains_can_be_imported() {
    for case in vectors("recorded").as_array().unwrap() {
        let folder = Folder::new();
        let file = folder.file("recorded.json", &serde_json::to_string_pretty(&case["body"]).unwrap());
        assert!(stdout(&folder.import(&file)).contains("imported a chain of length 3"));
        assert_eq!(serde_json::from_str::<Value>(&stdout(&folder.run(&["export"]))).unwrap(), case["body"]);
    }
}

#[tokio::test]
async fn a_file_without_a_longer_valid_chain_changes_nothing() {
    let folder = Folder::new();
    folder.node().http().mine().await;
    let before = stdout(&folder.run(&["export"]));
    for case in vectors("chains").as_array().unwrap() {
        let longer = serde_json::from_str::<Value>(case["json"].as_str().unwrap())
            .is_ok_and(|body| body["chain"].as_array().is_some_and(|chain| chain.len() > 2));
        if case["valid"] == true && longer {
            continue;
        }
        let file = folder.file("offered.json", case["json"].as_str().unwrap());
        assert!(refusal(&folder.import(&file)).contains("is not imported"), "{}", case["name"]);
        assert_eq!(stdout(&folder.run(&["export"])), before, "{}", case["name"]);
    }
    assert!(refusal(&folder.import(Path::new("/nowhere/chain.json"))).contains("/nowhere/chain.json"));
}

#[test]
fn an_import_that_fails_leaves_no_new_folder_behind() {
    let folder = Folder::new();
    let genesis = r#"{"index":1,"previous_hash":"0","proof":1,"timestamp":"t","transactions":[]}"#;
    let second = r#"{"index":2,"previous_hash":"0","proof":1,"timestamp":"t","transactions":[]}"#;
    let files = [
        folder.file("no-json", "hello"),
        folder.file("no-chain.json", "{}"),
        folder.file("short.json", &format!(r#"{{"chain":[{genesis}],"length":1}}"#)),
        folder.file("wrong.json", &format!(r#"{{"chain":[{genesis},{second}],"length":2}}"#)),
        folder.file("cut.json", &format!(r#"{{"chain":[{genesis},"#)),
        folder.0.path().to_owned(),
        folder.0.path().join("missing.json"),
    ];
    let empty = folder.0.path().join("empty");
    fs::create_dir(&empty).unwrap();
    let with_a_file = folder.0.path().join("with-a-file");
    fs::create_dir(&with_a_file).unwrap();
    fs::write(with_a_file.join("notes.txt"), "mine").unwrap();
    for file in &files {
        for target in ["new", "new/deep/er", "empty", "empty/new", "with-a-file"] {
            let target = folder.0.path().join(target);
            let output = BCOIN.run(&["import", file.to_str().unwrap(), "--data-dir", target.to_str().unwrap()]);
            let text = refusal(&output);
            assert!(text.contains("is not imported"), "{text}");
        }
        assert!(!folder.0.path().join("new").exists(), "{}", file.display());
        assert_eq!(fs::read_dir(&empty).unwrap().count(), 0, "{}", file.display());
        assert_eq!(fs::read_dir(&with_a_file).unwrap().count(), 1, "{}", file.display());
    }
}

#[tokio::test]
async fn transactions_of_a_chain_that_an_import_replaces_return_to_the_mempool_and_the_chain_is_kept() {
    let (folder, other) = (Folder::new(), Folder::new());
    let node = folder.node();
    node.http().pay(5).await;
    node.http().mine().await;
    let stale = node.http().get("/get_chain").await.text;
    node.kill();
    let node = other.node();
    for _ in 0..2 {
        node.http().mine().await;
    }
    let file = folder.file("longer.json", &node.http().get("/get_chain").await.text);
    assert!(stdout(&folder.import(&file)).contains("blocks given up: 2, payments waiting: 1"));

    assert!(
        stdout(&folder.run(&["export", "--list-given-up"]))
            .starts_with("1: length 2, its own after block 0, given up at ")
    );
    assert_eq!(stdout(&folder.run(&["export", "--given-up", "1"])), stale);
    assert!(refusal(&folder.run(&["export", "--given-up", "2"])).contains("--list-given-up"));
    let node = folder.node();
    node.http().mine().await;
    assert_eq!(node.http().paid_amounts().await, [5]);
}

#[tokio::test]
async fn a_folder_in_use_or_without_data_is_named() {
    let folder = Folder::new();
    let file = folder.file("chain.json", "{}");
    for command in [&["export"][..], &["verify"]] {
        assert!(refusal(&folder.run(command)).contains("there is no chain in"), "{command:?}");
    }
    assert!(!folder.0.path().join("chain.redb").exists(), "looking makes nothing");
    let node = folder.node();
    for command in [&["export"][..], &["verify"], &["import", file.to_str().unwrap()]] {
        assert!(refusal(&folder.run(command)).contains("in use by another node"), "{command:?}");
    }
    assert_eq!(node.http().get("/mine_block").await.status, 200);
}

/// As on a share of a teacher, or a backup that is mounted. The node was killed, so its database has to be repaired before it can
/// be read; that happens in memory.
#[cfg(unix)]
#[tokio::test]
#[ignore = "needs root, to become an ordinary user"]
async fn a_folder_that_cannot_be_written_is_exported_and_verified() {
    let (folder, user) = (Folder::new(), crate::support::OrdinaryUser::new());
    let node = folder.node();
    node.http().mine().await;
    node.http().pay(1).await;
    let served = node.http().get("/get_chain").await.text;
    node.kill();
    let copy = user.read_only_copy(folder.0.path());
    let files = |folder: &Path| {
        let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).collect();
        files.sort();
        files.into_iter().map(|file| (file.clone(), fs::read(file).unwrap())).collect::<Vec<_>>()
    };
    let before = files(&copy);
    let run = |arguments: &[&str]| {
        user.command(&[arguments, &["--data-dir", copy.to_str().unwrap()]].concat()).output().unwrap()
    };
    assert_eq!(stdout(&run(&["export"])), served);
    let text = stdout(&run(&["verify"]));
    assert!(text.contains("blocks          2") && text.contains("Everything is in order."), "{text}");
    assert!(refusal(&run(&["--port", "0"])).contains("cannot be used"), "a node writes");
    assert!(files(&copy) == before, "nothing was written");

    // A process that may write keeps it for itself.
    let lock = fs::File::open(copy.join("lock")).unwrap();
    lock.lock().unwrap();
    assert!(refusal(&run(&["verify"])).contains("in use by another node"));
    fs::remove_file(copy.join("lock")).unwrap();
    assert_eq!(stdout(&run(&["export"])), served, "a copy without the file `lock`");

    change_a_proof(&copy.join("chain.redb"));
    let output = run(&["verify"]);
    assert!(refusal(&output).contains("is damaged"));
    assert!(String::from_utf8(output.stdout).unwrap().contains("database        damaged"), "every page is checked");
}

#[cfg(unix)]
#[test]
#[ignore = "needs root, to become an ordinary user"]
fn a_folder_of_an_earlier_format_that_cannot_be_written_has_to_be_copied() {
    let (folder, user) = (Folder::new(), crate::support::OrdinaryUser::new());
    bcoin_testkit::format_1::write_folder(folder.0.path());
    let copy = user.read_only_copy(folder.0.path());
    for command in ["export", "verify"] {
        let text = refusal(&user.command(&[command, "--data-dir", copy.to_str().unwrap()]).output().unwrap());
        assert!(text.contains("copy the folder") && text.contains(copy.to_str().unwrap()), "{text}");
    }
}

#[tokio::test]
async fn half_an_export_is_never_left() {
    let folder = Folder::new();
    drop(folder.node());
    let target = folder.0.path().join("missing").join("chain.json");
    refusal(&folder.run(&["export", "--out", target.to_str().unwrap()]));
    let folder_as_target = folder.0.path().join("target");
    fs::create_dir(&folder_as_target).unwrap();
    refusal(&folder.run(&["export", "--out", folder_as_target.to_str().unwrap()]));
    let left: Vec<_> = fs::read_dir(folder.0.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(left.iter().all(|name| !name.to_string_lossy().starts_with(".tmp")), "{left:?}");
}

#[tokio::test]
async fn verify_says_what_it_found() {
    let folder = Folder::new();
    let node = folder.node();
    node.http().mine().await;
    node.http().pay(1).await;
    drop(node);
    let text = stdout(&folder.run(&["verify"]));
    for line in ["blocks          2", "waiting         1", "Everything is in order."] {
        assert!(text.contains(line), "{text}");
    }

    change_a_proof(&folder.0.path().join("chain.redb"));
    let output = folder.run(&["verify"]);
    assert!(refusal(&output).contains("is damaged"));
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("database        damaged"), "{text}");
    assert!(text.contains("block 2: "), "{text}");
}

/// Changes a digit of the proof of block 2 in a data file.
fn change_a_proof(file: &Path) {
    let mut bytes = fs::read(file).unwrap();
    let offsets: Vec<_> =
        bytes.windows(12).enumerate().filter(|(_, at)| at == b"\"proof\": 533").map(|(at, _)| at).collect();
    assert!(!offsets.is_empty());
    for offset in offsets {
        bytes[offset + 11] = b'4';
    }
    fs::write(file, bytes).unwrap();
}
