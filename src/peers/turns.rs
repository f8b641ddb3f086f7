//! Who may check a chain at a time. Checks never wait for a peer, only for each other, and take turns: a long chain does not keep a
//! short one waiting until its end.

use std::{io, num::NonZeroUsize, sync::Arc, thread};

use tokio::{
    runtime::Handle,
    sync::{OwnedSemaphorePermit, Semaphore},
};

/// After how many bytes others who wait go first.
const TURN_BYTES: u64 = 8 << 20;

/// The permits; cheap to clone.
#[derive(Clone, Debug)]
pub(super) struct Turns {
    /// One for each core.
    checks: Arc<Semaphore>,
    /// One, for blocks that take much memory while they are read.
    long_blocks: Arc<Semaphore>,
}

impl Turns {
    pub(super) fn new() -> Self {
        let cores = thread::available_parallelism().map_or(1, NonZeroUsize::get);
        Self { checks: Arc::new(Semaphore::new(cores)), long_blocks: Arc::new(Semaphore::new(1)) }
    }

    /// Waits for a turn.
    ///
    /// # Errors
    /// When the program ends.
    pub(super) async fn next(&self) -> io::Result<Turn> {
        let check = self.checks.clone().acquire_owned().await.map_err(io::Error::other)?;
        Ok(Turn { of: Some(self.clone()), check: Some(check), long_block: None, began_at: 0 })
    }
}

/// The permit to check a chain, passed on from time to time.
#[derive(Debug)]
pub struct Turn {
    /// None when nobody else checks.
    of: Option<Turns>,
    check: Option<OwnedSemaphorePermit>,
    long_block: Option<OwnedSemaphorePermit>,
    began_at: u64,
}

impl Turn {
    /// A turn that never ends, for who checks the only chain.
    pub fn alone() -> Self {
        Self { of: None, check: None, long_block: None, began_at: 0 }
    }

    /// The current block is long. Blocks the thread while another long one is read.
    pub(super) fn begin_long_block(&mut self) -> io::Result<()> {
        if let Some(turns) = &self.of
            && self.long_block.is_none()
        {
            self.long_block = Some(wait(&turns.long_blocks)?);
        }
        Ok(())
    }

    /// A block has ended, `read` bytes after the beginning. Blocks the thread while others have their turn. The permit for long
    /// blocks is given back first: who waits for a turn must not hold it.
    pub(super) fn end_block(&mut self, read: u64) -> io::Result<()> {
        self.long_block = None;
        if let Some(turns) = &self.of
            && read - self.began_at >= TURN_BYTES
        {
            self.check = None;
            self.check = Some(wait(&turns.checks)?);
            self.began_at = read;
        }
        Ok(())
    }
}

fn wait(permits: &Arc<Semaphore>) -> io::Result<OwnedSemaphorePermit> {
    let acquire = permits.clone().acquire_owned();
    Handle::try_current().map_err(io::Error::other)?.block_on(acquire).map_err(io::Error::other)
}
