//! A folder that one process at a time may use.

use std::{
    fs::{self, DirBuilder, File, OpenOptions, TryLockError},
    io,
    path::{Path, PathBuf},
};

use super::error::OpenError;

/// A data folder, locked for as long as this value lives. The lock ends with the process, however that ends.
pub(super) struct LockedFolder {
    folder: PathBuf,
    _lock: File,
}

impl LockedFolder {
    /// Makes the folder where it is missing, readable by its owner alone, and locks it.
    pub(super) fn open(folder: &Path) -> Result<Self, OpenError> {
        let failed = |source| OpenError::Folder { folder: folder.to_owned(), source };
        private_folders().create(folder).map_err(failed)?;
        let lock =
            private_files().create(true).truncate(false).write(true).open(folder.join("lock")).map_err(failed)?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { folder: folder.to_owned(), _lock: lock }),
            Err(TryLockError::WouldBlock) => Err(OpenError::InUse(folder.to_owned())),
            Err(TryLockError::Error(source)) => Err(failed(source)),
        }
    }

    /// The data file.
    pub(super) fn data_file(&self) -> PathBuf {
        self.folder.join("chain.redb")
    }

    /// The name under which a data file is made, before it is whole.
    fn unfinished_file(&self) -> PathBuf {
        self.folder.join("chain.redb.new")
    }

    /// Makes the data file if there is none: `fill` writes it under another name, which it only loses once it is whole,
    /// so that a node killed in its first moments leaves nothing behind that cannot be opened.
    pub(super) fn create_once<E: From<io::Error>>(&self, fill: impl FnOnce(File) -> Result<(), E>) -> Result<(), E> {
        if fs::exists(self.data_file())? {
            return Ok(());
        }
        let unfinished = self.unfinished_file();
        let file = private_files().create(true).truncate(true).read(true).write(true).open(&unfinished)?;
        fill(file)?;
        fs::rename(&unfinished, self.data_file())?;
        Ok(sync_folder(&self.folder)?)
    }
}

#[cfg(unix)]
fn private_folders() -> DirBuilder {
    use std::os::unix::fs::DirBuilderExt as _;
    let mut builder = DirBuilder::new();
    builder.recursive(true).mode(0o700);
    builder
}

#[cfg(unix)]
fn private_files() -> OpenOptions {
    use std::os::unix::fs::OpenOptionsExt as _;
    let mut options = OpenOptions::new();
    options.mode(0o600);
    options
}

/// On Windows a user's data folder belongs to that user already.
#[cfg(not(unix))]
fn private_folders() -> DirBuilder {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    builder
}

#[cfg(not(unix))]
fn private_files() -> OpenOptions {
    OpenOptions::new()
}

/// A new name in a folder is durable when the folder itself is flushed.
#[cfg(unix)]
fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// Windows cannot flush a folder; its file systems log a rename themselves.
#[cfg(not(unix))]
fn sync_folder(_folder: &Path) -> io::Result<()> {
    Ok(())
}
