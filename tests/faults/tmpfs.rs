//! A small disk in memory that can be filled.

use std::{
    fs::{self, File},
    io::{ErrorKind, Write as _},
    path::{Path, PathBuf},
    process::Command,
};

/// A tmpfs of 8 MiB; unmounted when dropped.
pub struct Tmpfs {
    folder: PathBuf,
    with_sudo: bool,
}

impl Tmpfs {
    /// Mounts it. That needs root, or sudo without a password.
    pub fn mount(folder: PathBuf) -> Result<Self, String> {
        if !cfg!(target_os = "linux") {
            return Err("tmpfs is there on Linux only".into());
        }
        fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
        let mut refusals = Vec::new();
        for with_sudo in [false, true] {
            match program("mount", with_sudo)
                .args(["-t", "tmpfs", "-o", "size=8m,mode=777", "tmpfs"])
                .arg(&folder)
                .output()
            {
                Ok(output) if output.status.success() => return Ok(Self { folder, with_sudo }),
                Ok(output) => refusals.push(String::from_utf8_lossy(&output.stderr).trim().to_owned()),
                Err(error) => refusals.push(error.to_string()),
            }
        }
        Err(format!("no tmpfs can be mounted: {}", refusals.join("; with sudo: ").replace('\n', " ")))
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }

    fn filler(&self) -> PathBuf {
        self.folder.join("filler")
    }

    /// Fills the disk, except for `rest` bytes.
    pub fn fill(&self, rest: u64) -> Result<(), String> {
        let fill = || -> std::io::Result<()> {
            let mut file = File::create(self.filler())?;
            let page = [0x55; 4096];
            loop {
                match file.write_all(&page) {
                    Ok(()) => {}
                    Err(error) if error.kind() == ErrorKind::StorageFull => break,
                    Err(error) => return Err(error),
                }
            }
            let length = file.metadata()?.len();
            file.set_len(length.saturating_sub(rest))
        };
        fill().map_err(|error| format!("filling the disk: {error}"))
    }

    pub fn make_room(&self) {
        // The file may not exist.
        let _ = fs::remove_file(self.filler());
    }
}

impl Drop for Tmpfs {
    fn drop(&mut self) {
        // A process that was just killed may still have a file open. A lazy unmount ends when the file is closed.
        let _ = program("umount", self.with_sudo).arg("--lazy").arg(&self.folder).status();
    }
}

fn program(name: &str, with_sudo: bool) -> Command {
    if !with_sudo {
        return Command::new(name);
    }
    let mut command = Command::new("sudo");
    command.args(["-n", name]);
    command
}
