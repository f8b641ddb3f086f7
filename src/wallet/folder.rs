//! The folder with the wallets of a user: one file each, which is whole or not there, and which only that user may read.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use bcoin_ledger::{BadHash, BlockHash, sound::Transfer};
use thiserror::Error;

use super::{BadWalletName, FileError, WalletFile, WalletName, file::MAX_FILE_BYTES};

/// The ending of the files.
const ENDING: &str = "json";
/// The ending of the small files that say with which network a wallet was used last.
const NETWORK_ENDING: &str = "network";
/// The ending of the files with a transfer to which no node has answered yet.
const LOST_ENDING: &str = "sent";

/// A folder with wallets.
#[derive(Clone, Debug)]
pub struct WalletFolder(PathBuf);

/// Something with the folder or a file in it does not work.
#[derive(Debug, Error)]
pub enum FolderError {
    /// There is no such wallet.
    #[error("there is no wallet {name} in {}; `bcoin wallet list` shows those that there are", .folder.display())]
    Missing {
        /// Its name.
        name: WalletName,
        /// The folder.
        folder: PathBuf,
    },
    /// There is one already.
    #[error("there is a wallet {name} already: {}; choose another name, or forget that one first", .file.display())]
    Exists {
        /// Its name.
        name: WalletName,
        /// Its file.
        file: PathBuf,
    },
    /// A file cannot be used.
    #[error("the wallet {} cannot be used: {source}", .file.display())]
    File {
        /// The file.
        file: PathBuf,
        /// Why.
        source: FileError,
    },
    /// The system refuses something.
    #[error("{}: {source}", .path.display())]
    System {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

impl WalletFolder {
    /// The wallets in this folder, which need not be there.
    pub fn new(folder: PathBuf) -> Self {
        Self(folder)
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// The file of a wallet.
    pub fn file(&self, name: &WalletName) -> PathBuf {
        self.0.join(format!("{name}.{ENDING}"))
    }

    /// The names of all wallets, in their order, and the files that look like wallets but have no name of one.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn names(&self) -> Result<Vec<WalletName>, FolderError> {
        let entries = match fs::read_dir(&self.0) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            entries => entries.map_err(|source| self.failed(source))?,
        };
        let mut names = Vec::new();
        for entry in entries {
            let path = entry.map_err(|source| self.failed(source))?.path();
            let is_wallet = path.extension().is_some_and(|ending| ending == ENDING);
            let name: Option<Result<WalletName, BadWalletName>> =
                path.file_stem().and_then(|stem| stem.to_str()).filter(|_| is_wallet).map(str::parse);
            names.extend(name.and_then(Result::ok));
        }
        names.sort();
        Ok(names)
    }

    /// Reads the file of a wallet.
    ///
    /// # Errors
    /// When there is none, or it cannot be used.
    pub fn read(&self, name: &WalletName) -> Result<WalletFile, FolderError> {
        let file = self.file(name);
        let system = |source: io::Error| match source.kind() {
            io::ErrorKind::NotFound => FolderError::Missing { name: name.clone(), folder: self.0.clone() },
            _ => FolderError::System { path: file.clone(), source },
        };
        if fs::metadata(&file).map_err(system)?.len() > MAX_FILE_BYTES {
            let source = io::Error::new(io::ErrorKind::FileTooLarge, "the file is too long for a wallet");
            return Err(FolderError::System { path: file, source });
        }
        let text = fs::read(&file).map_err(system)?;
        WalletFile::read(&text).map_err(|source| FolderError::File { file, source })
    }

    /// Writes the file of a new wallet: whole, or not at all.
    ///
    /// # Errors
    /// When there is one of that name, or it cannot be written.
    pub fn create(&self, name: &WalletName, wallet: &WalletFile) -> Result<PathBuf, FolderError> {
        fs::create_dir_all(&self.0).map_err(|source| self.failed(source))?;
        let file = self.file(name);
        self.write(&file, wallet.text().as_bytes(), |temporary| {
            temporary.persist_noclobber(&file).map(drop).map_err(|error| error.error)
        })
        .map_err(|source| match source.kind() {
            io::ErrorKind::AlreadyExists => FolderError::Exists { name: name.clone(), file: file.clone() },
            _ => FolderError::System { path: file.clone(), source },
        })?;
        Ok(file)
    }

    /// Deletes the file of a wallet. Its keys are gone then, unless somebody has its words.
    ///
    /// # Errors
    /// When there is none, or it cannot be deleted.
    pub fn forget(&self, name: &WalletName) -> Result<(), FolderError> {
        let file = self.file(name);
        match fs::remove_file(&file) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                Err(FolderError::Missing { name: name.clone(), folder: self.0.clone() })
            }
            Err(source) => Err(FolderError::System { path: file, source }),
            Ok(()) => {
                // Of no use without the wallet, and of no harm.
                let _ = fs::remove_file(self.network_file(name));
                self.forget_lost(name);
                Ok(())
            }
        }
    }

    /// The first block of the network with which a wallet was used last, if it was used.
    pub fn last_network(&self, name: &WalletName) -> Option<BlockHash> {
        let text = fs::read_to_string(self.network_file(name)).ok()?;
        let hash: Result<BlockHash, BadHash> = text.trim().parse();
        hash.ok()
    }

    /// Notes with which network a wallet is used.
    ///
    /// # Errors
    /// When that cannot be written.
    pub fn set_network(&self, name: &WalletName, genesis: BlockHash) -> Result<(), FolderError> {
        let file = self.network_file(name);
        let replace =
            |temporary: tempfile::NamedTempFile| temporary.persist(&file).map(drop).map_err(|error| error.error);
        self.write(&file, format!("{genesis}\n").as_bytes(), replace)
            .map_err(|source| FolderError::System { path: file.clone(), source })
    }

    /// Keeps a transfer until a node has answered to it.
    ///
    /// # Errors
    /// When it cannot be written; it should not be sent then.
    pub fn keep_until_answered(&self, name: &WalletName, transfer: &Transfer) -> Result<(), FolderError> {
        let file = self.lost_file(name);
        let replace =
            |temporary: tempfile::NamedTempFile| temporary.persist(&file).map(drop).map_err(|error| error.error);
        self.write(&file, hex::encode(transfer.encode()).as_bytes(), replace)
            .map_err(|source| FolderError::System { path: file.clone(), source })
    }

    /// The transfer whose answer was lost, if one was.
    pub fn lost_transfer(&self, name: &WalletName) -> Option<Transfer> {
        let text = fs::read_to_string(self.lost_file(name)).ok()?;
        Transfer::decode(&hex::decode(text.trim()).ok()?).ok()
    }

    /// Forgets that transfer: a node has answered to it.
    pub fn forget_lost(&self, name: &WalletName) {
        // What stays is compared with the next payment, and found to be in the chain.
        let _ = fs::remove_file(self.lost_file(name));
    }

    fn lost_file(&self, name: &WalletName) -> PathBuf {
        self.0.join(format!("{name}.{LOST_ENDING}"))
    }

    /// Writes to a temporary file, which on Unix only this user may read, and then gives it its name.
    fn write(
        &self,
        file: &Path,
        text: &[u8],
        name: impl FnOnce(tempfile::NamedTempFile) -> io::Result<()>,
    ) -> io::Result<()> {
        let folder = file.parent().unwrap_or(&self.0);
        let mut temporary = tempfile::Builder::new().prefix(".new-").tempfile_in(folder)?;
        io::Write::write_all(&mut temporary, text)?;
        temporary.as_file().sync_all()?;
        name(temporary)?;
        sync_folder(folder)
    }

    fn network_file(&self, name: &WalletName) -> PathBuf {
        self.0.join(format!("{name}.{NETWORK_ENDING}"))
    }

    fn failed(&self, source: io::Error) -> FolderError {
        FolderError::System { path: self.0.clone(), source }
    }
}

/// The name of a file is on the disk when its folder is.
#[cfg(unix)]
fn sync_folder(folder: &Path) -> io::Result<()> {
    fs::File::open(folder)?.sync_all()
}

#[cfg(not(unix))]
fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use bcoin_ledger::sound::{Language, Mnemonic};

    use super::*;

    fn file(number: u8) -> WalletFile {
        WalletFile::new(&Mnemonic::from_entropy([number; 16], Language::English).into(), None).unwrap()
    }

    #[test]
    fn a_wallet_is_written_once_and_read_back() {
        let parent = tempfile::tempdir().unwrap();
        let folder = WalletFolder::new(parent.path().join("bcoin").join("wallets"));
        let [ada, bob]: [WalletName; 2] = ["ada", "bob"].map(|name| name.parse().unwrap());
        assert!(folder.names().unwrap().is_empty());
        assert!(matches!(folder.read(&ada), Err(FolderError::Missing { .. })));
        folder.create(&bob, &file(2)).unwrap();
        let path = folder.create(&ada, &file(1)).unwrap();
        assert!(matches!(folder.create(&ada, &file(3)), Err(FolderError::Exists { .. })));
        assert_eq!(folder.read(&ada).unwrap().text(), file(1).text());
        assert_eq!(folder.names().unwrap(), [ada.clone(), bob.clone()]);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }
        fs::write(&path, "{").unwrap();
        assert!(matches!(folder.read(&ada), Err(FolderError::File { .. })));
        folder.forget(&ada).unwrap();
        assert!(matches!(folder.forget(&ada), Err(FolderError::Missing { .. })));
        assert_eq!(folder.names().unwrap(), [bob]);
        let left: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(left, ["bob.json"], "no temporary file stays");
    }

    #[test]
    fn the_network_of_the_last_use_is_remembered() {
        let parent = tempfile::tempdir().unwrap();
        let folder = WalletFolder::new(parent.path().into());
        let name: WalletName = "ada".parse().unwrap();
        assert_eq!(folder.last_network(&name), None);
        for genesis in ["one", "two"].map(BlockHash::sha256) {
            folder.set_network(&name, genesis).unwrap();
            assert_eq!(folder.last_network(&name), Some(genesis));
        }
    }
}
