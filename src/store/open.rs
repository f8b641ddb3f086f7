//! Opening a node's data: made at the first start, checked whole at every later one.

use std::{fs::File, sync::Arc};

use redb::{Builder, Database, ReadableDatabase, ReadableTable, backends::FileBackend, backends::InMemoryBackend};

use super::{
    Location, Store,
    error::{OpenError, StoreError},
    folder::LockedFolder,
    read::Reader,
    tables::{BLOCKS, FORMAT_VERSION, META, PEERS, PENDING, meta},
};
use crate::{
    ledger::{Block, Pending, Tip, Transaction, check_block},
    wire::PeerAddress,
};

/// Memory for redb's pages. Reading a long chain must not grow a node beyond it.
const CACHE_BYTES: usize = 32 << 20;

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
    /// The node's address.
    pub node_address: String,
    /// The end of the chain.
    pub tip: Tip,
    /// The payments that wait.
    pub pending: Pending,
    /// The peers, in the order they were added.
    pub peers: Vec<PeerAddress>,
}

/// Opens the data at `location`, and makes it with `first` when there is none.
///
/// Every block is read, hashed and held against the rules, since the database itself does not notice changed bits.
///
/// # Errors
/// When the folder is in use or cannot be used, or when what it holds is damaged or of another format.
pub fn open(location: &Location, first: FirstContent) -> Result<Opened, OpenError> {
    match location {
        Location::Memory => {
            let fill = || -> Result<Opened, StoreError> {
                let database = builder().create_with_backend(InMemoryBackend::new())?;
                write_first(&database, first)?;
                load(database, None)
            };
            fill().map_err(|source| OpenError::Data { file: "memory".into(), source })
        }
        Location::Folder(path) => {
            let folder = LockedFolder::open(path)?;
            let file = folder.data_file();
            folder
                .create_once(|file| create(file, first))
                .map_err(|source| OpenError::Data { file: file.clone(), source })?;
            let open = || load(builder().set_check_integrity_on_open(true).open(&file)?, Some(folder));
            open().map_err(|source| OpenError::Data { file: file.clone(), source })
        }
    }
}

fn builder() -> Builder {
    let mut builder = Database::builder();
    builder.set_cache_size(CACHE_BYTES);
    builder
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
        table.insert(meta::FORMAT, FORMAT_VERSION.as_bytes())?;
        table.insert(meta::NODE_ADDRESS, first.node_address.as_bytes())?;
        table.insert(meta::TIP_HASH, genesis.hash().as_bytes().as_slice())?;
        transaction.open_table(BLOCKS)?.insert(genesis.block().index, genesis.text().as_bytes())?;
        transaction.open_table(PENDING)?;
        transaction.open_table(PEERS)?;
    }
    Ok(transaction.commit()?)
}

fn load(database: Database, folder: Option<LockedFolder>) -> Result<Opened, StoreError> {
    let database = Arc::new(database);
    let snapshot = database.begin_read()?;
    let facts = snapshot.open_table(META)?;
    let fact = |name| -> Result<Vec<u8>, StoreError> {
        let value = facts.get(name)?.ok_or_else(|| StoreError::Damaged(format!("`{name}` is missing")))?;
        Ok(value.value().to_vec())
    };
    let format = fact(meta::FORMAT)?;
    if format != FORMAT_VERSION.as_bytes() {
        return Err(StoreError::Damaged(format!(
            "it is in disk format {}, and this program knows format {FORMAT_VERSION}",
            String::from_utf8_lossy(&format).escape_debug()
        )));
    }
    let node_address = text(fact(meta::NODE_ADDRESS)?)?;
    let tip = Reader::new(database.clone()).snapshot()?.check_chain()?;

    let mut pending = Vec::new();
    for entry in snapshot.open_table(PENDING)?.iter()? {
        pending.push(Transaction::from_json(&text(entry?.1.value().to_vec())?)?);
    }
    let mut peers = Vec::new();
    for entry in snapshot.open_table(PEERS)?.iter()? {
        let address = text(entry?.1.value().to_vec())?;
        peers.push(address.parse().map_err(|_| StoreError::Damaged(format!("{address:?} is no address of a peer")))?);
    }
    let store = Store { database, _folder: folder };
    Ok(Opened { store, node_address, tip, pending: pending.into_iter().collect(), peers })
}

fn text(bytes: Vec<u8>) -> Result<String, StoreError> {
    String::from_utf8(bytes).map_err(|_| StoreError::Damaged("a text is not UTF-8".into()))
}
