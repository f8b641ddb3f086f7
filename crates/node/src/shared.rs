//! What the owner and the handles share beside the view.

use std::sync::Arc;

use tokio::sync::watch;

use crate::{counters::Counters, mining_mode::MiningMode, reading::ReadingThreads};

pub(crate) struct Shared {
    pub(crate) node_address: Arc<str>,
    pub(crate) counters: Arc<Counters>,
    pub(crate) mining: watch::Sender<MiningMode>,
    /// Why the last attempt to save failed, if it did.
    pub(crate) failed_save: watch::Sender<Option<Arc<str>>>,
    pub(crate) reading: ReadingThreads,
}
