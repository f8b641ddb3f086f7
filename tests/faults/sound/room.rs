//! The network of the faults under the sound rules: its commands, and a chain whose senders have money.

use std::{
    ops::RangeInclusive,
    path::{Path, PathBuf},
    process::Command,
    sync::{Arc, Mutex},
};

use bcoin_ledger::{
    CheckedBlock as _,
    sound::{Network, Sound, Transfer},
};
use bcoin_testkit::{
    Client, Process,
    sound::{Branch, COIN, FEE, address, instant, transfer},
};
use chrono::{Local, TimeDelta};
use serde_json::json;

use super::record::Record;
use crate::{bench::Bench, node, tally::Tally};

/// The keys of those who have money.
const SENDERS: RangeInclusive<u8> = 11..=29;
/// Those of them whose transfers are in large blocks only.
pub const BUSY_SENDERS: RangeInclusive<u8> = 19..=29;
/// What each of them has.
const GIFT: u64 = 1000 * COIN;
/// Who is paid for the first blocks.
const RICH: u8 = 1;
/// Who is paid for the blocks that nodes mine.
const MINER: u8 = 2;
/// How many blocks follow the genesis block. The last one holds what the first one has paid, which cannot be spent earlier.
const BLOCKS: usize = 12;
/// How many seconds ago they were made, so that many blocks can follow before the clock is reached.
const AGE: i64 = 20_000;

/// The rules that every node of [`command`] follows.
pub fn rules() -> Sound {
    instant(Network::DEFAULT_ROOM)
}

fn flags() -> [&'static str; 4] {
    ["--rules", "sound", "--profile", "instant"]
}

/// `bcoin` that keeps its data in memory, on a free port.
pub fn command_in_memory() -> Command {
    let mut command = node::command_in_memory();
    command.args(flags()).arg("--miner").arg(address(MINER).to_string());
    command
}

/// `bcoin` with its data in `folder`, on a free port.
pub fn command(folder: &Path) -> Command {
    let mut command = command_in_memory();
    command.arg("--data-dir").arg(folder);
    command
}

/// Lets `bcoin verify` check a folder that no node uses: `None` when it finds everything in order, or what it has found.
pub fn verify(folder: &Path) -> Result<Option<String>, String> {
    let mut command = node::BCOIN.command(&["verify", "--data-dir"]);
    let output = command.arg(folder).args(flags()).output().map_err(|error| error.to_string())?;
    let [found, said] = [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).into_owned());
    match output.status.code() {
        Some(0) if found.contains("Everything is in order.") => Ok(None),
        Some(1) if said.starts_with("bcoin: ") => Ok(Some(found + &said)),
        _ => Err(format!("verify ended with {}: {found}{said}", output.status)),
    }
}

/// The same, where everything has to be in order.
pub fn is_in_order(folder: &Path) -> Result<(), String> {
    verify(folder)?.map_or(Ok(()), |found| Err(format!("verify: {found}")))
}

/// The first blocks of every chain of these faults.
pub struct Base {
    pub branch: Branch,
    /// Without the genesis block.
    pub blocks: Vec<Vec<u8>>,
    gifts: Vec<Transfer>,
}

impl Base {
    pub fn new() -> Self {
        let rules = rules();
        let mut branch = Branch::new(&rules, RICH, Local::now() - TimeDelta::seconds(AGE));
        let mut blocks = branch.mine_empty(BLOCKS - 1);
        let gift = |(nonce, to)| transfer(&rules, RICH, to, GIFT, FEE, nonce);
        let gifts: Vec<_> = (0..).zip(SENDERS).map(gift).collect();
        blocks.push(branch.mine(&gifts).encoding().to_vec());
        Self { branch, blocks, gifts }
    }

    /// How many blocks the chain has, the genesis block among them.
    pub fn length(&self) -> usize {
        self.blocks.len() + 1
    }

    /// A record that knows of these blocks only.
    pub fn record(&self, tally: &Tally) -> Arc<Mutex<Record>> {
        let mut record = Record::new(tally.clone());
        self.gifts.iter().for_each(|gift| record.made_elsewhere(gift));
        Arc::new(Mutex::new(record))
    }

    /// Starts a node on a new folder, and gives it these blocks.
    pub async fn start(&self, bench: &Bench, folder: &Path) -> Result<Process, String> {
        let node = bench.start_command(command(folder))?;
        deliver(&Client::new(node.address()), &self.blocks).await?;
        Ok(node)
    }

    /// A folder with these blocks.
    pub async fn folder(&self, bench: &mut Bench) -> Result<PathBuf, String> {
        let folder = bench.fresh_folder();
        self.start(bench, &folder).await?.terminate()?;
        Ok(folder)
    }

    /// Starts another node with these blocks, which is not disturbed.
    pub async fn start_peer(&self, bench: &Bench) -> Result<Process, String> {
        let peer = bench.start_command(command_in_memory())?;
        deliver(&Client::new(peer.address()), &self.blocks).await?;
        Ok(peer)
    }
}

/// The request that offers a block.
pub fn raw(block: &[u8]) -> String {
    json!({ "raw": hex::encode(block) }).to_string()
}

/// Offers blocks one after the other. Each becomes part of the chain.
pub async fn deliver(client: &Client, blocks: &[Vec<u8>]) -> Result<(), String> {
    for block in blocks {
        client.post("/api/v1/blocks/raw", raw(block)).await?.expect(201)?;
    }
    Ok(())
}
