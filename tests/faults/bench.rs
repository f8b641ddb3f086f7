//! The tools that every fault uses.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::{Arc, Mutex},
};

use bcoin_testkit::{Process, Random};

use super::{
    accounts::Accounts,
    customer::{Customer, accounts},
    node::{Logs, command, command_in_memory},
    tally::Tally,
};

pub struct Bench {
    /// The long form makes more attempts.
    pub long: bool,
    pub random: Random,
    pub tally: Tally,
    pub logs: Logs,
    folder: PathBuf,
    folders: u64,
}

impl Bench {
    /// Everything that this fault writes is in `folder`.
    pub fn new(long: bool, random: Random, folder: &Path) -> Self {
        let logs = Logs::new(folder.join("logs"));
        Self { long, random, tally: Tally::default(), logs, folder: folder.to_owned(), folders: 0 }
    }

    /// One number for the short form, one for the long one.
    pub fn times(&self, short: u64, long: u64) -> u64 {
        if self.long { long } else { short }
    }

    /// The name of a data folder that does not exist yet.
    pub fn fresh_folder(&mut self) -> PathBuf {
        self.folders += 1;
        self.folder.join(format!("data-{}", self.folders))
    }

    pub fn accounts(&self) -> Arc<Mutex<Accounts>> {
        accounts(&self.tally)
    }

    pub fn customer(&self, node: &Process, accounts: &Arc<Mutex<Accounts>>) -> Customer {
        Customer::new(node.address(), accounts, &self.tally)
    }

    /// Starts a process, and does not wait for anything.
    pub fn launch(&self, command: Command) -> Process {
        self.logs.launch(command)
    }

    /// Starts a node, and waits until it is ready.
    pub fn start_command(&self, command: Command) -> Result<Process, String> {
        let mut node = self.launch(command);
        node.until_ready()?;
        Ok(node)
    }

    pub fn start(&self, folder: &Path) -> Result<Process, String> {
        self.start_command(command(folder))
    }

    /// Starts another node, which is not disturbed.
    pub fn start_peer(&self) -> Result<Process, String> {
        self.start_command(command_in_memory())
    }

    /// Starts a node on the folder that a fault has left, and compares everything with the record. It does so twice: at once, and
    /// again after an orderly stop.
    pub async fn check_folder(&self, folder: &Path, accounts: &Arc<Mutex<Accounts>>) -> Result<(), String> {
        let node = self.start(folder)?;
        let customer = self.customer(&node, accounts);
        customer.inspect().await?;
        customer.mine_and_check().await?;
        node.terminate()?;
        let node = self.start(folder)?;
        self.customer(&node, accounts).inspect().await?;
        node.terminate()
    }
}

/// Copies a data folder.
pub fn copy_folder(from: &Path, to: &Path) -> Result<(), String> {
    let copy = || -> std::io::Result<()> {
        fs::create_dir_all(to)?;
        for entry in fs::read_dir(from)? {
            let entry = entry?;
            fs::copy(entry.path(), to.join(entry.file_name()))?;
        }
        Ok(())
    };
    copy().map_err(|error| format!("copying {}: {error}", from.display()))
}
