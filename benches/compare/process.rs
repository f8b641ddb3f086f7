//! The servers that are measured, each a process of its own.

use std::{
    io::{BufRead as _, BufReader},
    net::SocketAddr,
    path::Path,
    process::{Child, ChildStdout, Command, Stdio},
};

/// A running server; killed when dropped.
pub struct Server {
    child: Child,
    /// Kept open, so that the server may go on printing.
    _stdout: BufReader<ChildStdout>,
    pub address: SocketAddr,
}

impl Server {
    /// Starts a program, and waits for the line with its address.
    pub fn start(command: &mut Command) -> Self {
        let command = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().expect("the program starts");
        let mut stdout = BufReader::new(child.stdout.take().expect("its standard output"));
        let mut line = String::new();
        let address = loop {
            line.clear();
            assert!(stdout.read_line(&mut line).expect("lines") > 0, "{command:?} ended before it was ready");
            if let Some((_, address)) = line.trim().split_once("http://") {
                break address.parse().expect("an address");
            }
        };
        Self { child, _stdout: stdout, address }
    }

    /// The most memory that it ever had resident, in bytes; only Linux tells.
    pub fn peak_memory(&self) -> Option<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
        Some(line.trim().trim_end_matches(" kB").parse::<u64>().ok()? << 10)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// `bcoin`, with nothing of this environment that would change what it does.
pub fn bcoin() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_bcoin"));
    command.env_remove("RUST_LOG");
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("BCOIN_")) {
        command.env_remove(name);
    }
    command
}

/// A node of B-Coin on a free port, with its data in `folder`.
pub fn node(folder: &Path) -> Server {
    // The bound on their bytes is what keeps the pool small here.
    Server::start(bcoin().args(["--port", "0", "--max-pending", "10000000", "--data-dir"]).arg(folder))
}

/// A node of B-Coin that has the chain of a file.
pub fn node_with_chain(file: &Path, folder: &Path) -> Server {
    let imported = bcoin().arg("import").arg(file).arg("--data-dir").arg(folder).stdout(Stdio::null()).status();
    assert!(imported.expect("bcoin import runs").success(), "the chain is imported");
    node(folder)
}

/// This program again, as a bare axum server that answers `/get_chain` with the bytes of `file`.
pub fn bare(file: &Path) -> Server {
    let this = std::env::current_exe().expect("the path of this program");
    Server::start(Command::new(this).arg(crate::bare::ROLE).arg(file))
}
