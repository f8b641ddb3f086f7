//! The handle of the one writer, and where its data lies.

use std::sync::{Arc, atomic::AtomicU64};

use super::{database::Shared, folder::LockedFolder, read::Reader};
use crate::limits::SideLimits;

/// Where a node keeps its data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Location {
    /// In this folder.
    Folder(std::path::PathBuf),
    /// Nowhere: in memory, until the node stops.
    Memory,
}

/// Data in a folder that held none when it was opened. The folder stays locked as long as this value lives.
pub struct NewData(Arc<Shared>);

impl NewData {
    /// Removes it again, with the folders that were made for it.
    pub fn remove(self) {
        self.0.remove_made();
    }
}

/// The one writer of a node's data. See [`Opened`](super::Opened).
pub struct Store<R> {
    pub(super) shared: Arc<Shared>,
    pub(super) rules: R,
    pub(super) side_limits: SideLimits,
    /// How many changes will reach the disk with the next durable one.
    pub(super) light: AtomicU64,
}

impl<R> Store<R> {
    pub(super) fn new(shared: Arc<Shared>, rules: R) -> Self {
        let side_limits = if shared.folder().is_some() { SideLimits::default() } else { SideLimits::in_memory() };
        Self { shared, rules, side_limits, light: AtomicU64::new(0) }
    }

    /// A handle for reading, for as many threads as want one.
    pub fn reader(&self) -> Reader {
        Reader::new(self.shared.clone())
    }

    /// The data, if opening has made it in a folder: for a caller that may not want to leave it there.
    pub fn new_data(&self) -> Option<NewData> {
        let folder = self.shared.folder();
        folder.is_some_and(LockedFolder::is_new).then(|| NewData(self.shared.clone()))
    }

    /// The rules that the blocks follow.
    pub fn rules(&self) -> &R {
        &self.rules
    }
}
