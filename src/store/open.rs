//! Opening a node's data: made at the first start, checked whole at every later one.

use std::{fs::File, path::Path, sync::Arc};

use redb::{
    Database,
    backends::{FileBackend, InMemoryBackend},
};

use super::{
    Location, Store,
    accounts::{Indexer, Sign},
    contents::{self, Contents},
    database::{Shared, builder},
    error::{OpenError, StoreError},
    folder::LockedFolder,
    index,
    read::{Progress, Reader},
    tables::{BLOCKS, GIVEN_UP, GIVEN_UP_BLOCKS, META, PEERS, PENDING, meta},
};
use crate::ledger::{Block, check_block};

/// What a node that starts for the first time writes.
pub struct FirstContent {
    /// The node's address.
    pub node_address: String,
    /// When its genesis block was made.
    pub timestamp: String,
}

/// A store, and the state it was left in.
pub struct Opened {
    /// The writer.
    pub store: Store,
    /// The state.
    pub contents: Contents,
}

/// Opens the data at `location`, and makes it with `first` when there is none.
///
/// Every page and every block is checked, since a plain opening does not notice changed bits; `progress` is told how far
/// that is.
///
/// # Errors
/// When the folder is in use or cannot be used, or when what it holds is damaged or of another format.
pub fn open(location: &Location, first: FirstContent, progress: Progress<'_>) -> Result<Opened, OpenError> {
    match location {
        Location::Memory => {
            let fill = || -> Result<Opened, StoreError> {
                let database = builder().create_with_backend(InMemoryBackend::new())?;
                write_first(&database, first)?;
                load(database, None, progress)
            };
            fill().map_err(|source| OpenError::Data { file: "memory".into(), source })
        }
        Location::Folder(path) => {
            let folder = LockedFolder::open(path)?;
            let made = folder.create_once(|file| create(file, first));
            made.map_err(|source| OpenError::Data { file: folder.data_file(), source })?;
            open_locked(folder, progress)
        }
    }
}

/// As [`open`], but makes nothing: `folder` has to hold data.
///
/// # Errors
/// As [`open`], and when there is no data.
pub fn open_existing(folder: &Path, progress: Progress<'_>) -> Result<Opened, OpenError> {
    open_locked(LockedFolder::open_existing(folder)?, progress)
}

fn open_locked(folder: LockedFolder, progress: Progress<'_>) -> Result<Opened, OpenError> {
    let file = folder.data_file();
    let open = || load(builder().set_check_integrity_on_open(true).open(&file)?, Some(folder), progress);
    open().map_err(|source| OpenError::Data { file: file.clone(), source })
}

fn create(file: File, first: FirstContent) -> Result<(), StoreError> {
    let database = builder().create_with_backend(FileBackend::new(file)?)?;
    write_first(&database, first)?;
    Ok(database.close()?)
}

fn write_first(database: &Database, first: FirstContent) -> Result<(), StoreError> {
    let genesis = check_block(None, Block::genesis(first.timestamp))?;
    let transaction = database.begin_write()?;
    {
        let mut table = transaction.open_table(META)?;
        table.insert(meta::NODE_ADDRESS, first.node_address.as_bytes())?;
        table.insert(meta::TIP_HASH, genesis.hash().as_bytes().as_slice())?;
        transaction.open_table(BLOCKS)?.insert(genesis.block().index, genesis.text().as_bytes())?;
        transaction.open_table(PENDING)?;
        transaction.open_table(PEERS)?;
        transaction.open_table(GIVEN_UP)?;
        transaction.open_table(GIVEN_UP_BLOCKS)?;
    }
    let mut indexer = Indexer::open(&transaction)?;
    indexer.change(genesis.block(), genesis.hash(), Sign::Add)?;
    indexer.finish(genesis.hash())?;
    Ok(transaction.commit()?)
}

fn load(database: Database, folder: Option<LockedFolder>, progress: Progress<'_>) -> Result<Opened, StoreError> {
    let shared = Arc::new(Shared::new(database, folder));
    let reader = Reader::new(shared.clone());
    let tip = reader.snapshot()?.check_chain(progress)?;
    index::ensure(&shared, &tip, progress)?;
    let contents = contents::read(&reader)?;
    if let Some(folder) = shared.folder()
        && let Err(error) = folder.set_reserve_aside()
    {
        // Reading works all the same; writing says so again.
        tracing::warn!(%error, "no room could be set aside");
    }
    Ok(Opened { store: Store { shared }, contents })
}
