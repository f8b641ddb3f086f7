//! The files of the comparison: data folders on a real disk, and chains.

use std::{
    fs,
    path::PathBuf,
    sync::atomic::{AtomicU32, Ordering},
};

use bcoin_testkit::chain;
use tempfile::TempDir;

/// How many blocks the short chain has.
const SHORT: u64 = 100;
/// How many blocks the long one has.
pub const LONG: u64 = 100_000;

pub struct Stage {
    folder: TempDir,
    folders: AtomicU32,
}

impl Stage {
    pub fn new() -> std::io::Result<Self> {
        // The system's folder for temporary files is often in memory.
        let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
        for (name, length) in [("short.json", SHORT), ("long.json", LONG)] {
            fs::write(folder.path().join(name), chain::body(chain::texts(length)))?;
        }
        Ok(Self { folder, folders: AtomicU32::new(0) })
    }

    /// A folder that no node has used.
    pub fn new_folder(&self) -> PathBuf {
        self.folder.path().join(self.folders.fetch_add(1, Ordering::Relaxed).to_string())
    }

    pub fn short_chain(&self) -> PathBuf {
        self.folder.path().join("short.json")
    }

    pub fn long_chain(&self) -> PathBuf {
        self.folder.path().join("long.json")
    }
}
