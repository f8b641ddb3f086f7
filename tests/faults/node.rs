//! The commands that start nodes, and the logs of their standard error.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::atomic::{AtomicU64, Ordering},
};

use bcoin_testkit::{Process, Program};

use super::tally::Tally;

/// The program that is tested.
pub const BCOIN: Program = Program(env!("CARGO_BIN_EXE_bcoin"));

/// The folder with the standard error of every process.
pub struct Logs {
    folder: PathBuf,
    next: AtomicU64,
}

impl Logs {
    pub fn new(folder: PathBuf) -> Self {
        fs::create_dir_all(&folder).expect("a folder for logs");
        Self { folder, next: AtomicU64::new(0) }
    }

    pub fn launch(&self, mut command: Command) -> Process {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        Process::launch_logged(&mut command, self.folder.join(format!("{number:05}.stderr")))
    }

    /// Looks for panics in everything that was logged.
    pub fn search(&self, tally: &Tally) {
        tally.about("a log");
        for entry in fs::read_dir(&self.folder).expect("the logs").flatten() {
            let log = String::from_utf8_lossy(&fs::read(entry.path()).expect("a log")).into_owned();
            for line in log.lines().filter(|line| line.contains("panicked at ")) {
                tally.panicked(&format!("{line} ({})", entry.path().display()));
            }
        }
    }
}

/// `bcoin` with its data in `folder`, on a free port.
pub fn command(folder: &Path) -> Command {
    let mut command = command_in_memory();
    command.arg("--data-dir").arg(folder);
    command
}

/// `bcoin` that keeps its data in memory, on a free port.
pub fn command_in_memory() -> Command {
    BCOIN.command(&["--port", "0"])
}
