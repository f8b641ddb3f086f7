//! A data folder: who may use it, which format it is in, and room that is set aside for a full disk.

use std::{
    fs::{self, DirBuilder, File, OpenOptions, TryLockError},
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use super::error::{OpenError, StoreError};

/// What the file `format` holds when this program has written it.
pub(super) const FORMAT: &str = "B-Coin data, format 2\n";
/// What it holds when the data can be brought into that format. Any other text is a format that this program does not touch.
const FORMAT_1: &str = "B-Coin data, format 1\n";
/// The names of the data file and of the file `format` while they are written.
const UNFINISHED_DATA: &str = "chain.redb.new";
const UNFINISHED_FORMAT: &str = "format.new";
/// The name of a file that is there while it is tried how much room there is.
const ROOM_TRIAL: &str = "room.new";
/// How many bytes are set aside, so that a database that has met a full disk can be opened and read again.
const RESERVE_BYTES: usize = 2 << 20;

/// A data folder, locked for as long as this value lives. The lock ends with the process, however that ends.
pub(super) struct LockedFolder {
    folder: PathBuf,
    /// None in a folder that is only read and has no file for it.
    _lock: Option<File>,
    read_only: bool,
    /// If it held no data: the folders that had to be made for it, the innermost first.
    made: Option<Vec<PathBuf>>,
}

impl LockedFolder {
    /// Makes the folder where it is missing, readable by its owner alone, and locks it.
    pub(super) fn open(folder: &Path) -> Result<Self, OpenError> {
        let failed = |source| OpenError::of_folder(folder.to_owned(), &data_file(folder), source);
        check_format(folder).map_err(failed)??;
        let missing: Vec<_> = missing_folders(folder).collect();
        let lock = || -> io::Result<File> {
            private_folders().create(folder)?;
            private_files().create(true).truncate(false).write(true).open(folder.join("lock"))
        };
        let lock = lock().inspect_err(|_| remove_folders(&missing)).map_err(failed)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(OpenError::InUse(folder.to_owned())),
            Err(TryLockError::Error(source)) => return Err(failed(source)),
        }
        let has_data = fs::exists(data_file(folder)).map_err(failed)?;
        let made = (!has_data).then_some(missing);
        Ok(Self { folder: folder.to_owned(), _lock: Some(lock), read_only: false, made })
    }

    /// As [`LockedFolder::open`], but makes nothing: the folder has to hold data. Where it cannot be written, it is only read.
    pub(super) fn open_existing(folder: &Path) -> Result<Self, OpenError> {
        let file = data_file(folder);
        if !file.exists() {
            return Err(OpenError::Nothing(folder.to_owned()));
        }
        let locked = match Self::open(folder) {
            Ok(locked) => {
                let write = OpenOptions::new().write(true).open(file);
                Self { read_only: write.is_err_and(|error| is_write_refused(&error)), ..locked }
            }
            Err(OpenError::Folder { source, .. }) if is_write_refused(&source) => Self::open_read_only(folder)?,
            Err(error) => return Err(error),
        };
        if locked.read_only {
            tracing::debug!("the folder {} cannot be written, and is only read", folder.display());
        }
        Ok(locked)
    }

    /// Locks a folder that cannot be written against those who write, as far as the system lets it.
    fn open_read_only(folder: &Path) -> Result<Self, OpenError> {
        // A copy need not hold the file, and some file systems have no locks.
        let lock = File::open(folder.join("lock")).ok();
        if let Some(Err(TryLockError::WouldBlock)) = lock.as_ref().map(File::try_lock_shared) {
            return Err(OpenError::InUse(folder.to_owned()));
        }
        Ok(Self { folder: folder.to_owned(), _lock: lock, read_only: true, made: None })
    }

    /// Whether it held no data when it was opened.
    pub(super) fn is_new(&self) -> bool {
        self.made.is_some()
    }

    /// Whether nothing in it can be changed.
    pub(super) fn is_read_only(&self) -> bool {
        self.read_only
    }

    /// The folder itself.
    pub(super) fn path(&self) -> &Path {
        &self.folder
    }

    /// The data file.
    pub(super) fn data_file(&self) -> PathBuf {
        data_file(&self.folder)
    }

    /// Makes the data file if there is none. If that fails, what was made is removed again.
    pub(super) fn create_once(&self, fill: impl FnOnce(File) -> Result<(), StoreError>) -> Result<(), OpenError> {
        if !self.is_new() {
            return Ok(());
        }
        self.create(fill)
            .inspect_err(|_| self.remove_made())
            .map_err(|error| OpenError::of_new(self.folder.clone(), error))
    }

    /// `fill` writes the data file under another name, which it only loses once it is whole, so that a node killed in its first
    /// moments leaves nothing behind that cannot be opened.
    fn create(&self, fill: impl FnOnce(File) -> Result<(), StoreError>) -> Result<(), StoreError> {
        // A node that has no room for this could read its data, and save nothing.
        self.set_reserve_aside()?;
        let unfinished = self.folder.join(UNFINISHED_DATA);
        let file = private_files().create(true).truncate(true).read(true).write(true).open(&unfinished)?;
        fill(file)?;
        self.write_format(FORMAT)?;
        fs::rename(&unfinished, self.data_file())?;
        Ok(sync_folder(&self.folder)?)
    }

    /// Removes what was made since there was no data: the files, and the folders if nothing else is in them.
    pub(super) fn remove_made(&self) {
        let Some(folders) = &self.made else { return };
        let others = [UNFINISHED_DATA, UNFINISHED_FORMAT, "lock"].map(|name| self.folder.join(name));
        for file in [self.data_file(), format_file(&self.folder), self.reserve_file()].iter().chain(&others) {
            // It need not be there.
            let _ = fs::remove_file(file);
        }
        remove_folders(folders);
    }

    /// Says which format the data is in.
    pub(super) fn write_format(&self, format: &str) -> io::Result<()> {
        let unfinished = self.folder.join(UNFINISHED_FORMAT);
        let mut file = private_files().create(true).truncate(true).write(true).open(&unfinished)?;
        file.write_all(format.as_bytes())?;
        file.sync_all()?;
        fs::rename(unfinished, format_file(&self.folder))?;
        sync_folder(&self.folder)
    }

    /// Sets room on the disk aside, unless that is done already.
    ///
    /// # Errors
    /// When the disk has not that much room: it counts as full then.
    pub(super) fn set_reserve_aside(&self) -> Result<(), StoreError> {
        let reserve = self.reserve_file();
        if fs::metadata(&reserve).is_ok_and(|reserve| reserve.len() == RESERVE_BYTES as u64) {
            return Ok(());
        }
        fill_with_reserve(&reserve)
    }

    /// Checks that there is room beside the reserve. A small change finds room within the database even on a full disk, and says
    /// nothing about the next one.
    ///
    /// # Errors
    /// When there is not as much room again as is set aside.
    pub(super) fn check_room(&self) -> Result<(), StoreError> {
        self.set_reserve_aside()?;
        let trial = self.folder.join(ROOM_TRIAL);
        fill_with_reserve(&trial)?;
        Ok(fs::remove_file(trial)?)
    }

    /// Gives the room back that was set aside.
    pub(super) fn release_reserve(&self) {
        for file in [self.reserve_file(), self.folder.join(ROOM_TRIAL)] {
            // Nothing to give back is as good.
            let _ = fs::remove_file(file);
        }
    }

    fn reserve_file(&self) -> PathBuf {
        self.folder.join("reserve")
    }
}

fn data_file(folder: &Path) -> PathBuf {
    folder.join("chain.redb")
}

fn format_file(folder: &Path) -> PathBuf {
    folder.join("format")
}

/// The folders on the way to this one, itself included, that are not there, the innermost first.
fn missing_folders(folder: &Path) -> impl Iterator<Item = PathBuf> {
    let missing = |folder: &&Path| !folder.as_os_str().is_empty() && !folder.exists();
    folder.ancestors().take_while(missing).map(Path::to_owned)
}

/// Removes folders, except those that hold something.
fn remove_folders(folders: &[PathBuf]) {
    for folder in folders {
        let _ = fs::remove_dir(folder);
    }
}

/// Whether a file cannot be written because of its rights, or because of those of its disk.
fn is_write_refused(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem)
}

/// Refuses data of another format before anything in the folder is touched.
fn check_format(folder: &Path) -> io::Result<Result<(), OpenError>> {
    let file = data_file(folder);
    if !fs::exists(&file)? {
        return Ok(Ok(()));
    }
    let found = match fs::read(format_file(folder)) {
        Ok(found) => String::from_utf8_lossy(&found).into_owned(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
        Err(error) => return Err(error),
    };
    Ok(if [FORMAT, FORMAT_1].contains(&found.as_str()) { Ok(()) } else { Err(OpenError::Format { file, found }) })
}

/// Writes a file that takes up as much room as is set aside, or none.
fn fill_with_reserve(file: &Path) -> Result<(), StoreError> {
    let write = || -> io::Result<()> {
        let mut file = private_files().create(true).truncate(true).write(true).open(file)?;
        file.write_all(&incompressible(RESERVE_BYTES))?;
        file.sync_all()
    };
    write().map_err(|error| {
        // A part of it would only fill the disk further.
        let _ = fs::remove_file(file);
        match StoreError::from(error) {
            StoreError::DiskFull => StoreError::NoRoom,
            other => other,
        }
    })
}

/// Bytes that a file system which compresses cannot make smaller (xorshift; Marsaglia 2003).
fn incompressible(count: usize) -> Vec<u8> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let words = std::iter::repeat_with(|| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()
    });
    words.flatten().take(count).collect()
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
