//! The handle of the one writer, and where its data lies.

use std::sync::Arc;

use super::{database::Shared, read::Reader};

/// Where a node keeps its data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Location {
    /// In this folder.
    Folder(std::path::PathBuf),
    /// Nowhere: in memory, until the node stops.
    Memory,
}

/// The one writer of a node's data. See [`Opened`](super::Opened).
pub struct Store<R> {
    pub(super) shared: Arc<Shared>,
    pub(super) rules: R,
}

impl<R> Store<R> {
    /// A handle for reading, for as many threads as want one.
    pub fn reader(&self) -> Reader {
        Reader::new(self.shared.clone())
    }

    /// The rules that the blocks follow.
    pub fn rules(&self) -> &R {
        &self.rules
    }
}
