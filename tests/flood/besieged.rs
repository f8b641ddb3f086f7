//! The node that is flooded: a process with its data in a folder, which is looked into when it has stopped.

use std::{fs, path::Path, time::Instant};

use bcoin_ledger::{Rules as _, sound::Sound};
use bcoin_node::{
    now,
    store::{FirstContent, Location, Opened},
};
use bcoin_testkit::{
    Process,
    process::memory,
    sound::{Branch, address, instant},
};
use chrono::TimeDelta;
use serde_json::json;
use tempfile::TempDir;

use crate::{BCOIN, MAX_RESIDENT};

/// The room of all parts.
const ROOM: &str = "flood";

/// How many blocks a room begins with here: a branch may be so far behind, and some of them are rewards that can be spent.
const BLOCKS: usize = 150;

/// A room, and a node of it.
pub struct Besieged {
    pub rules: Sound,
    pub process: Process,
    folder: TempDir,
    /// The most bytes that its files have had on the disk.
    disk: u64,
}

/// What is found when the node has stopped.
pub struct Found {
    /// How many blocks it keeps beside the chain.
    pub blocks: u64,
    /// How many bytes they have.
    pub bytes: u64,
}

impl Besieged {
    /// A node with a chain whose rewards key 1 has.
    pub async fn with_a_chain() -> Self {
        let besieged = Self::start();
        let http = besieged.process.http();
        for raw in Branch::new(&besieged.rules, 1, now() - TimeDelta::seconds(20_000)).mine_empty(BLOCKS) {
            let body = json!({"raw": hex::encode(raw)}).to_string();
            http.post("/api/v1/blocks/raw", body).await.expect(201).unwrap();
        }
        besieged
    }

    /// A node with the genesis block.
    pub fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let process = start(folder.path());
        Self { rules: instant(ROOM), process, folder, disk: 0 }
    }

    /// Looks at the files.
    pub fn look(&mut self) {
        let files = fs::read_dir(self.folder.path()).unwrap().flatten();
        let disk = files.filter_map(|file| Some(file.metadata().ok()?.len())).sum();
        self.disk = self.disk.max(disk);
    }

    /// Prints the most memory and the most room on the disk so far, and returns whether both are within their bounds.
    pub fn is_within(&mut self, max_disk: u64) -> bool {
        self.look();
        // 0 where the system does not say.
        let resident = memory(self.process.id(), "VmHWM").unwrap_or(0);
        println!("  most resident memory        {} MiB  (bound {} MiB)", resident >> 20, MAX_RESIDENT >> 20);
        println!("  most on the disk            {} MiB  (bound {} MiB)", self.disk >> 20, max_disk >> 20);
        resident < MAX_RESIDENT && self.disk < max_disk
    }

    /// Stops the node, looks at what it has kept, has all of it verified, and starts a node with it again.
    pub fn restart(self) -> (Self, Found) {
        let Self { rules, process, folder, disk } = self;
        process.terminate().unwrap();
        let path = folder.path().to_str().unwrap();
        let verified =
            BCOIN.run(&["verify", "--rules", "sound", "--profile", "instant", "--room", ROOM, "--data-dir", path]);
        assert!(verified.status.success(), "{}", String::from_utf8_lossy(&verified.stdout));
        let (blocks, bytes) = {
            let first = FirstContent { node_address: "flood".into(), genesis: rules.genesis(now()) };
            let location = Location::Folder(folder.path().into());
            let opened = Opened::open(rules.clone(), &location, first, &|_, _| ()).unwrap();
            opened.store.reader().snapshot().unwrap().side_counts().unwrap()
        };
        let began = Instant::now();
        let process = start(folder.path());
        println!("  kept beside the chain       {blocks} blocks, {} MiB", bytes >> 20);
        println!("  ready again after           {:?}", began.elapsed());
        (Self { rules, process, folder, disk }, Found { blocks, bytes })
    }
}

fn start(folder: &Path) -> Process {
    let miner = address(1).to_string();
    let rules = ["--rules", "sound", "--profile", "instant", "--room", ROOM, "--miner", &miner];
    let mut command = BCOIN.command(&[&rules[..], &["--port", "0", "--data-dir", folder.to_str().unwrap()]].concat());
    Process::start(command.env("RUST_LOG", "warn"))
}
