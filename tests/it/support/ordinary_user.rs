//! The program as an ordinary user runs it. Becoming one needs root.

use std::{
    fs,
    os::unix::{
        fs::{PermissionsExt as _, chown},
        process::CommandExt as _,
    },
    path::{Path, PathBuf},
    process::Command,
};

/// The user `nobody`.
const ID: u32 = 65534;

/// A copy of the program in a folder where that user may run it.
pub struct OrdinaryUser {
    folder: tempfile::TempDir,
}

impl OrdinaryUser {
    pub fn new() -> Self {
        let folder = tempfile::Builder::new().permissions(fs::Permissions::from_mode(0o755)).tempdir().unwrap();
        fs::copy(env!("CARGO_BIN_EXE_bcoin"), folder.path().join("bcoin")).unwrap();
        Self { folder }
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(self.folder.path().join("bcoin"));
        command.args(arguments).uid(ID).gid(ID).current_dir("/");
        command
    }

    /// A copy of these files that the user owns and may read, and nothing else.
    pub fn read_only_copy(&self, files: &Path) -> PathBuf {
        let copy = self.folder.path().join(files.file_name().unwrap());
        fs::create_dir(&copy).unwrap();
        for file in fs::read_dir(files).unwrap() {
            let file = file.unwrap();
            let to = copy.join(file.file_name());
            fs::copy(file.path(), &to).unwrap();
            fs::set_permissions(&to, fs::Permissions::from_mode(0o400)).unwrap();
            chown(&to, Some(ID), Some(ID)).unwrap();
        }
        fs::set_permissions(&copy, fs::Permissions::from_mode(0o500)).unwrap();
        chown(&copy, Some(ID), Some(ID)).unwrap();
        copy
    }
}
