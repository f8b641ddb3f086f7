//! The program: its output and its exit codes (docs/contract.md section 1).

use std::{fs, net::TcpListener, process::Output};

use bcoin_testkit::{Http, Process};

use crate::support::{BCOIN, free_ports};

fn refusal(output: &Output, code: i32) -> String {
    assert_eq!(output.status.code(), Some(code), "{output:?}");
    let text = String::from_utf8(output.stderr.clone()).unwrap();
    assert!(!text.contains("panicked"), "{text}");
    text
}

/// A refusal at start is one line.
fn cannot_start(output: &Output) -> String {
    let text = refusal(output, 1);
    assert_eq!(text.lines().count(), 1, "{text}");
    assert!(text.starts_with("bcoin: "), "{text}");
    text
}

#[test]
fn help_and_version_answer_as_people_expect() {
    let help = BCOIN.run(&["--help"]);
    assert_eq!(help.status.code(), Some(0));
    let help = String::from_utf8(help.stdout).unwrap();
    for flag in [
        "--port",
        "--host",
        "--nodes",
        "--miner",
        "--data-dir",
        "--in-memory",
        "--max-pending",
        "--power",
        "--allow-host",
        "--name",
        "--guests",
        "--join",
        "--allow-origin",
        "--qr",
        "--verbose",
        "BCOIN_PORT",
        "network",
    ] {
        assert!(help.contains(flag), "{flag} is not in {help}");
    }
    let help = String::from_utf8(BCOIN.run(&["network", "--help"]).stdout).unwrap();
    for flag in ["--count", "--first-port", "--data-dir", "BCOIN_FIRST_PORT"] {
        assert!(help.contains(flag), "{flag} is not in {help}");
    }
    for name in ["status", "chain", "send", "mine", "peers", "watch"] {
        let help = String::from_utf8(BCOIN.run(&[name, "--help"]).stdout).unwrap();
        for flag in ["--node", "BCOIN_NODE", "1001 to 1003 and 5001 to 5003", "--json", "BCOIN_JSON"] {
            assert!(help.contains(flag), "{flag} is not in {help}");
        }
    }
    let version = BCOIN.run(&["--version"]);
    assert_eq!(version.status.code(), Some(0));
    assert_eq!(String::from_utf8(version.stdout).unwrap(), format!("bcoin {}\n", env!("CARGO_PKG_VERSION")));
}

#[test]
fn a_wrong_command_line_ends_with_2() {
    for arguments in [
        &["--port", "65536"][..],
        &["--port", "x"],
        &["--prot", "1"],
        &["--host", "nowhere"],
        &["--max-pending", "-1"],
        &["--power", "0"],
        &["network", "--power", "101"],
        &["--miner", ""],
        &["--in-memory", "--data-dir", "x"],
        &["dig"],
        &["network", "--count", "0"],
        &["network", "--first-port", "0"],
        &["network", "--first-port", "65535"],
    ] {
        let output = BCOIN.run(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {output:?}");
        assert!(!output.stderr.is_empty(), "{arguments:?}");
    }
    let output = BCOIN.command(&["--port", "0"]).env("RUST_LOG", "bcoin=loud").output().unwrap();
    assert!(refusal(&output, 2).contains("RUST_LOG"));
}

#[test]
fn a_node_says_where_it_listens_how_long_its_chain_is_and_where_its_data_lies() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().to_str().unwrap();
    let node = BCOIN.start(&["--port", "0", "--data-dir", path]);
    assert!(node.printed.contains(&format!("http://{}", node.address())), "{}", node.printed);
    assert!(node.printed.contains("1 block"), "{}", node.printed);
    assert!(node.printed.contains(path), "{}", node.printed);
    drop(node);
    let node = BCOIN.start(&["--port", "0"]);
    assert!(node.printed.contains("in memory"), "{}", node.printed);
}

/// Starts a node as a terminal does. These tests may run under `nohup`, whose processes inherit that SIGHUP is ignored.
#[cfg(unix)]
fn start_in_a_terminal(arguments: &[&str]) -> Process {
    if cfg!(target_os = "linux") {
        Process::start(
            &mut bcoin_testkit::Program("env").command(&[&["--default-signal=HUP", BCOIN.0], arguments].concat()),
        )
    } else {
        BCOIN.start(arguments)
    }
}

#[cfg(unix)]
#[test]
fn signals_end_a_node_with_0() {
    for signal in ["-INT", "-TERM", "-HUP"] {
        let node = start_in_a_terminal(&["--port", "0"]);
        assert_eq!(node.end_by(signal).code(), Some(0), "{signal}");
    }
}

#[cfg(unix)]
#[tokio::test]
async fn a_node_whose_terminal_is_closed_has_its_blocks_on_disk() {
    let folder = tempfile::tempdir().unwrap();
    let arguments = ["--port", "0", "--data-dir", folder.path().to_str().unwrap()];
    let node = start_in_a_terminal(&arguments);
    node.http().mine().await;
    let status = tokio::task::spawn_blocking(move || node.end_by("-HUP")).await.unwrap();
    assert_eq!(status.code(), Some(0));
    assert_eq!(BCOIN.start(&arguments).http().chain().await.len(), 2);
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_node_that_was_started_with_nohup_outlives_its_terminal() {
    let mut node = shell(&format!("trap '' HUP; exec {} --port 0", BCOIN.0));
    let node = Process::start(&mut node);
    node.signal("-HUP");
    node.http().mine().await;
    assert_eq!(node.http().chain().await.len(), 2);
    let status = tokio::task::spawn_blocking(move || node.end_by("-TERM")).await.unwrap();
    assert_eq!(status.code(), Some(0));
}

/// A shell script, with the environment that the program gets in these tests.
#[cfg(unix)]
fn shell(script: &str) -> std::process::Command {
    let mut shell = bcoin_testkit::Program("sh").command(&["-c", script]);
    shell.stderr(std::process::Stdio::piped());
    shell
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_network_of_sixty_runs_with_1024_descriptors() {
    let first = free_ports(60);
    let network = shell(&format!("ulimit -n 1024; exec {} network --count 60 --first-port {first}", BCOIN.0));
    let network = Process::start(&mut { network });
    let http: Vec<_> = network.addresses().iter().map(|address| Http::new(*address)).collect();
    assert_eq!(http.len(), 60);
    http[0].mine().await;
    // Two nodes at a time ask all the others, while the page of each of them is open.
    for pair in http.chunks(2).take(3) {
        let lists = futures_util::future::join_all(pair.iter().map(|node| node.get("/api/v1/peers"))).await;
        for list in lists {
            let peers = list.json()["peers"].as_array().unwrap().clone();
            let answers = peers.iter().filter(|peer| peer["state"] == "answers").count();
            assert_eq!(answers, 59, "{}", list.text);
        }
    }
    assert!(http[59].replace_chain().await);
}

#[cfg(target_os = "linux")]
#[test]
fn a_network_raises_the_soft_limit_and_names_the_number_that_fits_the_hard_one() {
    let first = free_ports(20);
    let start = |limits: &str, count: u16| {
        shell(&format!("{limits}; exec {} network --count {count} --first-port {first}", BCOIN.0))
    };
    let network = Process::start(&mut start("ulimit -S -n 64", 20));
    let limits = fs::read_to_string(format!("/proc/{}/limits", network.id())).unwrap();
    let files = limits.lines().find(|line| line.starts_with("Max open files")).unwrap();
    let values: Vec<_> = files.split_whitespace().skip(3).take(2).collect();
    assert_eq!(values[0], values[1], "the soft limit is the hard one: {files}");
    drop(network);

    let text = cannot_start(&start("ulimit -n 400", 60).output().unwrap());
    assert!(text.contains("this system allows 400") && text.contains("ulimit -n"), "{text}");
    let fitting: u16 = text.split_once("--count ").unwrap().1.split_once(',').unwrap().0.parse().unwrap();
    assert!(fitting < 60, "{text}");
    drop(Process::start(&mut start("ulimit -n 400", fitting.min(20))));
}

#[tokio::test]
async fn a_network_prints_what_fits_its_ports() {
    let first = free_ports(3);
    let network = BCOIN.start(&["network", "--first-port", &first.to_string(), "--name", "Ada"]);
    let printed = &network.printed;
    assert!(printed.contains(&format!("  curl http://127.0.0.1:{first}/mine_block\n")), "{printed}");
    assert!(printed.contains(&format!("  curl http://127.0.0.1:{}/replace_chain\n", first + 1)), "{printed}");
    let nodes = printed.lines().map(str::trim).find(|line| line.starts_with('{')).expect("a nodes.json");
    let answer = network.http().post("/connect_node", nodes.to_owned()).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    assert_eq!(answer.json()["total_nodes"].as_array().unwrap().len(), 3, "they are the nodes of this network");
    for address in network.addresses() {
        let name = Http::new(address).get("/api/v1/status").await.json()["name"].clone();
        assert_eq!(name, format!("Ada {}", address.port()));
    }
}

#[tokio::test]
async fn the_nodes_of_a_network_know_each_other_by_addresses_that_work_from_elsewhere() {
    let first = free_ports(2);
    let network = BCOIN.start(&["network", "--count", "2", "--first-port", &first.to_string(), "--host", "0.0.0.0"]);
    let http = network.http();
    let status = http.get("/api/v1/status").await.json();
    let known = http.get("/api/v1/peers").await.json()["peers"].clone();
    // A machine without a network has loopback alone.
    let host = match status["addresses"].get(0).and_then(|url| url.as_str()) {
        Some(url) => url.trim_start_matches("http://").rsplit_once(':').unwrap().0.to_owned(),
        None => "127.0.0.1".into(),
    };
    for (peer, (port, state)) in known.as_array().unwrap().iter().zip([(first, "itself"), (first + 1, "answers")]) {
        assert_eq!(
            (peer["address"].as_str().unwrap(), peer["state"].as_str()),
            (&*format!("{host}:{port}"), Some(state))
        );
    }
}

#[cfg(unix)]
#[tokio::test]
async fn open_requests_finish_before_a_node_ends() {
    let node = BCOIN.start(&["--port", "0"]);
    let http = node.http();
    let miners: Vec<_> = (0..20)
        .map(|_| {
            let http = http.clone();
            tokio::spawn(async move {
                http.request("GET", "/mine_block").send().await.map(|answer| answer.status().as_u16())
            })
        })
        .collect();
    // This request comes after the other twenty, so all have arrived when it is answered.
    http.get("/mine_block").await;
    let status = tokio::task::spawn_blocking(move || node.end_by("-TERM")).await.unwrap();
    assert_eq!(status.code(), Some(0));
    for miner in miners {
        assert_eq!(miner.await.unwrap().ok(), Some(200));
    }
}

#[test]
fn a_taken_port_is_named() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let text = cannot_start(&BCOIN.run(&["--port", &port, "--in-memory"]));
    assert!(text.contains(&port) && text.contains("taken") && text.contains("--port"), "{text}");
    let text = cannot_start(&BCOIN.run(&["network", "--first-port", &port, "--count", "1"]));
    assert!(text.contains(&port) && text.contains("--first-port"), "{text}");
}

#[test]
fn a_folder_in_use_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().to_str().unwrap();
    let first = BCOIN.start(&["--port", "0", "--data-dir", path]);
    let text = cannot_start(&BCOIN.run(&["--port", "0", "--data-dir", path]));
    assert!(text.contains(path) && text.contains("in use by another node"), "{text}");
    drop(first);
}

#[test]
fn a_folder_that_cannot_be_made_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    let path = file.join("data").to_str().unwrap().to_owned();
    let text = cannot_start(&BCOIN.run(&["--port", "0", "--data-dir", &path]));
    assert!(text.contains(&path) && text.contains("--data-dir"), "{text}");
}

/// Every write to /dev/full fails as on a full disk. `tests/faults` fills a real one.
#[cfg(target_os = "linux")]
#[test]
fn a_first_start_on_a_full_disk_says_what_a_new_node_needs() {
    for file in ["reserve", "chain.redb.new", "format.new"] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().to_str().unwrap();
        std::os::unix::fs::symlink("/dev/full", folder.path().join(file)).unwrap();
        let text = cannot_start(&BCOIN.run(&["--port", "0", "--data-dir", path]));
        if file == "chain.redb.new" {
            // A database cannot be made on a device at all, so the disk is not what this one is about.
            assert!(text.contains("no new chain can be made"), "{text}");
        } else {
            assert!(text.contains("the disk is full: a new node needs 3 MiB"), "{file}: {text}");
        }
        assert!(text.contains(path) && text.contains("--data-dir") && text.contains("--in-memory"), "{text}");
        assert!(!text.contains("move"), "there is nothing to move away: {text}");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0, "{file}: nothing is left");
        drop(BCOIN.start(&["--port", "0", "--data-dir", path]));
    }
}

#[test]
fn an_unreadable_nodes_file_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("nodes.json");
    let path = file.to_str().unwrap();
    let start = || cannot_start(&BCOIN.run(&["--port", "0", "--nodes", path]));
    assert!(start().contains(path), "a file that is not there");
    for (content, reason) in [
        ("hello", "JSON object"),
        ("{}", "No node"),
        (r#"{"nodes": ["ftp://x"]}"#, "ftp://x"),
        (r#"{"nodes": ["1002", "169.254.169.254:80"]}"#, "\"169.254.169.254:80\" is not taken"),
        (r#"{"nodes": 1}"#, "list"),
    ] {
        fs::write(&file, content).unwrap();
        let text = start();
        assert!(text.contains(path) && text.contains(reason), "{text}");
    }
}

#[tokio::test]
async fn a_nodes_file_connects_its_nodes() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/nodes.json");
    let node = BCOIN.start(&["--port", "0", "--nodes", file]);
    let known = node.http().post("/connect_node", r#"{"nodes": []}"#).await.json();
    assert_eq!(known["total_nodes"].as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn every_flag_can_be_an_environment_variable() {
    let folder = tempfile::tempdir().unwrap();
    let mut node = BCOIN.command(&[]);
    node.env("BCOIN_PORT", "0").env("BCOIN_MINER", "Meghna").env("BCOIN_DATA_DIR", folder.path());
    node.env("BCOIN_POWER", "50")
        .env("BCOIN_MAX_PENDING", "1")
        .env("BCOIN_ALLOW_HOST", "a.example,b.example")
        .env("BCOIN_VERBOSE", "1");
    let node = Process::start(&mut node);
    let http = node.http();
    assert_eq!(http.pay(1).await.status, 201);
    assert_eq!(http.pay(1).await.status, 503);
    assert_eq!(http.mine().await["transactions"][1]["receiver"], "Meghna");
    let answer = http.send(http.request("GET", "/is_valid").header("Host", "b.example")).await;
    assert_eq!(answer.status, 200);
    assert!(folder.path().join("chain.redb").exists());
    drop(node);
    for yes in ["1", "true", "yes"] {
        let mut node = BCOIN.command(&["--port", "0"]);
        node.env("BCOIN_IN_MEMORY", yes);
        assert!(Process::start(&mut node).printed.contains("in memory"), "{yes}");
    }
}

#[tokio::test]
async fn the_network_is_three_nodes_that_know_each_other() {
    let first = free_ports(3);
    let network = BCOIN.start(&["network", "--first-port", &first.to_string()]);
    let ports: Vec<_> = network.addresses().iter().map(|address| address.port()).collect();
    assert_eq!(ports, [first, first + 1, first + 2]);
    let http: Vec<_> = network.addresses().iter().map(|address| Http::new(*address)).collect();
    http[0].mine().await;
    for node in &http[1..] {
        assert_eq!(node.chain().await.len(), 1, "each has its own chain");
        assert!(node.replace_chain().await);
        assert_eq!(node.chain().await, http[0].chain().await);
    }
    #[cfg(unix)]
    assert_eq!(network.end_by("-INT").code(), Some(0));
}

#[tokio::test]
async fn a_network_with_a_folder_keeps_its_data() {
    let folder = tempfile::tempdir().unwrap();
    let first = free_ports(2);
    let port = first.to_string();
    let arguments = ["network", "--count", "2", "--first-port", &port, "--data-dir", folder.path().to_str().unwrap()];
    let network = BCOIN.start(&arguments);
    network.http().mine().await;
    network.kill();
    let network = BCOIN.start(&arguments);
    assert_eq!(network.http().chain().await.len(), 2);
    assert!(folder.path().join(&port).join("chain.redb").exists());
}

/// Ports below 1024 as an ordinary user: needs root to become one, and a system that keeps those ports.
#[cfg(unix)]
#[test]
#[ignore = "needs root, to become an ordinary user"]
fn an_ordinary_user_gets_a_sentence_about_ports_and_a_network_on_other_ports() {
    let user = crate::support::OrdinaryUser::new();
    let text = cannot_start(&user.command(&["--port", "1001", "--in-memory"]).output().unwrap());
    assert!(text.contains("1001 is not permitted"), "{text}");
    assert!(text.contains("net.ipv4.ip_unprivileged_port_start") && text.contains("5001"), "{text}");

    let network = Process::start(&mut user.command(&["network"]));
    assert!(network.printed.contains("not permitted") && network.printed.contains("5001"), "{}", network.printed);
    assert_eq!(network.addresses().iter().map(|a| a.port()).collect::<Vec<_>>(), [5001, 5002, 5003]);
}
