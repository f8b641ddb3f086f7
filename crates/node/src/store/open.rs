//! Opening a node's data: made at the first start, checked whole at every later one.

use std::{fs::File, path::Path, sync::Arc};

use bcoin_ledger::Rules;
use redb::{
    Database,
    backends::{FileBackend, InMemoryBackend},
};

use super::{
    chain::ChainWriter,
    contents::ContentsOf,
    database::{self, Shared, builder},
    error::{OpenError, StoreError},
    folder::LockedFolder,
    identity,
    read::Progress,
    tables::{MEMPOOL, META, PEERS, STALE, meta},
    upgrade::Upgrade,
    writer::{Location, Store},
};

/// What a node that starts for the first time writes.
pub struct FirstContent<B> {
    /// The node's address.
    pub node_address: String,
    /// Its first block.
    pub genesis: B,
}

/// A store, and the state it was left in.
pub struct Opened<R: Rules> {
    /// The writer.
    pub store: Store<R>,
    /// The state.
    pub contents: ContentsOf<R>,
    /// How many bytes the encodings of the blocks of the chain have together.
    pub chain_bytes: u64,
}

impl<R: Rules> Opened<R> {
    /// Opens the data at `location`, and makes it with `first` when there is none.
    ///
    /// Every page and every block is checked, since a plain opening does not notice changed bits; `progress` is told how far
    /// that is.
    ///
    /// # Errors
    /// When the folder is in use or cannot be used, or when what it holds is damaged, of another format, of other rules or of another
    /// network.
    pub fn open(
        rules: R,
        location: &Location,
        first: FirstContent<R::CheckedBlock>,
        progress: Progress<'_>,
    ) -> Result<Self, OpenError> {
        match location {
            Location::Memory => {
                let fill = || -> Result<Self, StoreError> {
                    let database = builder().create_with_backend(InMemoryBackend::new())?;
                    Self::write_first(&database, &rules, &first)?;
                    Self::load(rules, Arc::new(Shared::new(database, None)), progress)
                };
                fill().map_err(|source| OpenError::of_data("memory".into(), source))
            }
            Location::Folder(path) => {
                let folder = LockedFolder::open(path)?;
                folder.create_once(|file| Self::create(file, &rules, &first))?;
                Self::open_locked(rules, folder, progress)
            }
        }
    }

    /// As [`Opened::open`], but makes nothing: `folder` has to hold data. Where it cannot be written, it is only read.
    ///
    /// # Errors
    /// As [`Opened::open`], and when there is no data, or data that has to be upgraded in a folder that cannot be written.
    pub fn open_existing(rules: R, folder: &Path, progress: Progress<'_>) -> Result<Self, OpenError> {
        Self::open_locked(rules, LockedFolder::open_existing(folder)?, progress)
    }

    fn open_locked(rules: R, folder: LockedFolder, progress: Progress<'_>) -> Result<Self, OpenError> {
        let file = folder.data_file();
        let data = |source| OpenError::of_data(file.clone(), source);
        let database = database::open(builder().set_check_integrity_on_open(true), &folder);
        let shared = Arc::new(Shared::new(database.map_err(|error| data(error.into()))?, Some(folder)));
        identity::check_upgrade::<R>(&shared, &file).map_err(data)??;
        Upgrade::run(&shared, &rules, progress).map_err(data)?;
        identity::check_rules(&shared, &rules, &file)?;
        Self::load(rules, shared, progress).map_err(data)
    }

    fn load(rules: R, shared: Arc<Shared>, progress: Progress<'_>) -> Result<Self, StoreError> {
        let store = Store::new(shared, rules);
        let chain_bytes = store.reader().snapshot()?.check_chain(&store.rules, progress)?.bytes;
        let mut contents = store.contents()?;
        let writable = store.shared.folder().is_none_or(|folder| !folder.is_read_only());
        if writable {
            store.forget_what_may_not_wait(&mut contents)?;
            store.fill_missing(&contents)?;
        }
        if let Some(folder) = store.shared.folder().filter(|_| writable)
            && let Err(error) = folder.set_reserve_aside()
        {
            // Reading works all the same; writing says so again.
            tracing::warn!(%error, "no room could be set aside");
        }
        Ok(Self { store, contents, chain_bytes })
    }

    fn create(file: File, rules: &R, first: &FirstContent<R::CheckedBlock>) -> Result<(), StoreError> {
        let database = builder().create_with_backend(FileBackend::new(file)?)?;
        Self::write_first(&database, rules, first)?;
        Ok(database.close()?)
    }

    fn write_first(database: &Database, rules: &R, first: &FirstContent<R::CheckedBlock>) -> Result<(), StoreError> {
        let write = database.begin_write()?;
        identity::write(&write, R::NAME)?;
        write.open_table(META)?.insert(meta::NODE_ADDRESS, first.node_address.as_bytes())?;
        write.open_table(MEMPOOL)?;
        write.open_table(PEERS)?;
        write.open_table(STALE)?;
        let mut chain = ChainWriter::open(&write, rules)?;
        chain.connect(&first.genesis).map_err(|error| error.into_damage())?;
        chain.finish()?;
        Ok(write.commit()?)
    }
}
