//! `bcoin wallet`, and `bcoin send` that signs, as processes with a data folder of their own.
#![cfg(target_os = "linux")]

use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::{Output, Stdio},
};

use bcoin::app::RulesConfig;
use bcoin_testkit::sound::{COIN, instant};
use serde_json::Value;
use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpListener,
};

use crate::support::{BCOIN, TestNode};

const WORDS: &str = "legal winner thank year wave sausage worth useful legal winner thank yellow";
const ADDRESS: &str = "bco1qpkhqnch0fve4dz3lz3gpla36lus6d8mp8scz0l6ej9gtqc8gxv3gartchr";

/// A user's data folder.
struct User(TempDir);

impl User {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// Runs a command, which reads these lines.
    fn run(&self, arguments: &[&str], lines: &str) -> Output {
        let mut command = BCOIN.command(arguments);
        command.env("XDG_DATA_HOME", self.0.path()).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        // A command that reads nothing may have ended.
        let _ = child.stdin.take().unwrap().write_all(lines.as_bytes());
        child.wait_with_output().unwrap()
    }

    /// What a command prints that succeeds.
    fn ok(&self, arguments: &[&str], lines: &str) -> String {
        let output = self.run(arguments, lines);
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    /// The exit code and the standard error of a command that fails.
    fn fails(&self, arguments: &[&str], lines: &str) -> (i32, String) {
        let output = self.run(arguments, lines);
        let sentence = String::from_utf8(output.stderr).unwrap();
        (output.status.code().unwrap(), sentence)
    }

    fn wallet_file(&self, name: &str) -> PathBuf {
        self.0.path().join("bcoin").join("wallets").join(name)
    }
}

#[test]
fn a_wallet_is_made_listed_shown_forgotten_and_restored() {
    let user = User::new();
    assert_eq!(user.ok(&["wallet", "list"], ""), "There is no wallet yet; `bcoin wallet create` makes one.\n");
    let made = user.ok(&["wallet", "create", "--no-passphrase"], "");
    let words = made.lines().last().unwrap().trim().to_owned();
    let address = user.ok(&["wallet", "show"], "").trim().to_owned();
    assert_eq!(words.split(' ').count(), 12);
    assert!(made.starts_with(&format!("Wallet default: {address}\n")), "{made}");
    assert_eq!(user.ok(&["wallet", "show", "--words"], ""), format!("{words}\n"));
    assert_eq!(user.ok(&["wallet", "list"], ""), format!("default  {address}\n"));
    let (code, sentence) = user.fails(&["wallet", "create"], "");
    assert!(code == 1 && sentence.contains("there is a wallet default already"), "{sentence}");
    user.ok(&["wallet", "forget", "default", "--yes"], "");
    assert!(!user.wallet_file("default.json").exists());
    user.ok(&["wallet", "restore", "again", "--no-passphrase"], &format!("{words}\n"));
    assert_eq!(user.ok(&["wallet", "show", "again"], "").trim(), address);
    let chinese = user.ok(&["wallet", "create", "zh", "--no-passphrase", "--language", "chinese"], "");
    assert!(chinese.lines().last().unwrap().trim().split(' ').all(|word| word.chars().count() == 1), "{chinese}");
}

#[test]
fn a_passphrase_is_asked_for_and_nothing_secret_is_written() {
    let user = User::new();
    user.ok(&["wallet", "restore", "ada"], &format!("{WORDS}\nopen sesame\n"));
    let text = fs::read_to_string(user.wallet_file("ada.json")).unwrap();
    assert!(text.contains(ADDRESS) && !text.contains("legal") && !text.contains("7f7f7f"), "{text}");
    assert_eq!(user.ok(&["wallet", "list"], ""), format!("ada  {ADDRESS}  with a passphrase\n"));
    assert_eq!(user.ok(&["wallet", "show", "ada"], "").trim(), ADDRESS, "the address needs no passphrase");
    assert_eq!(user.ok(&["wallet", "show", "ada", "--words"], "open sesame\n").trim(), WORDS);
    let (code, sentence) = user.fails(&["wallet", "show", "ada", "--words"], "open says me\n");
    assert_eq!((code, sentence.trim_end()), (1, "bcoin: that is not the passphrase of this wallet"));
    fs::write(user.wallet_file("ada.json"), text.replace("\"english\"", "\"chinese\"")).unwrap();
    let (code, sentence) = user.fails(&["wallet", "show", "ada", "--words"], "open sesame\n");
    assert!(code == 1 && sentence.contains("it is damaged"), "{sentence}");
}

#[test]
fn bad_input_gets_one_sentence() {
    let user = User::new();
    for (arguments, lines, code, part) in [
        (&["wallet", "create", "Ada"] as &[&str], "", 2, "small letters"),
        (&["wallet", "show", "nobody"], "", 1, "there is no wallet nobody"),
        (&["wallet", "restore", "a", "--no-passphrase"], "legal winner\n", 1, "12 words"),
        (
            &["wallet", "restore", "a", "--no-passphrase"],
            &WORDS.replace("yellow", "thank"),
            1,
            "do not belong together",
        ),
        (&["wallet", "forget", "a"], "", 2, "--yes"),
        (&["wallet", "forget", "a", "--yes"], "", 1, "there is no wallet a"),
        (&["send", "1"], "", 2, "bcoin send AMOUNT --to ADDRESS"),
        (&["send", "Alice", "Bob"], "", 2, "bcoin send SENDER RECEIVER AMOUNT"),
        (&["send", "1", "2", "--to", ADDRESS], "", 2, "bcoin send AMOUNT --to ADDRESS"),
        (&["send", "1,5", "--to", ADDRESS], "", 2, "at most 8 decimals"),
    ] {
        let (found, sentence) = user.fails(arguments, lines);
        assert!(found == code && sentence.contains(part), "{arguments:?}: {found} {sentence}");
    }
    assert!(!user.wallet_file("a.json").exists());
}

/// A node that mines for the wallet `default` of this user, with eleven blocks.
async fn node_of(user: &User, room: &str) -> TestNode {
    let address = user.ok(&["wallet", "show"], "").trim().parse().unwrap();
    let network = Box::new(instant(room).network().clone());
    let rules = RulesConfig::Sound { network, miner: Some(address) };
    let node = TestNode::start_with(bcoin::app::Config { rules, ..TestNode::config() }).await;
    for _ in 0..11 {
        node.http.mine().await;
    }
    node
}

/// Runs a blocking command beside the node of this test.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    tokio::task::spawn_blocking(work).await.unwrap()
}

async fn balance(node: &TestNode, address: &str) -> u64 {
    node.http.get(&format!("/api/v1/accounts/{address}")).await.json()["balance"].as_u64().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payment_is_signed_here_shown_replaced_and_confirmed() {
    let user = std::sync::Arc::new(User::new());
    user.ok(&["wallet", "create", "--no-passphrase"], "");
    let node = node_of(&user, "wallets").await;
    let at = node.address();
    let run = |arguments: &[&str]| {
        let (user, arguments) = (user.clone(), [arguments, &["--node", &at]].concat().join("\0"));
        blocking(move || {
            let arguments: Vec<&str> = arguments.split('\0').collect();
            let output = user.run(&arguments, "");
            let text = [output.stdout, output.stderr].concat();
            (output.status.code().unwrap(), String::from_utf8(text).unwrap())
        })
    };
    let (code, text) = run(&["send", "2.5", "--to", ADDRESS]).await;
    assert!(code == 2 && text.contains("needs --yes"), "{text}");
    assert_eq!(node.http.get("/api/v1/status").await.json()["pending"], 0, "nothing was sent");
    let (code, text) = run(&["send", "2.5", "--to", ADDRESS, "--yes", "--note", "for lunch"]).await;
    assert!(code == 0 && text.starts_with("Sent; it waits for block 13. Its id is "), "{text}");
    let (code, text) = run(&["send", "3", "--to", ADDRESS, "--yes", "--replace"]).await;
    assert!(code == 0, "{text}");
    let waiting = node.http.get("/api/v1/pending").await.json();
    assert_eq!((&waiting["total"], &waiting["transactions"][0]["amount"]), (&1.into(), &(3 * COIN).into()));
    node.http.mine().await;
    assert_eq!(balance(&node, ADDRESS).await, 3 * COIN);
    let id = waiting["transactions"][0]["id"].as_str().unwrap().to_owned();
    let found: Value = node.http.get(&format!("/api/v1/transactions/{id}")).await.json();
    assert_eq!((&found["state"], &found["confirmations"]), (&"confirmed".into(), &1.into()));
    let (code, text) = run(&["send", "60000000", "--to", ADDRESS, "--yes"]).await;
    assert!(code == 2 && text.contains("21000000"), "{text}");
    let (code, text) = run(&["send", "1000000", "--to", ADDRESS, "--yes"]).await;
    assert!(code == 1 && text.contains("but the sender has"), "{text}");
    let other = node_of(&user, "another room").await;
    let elsewhere = other.address();
    let user = user.clone();
    let (code, sentence) =
        blocking(move || user.fails(&["send", "1", "--to", ADDRESS, "--yes", "--node", &elsewhere], "")).await;
    assert!(code == 1 && sentence.contains("--genesis-changed"), "{sentence}");
}

/// A proxy in front of a node that loses the answer to the first payment.
async fn losing_proxy(node: &TestNode) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (address, target) = (listener.local_addr().unwrap().to_string(), node.running.address());
    tokio::spawn(async move {
        let mut has_lost = false;
        while let Ok((mut client, _)) = listener.accept().await {
            let mut server = tokio::net::TcpStream::connect(target).await.unwrap();
            let mut request = vec![0; 64 << 10];
            let count = client.read(&mut request).await.unwrap_or(0);
            let loses = !has_lost && request.starts_with(b"POST /api/v1/transactions");
            // Each request comes over a connection of its own.
            let text = String::from_utf8(request[..count].to_vec()).unwrap();
            let text = text.replacen("\r\n", "\r\nConnection: close\r\n", 1);
            server.write_all(text.as_bytes()).await.unwrap();
            if loses {
                has_lost = true;
                // The node takes it, and its answer goes nowhere.
                let _ = server.read(&mut request).await;
                continue;
            }
            tokio::spawn(async move { tokio::io::copy_bidirectional(&mut client, &mut server).await });
        }
    });
    address
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payment_that_is_repeated_after_a_lost_answer_is_paid_once() {
    let user = std::sync::Arc::new(User::new());
    user.ok(&["wallet", "create", "--no-passphrase"], "");
    let node = node_of(&user, "lost answers").await;
    let proxy = losing_proxy(&node).await;
    let send = |user: std::sync::Arc<User>, at: String| {
        blocking(move || user.run(&["send", "1", "--to", ADDRESS, "--yes", "--node", &at], ""))
    };
    assert_eq!(send(user.clone(), proxy.clone()).await.status.code(), Some(1), "no answer");
    assert!(user.wallet_file("default.sent").exists());
    let again = send(user.clone(), proxy.clone()).await;
    let text = String::from_utf8(again.stdout).unwrap();
    assert!(again.status.success() && text.contains("was not sent again"), "{text}");
    assert!(!Path::new(&user.wallet_file("default.sent")).exists());
    node.http.mine().await;
    assert_eq!(balance(&node, ADDRESS).await, COIN, "paid once");
    let third = send(user, proxy).await;
    assert!(third.status.success());
    node.http.mine().await;
    assert_eq!(balance(&node, ADDRESS).await, 2 * COIN, "a later payment of the same amount is another one");
}
