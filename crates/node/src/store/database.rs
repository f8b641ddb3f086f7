//! The open database, which can be closed and opened again under its readers: after a full disk or an I/O error redb
//! refuses everything until that is done.

use std::{
    fs::File,
    sync::{
        PoisonError, RwLock,
        atomic::{AtomicBool, Ordering},
    },
};

use redb::{
    Builder, CompactionError, Database, DatabaseError, Durability, ReadTransaction, ReadableDatabase, WriteTransaction,
};

use super::{error::StoreError, folder::LockedFolder, read_only_file::ReadOnlyFile};

/// Memory for redb's pages. Reading a long chain must not grow a node beyond it.
const CACHE_BYTES: usize = 16 << 20;

/// The database as its users share it.
pub(super) struct Shared {
    /// Empty while it cannot be opened.
    database: RwLock<Option<Database>>,
    /// Where it lies; none in memory. Let go of after the database, so that whoever gets the folder next can open it.
    folder: Option<LockedFolder>,
    /// Whether blocks were replaced since it was opened, so that pages may be free.
    was_replaced: AtomicBool,
}

impl Shared {
    pub(super) fn new(database: Database, folder: Option<LockedFolder>) -> Self {
        Self { database: RwLock::new(Some(database)), folder, was_replaced: AtomicBool::new(false) }
    }

    pub(super) fn folder(&self) -> Option<&LockedFolder> {
        self.folder.as_ref()
    }

    pub(super) fn set_replaced(&self) {
        self.was_replaced.store(true, Ordering::Relaxed);
    }

    pub(super) fn was_replaced(&self) -> bool {
        self.was_replaced.load(Ordering::Relaxed)
    }

    /// Moves all pages together. Nobody may be reading.
    pub(super) fn compact(&self) -> Result<(), CompactionError> {
        let mut database = self.database.write().unwrap_or_else(PoisonError::into_inner);
        database.as_mut().map_or(Ok(()), |database| database.compact().map(drop))
    }

    pub(super) fn begin_read(&self) -> Result<ReadTransaction, StoreError> {
        let database = self.database.read().unwrap_or_else(PoisonError::into_inner);
        Ok(database.as_ref().ok_or(StoreError::Closed)?.begin_read()?)
    }

    /// Begins a change that is flushed in two phases. With one, damage to the last commit of a killed node looks like a commit
    /// that never ended, and would be dropped without a word. The price is a second flush.
    pub(super) fn begin_durable_write(&self) -> Result<WriteTransaction, StoreError> {
        let database = self.database.read().unwrap_or_else(PoisonError::into_inner);
        let mut write = database.as_ref().ok_or(StoreError::Closed)?.begin_write()?;
        write.set_two_phase_commit(true);
        Ok(write)
    }

    /// Begins a change that reaches the disk with the next durable one, and is lost as a whole when there is none. It costs no
    /// flush.
    pub(super) fn begin_light_write(&self) -> Result<WriteTransaction, StoreError> {
        let mut write = self.begin_durable_write()?;
        // It is refused only where processes share the file, or after savepoints, and there are none. It is durable then.
        if write.set_durability(Durability::None).is_err() {
            tracing::debug!("a light commit is a durable one");
        }
        Ok(write)
    }

    /// Closes the database, and removes what was made when it was opened, if there was no data before.
    pub(super) fn remove_made(&self) {
        drop(self.database.write().unwrap_or_else(PoisonError::into_inner).take());
        if let Some(folder) = &self.folder {
            folder.remove_made();
        }
    }

    /// Closes the database and opens it again. Readers who come meanwhile wait; who is reading gets an error.
    pub(super) fn reopen(&self) -> Result<(), StoreError> {
        let folder = self.folder.as_ref().ok_or(StoreError::Closed)?;
        folder.release_reserve();
        let mut database = self.database.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(failed) = database.take()
            && let Err(error) = failed.close()
        {
            tracing::debug!(%error, "closing a database that has failed");
        }
        *database = Some(open(&mut builder(), folder)?);
        Ok(())
    }
}

/// Opens the data file of a folder.
pub(super) fn open(builder: &mut Builder, folder: &LockedFolder) -> Result<Database, DatabaseError> {
    if folder.is_read_only() {
        builder.create_with_backend(ReadOnlyFile::new(File::open(folder.data_file())?)?)
    } else {
        builder.open(folder.data_file())
    }
}

pub(super) fn builder() -> Builder {
    let mut builder = Database::builder();
    builder.set_cache_size(CACHE_BYTES);
    builder
}
