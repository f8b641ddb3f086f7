//! The measured servers, each in its own process.

use std::{
    path::Path,
    process::{Command, Stdio},
};

use bcoin_testkit::{Process, Program};

const BCOIN: Program = Program(env!("CARGO_BIN_EXE_bcoin"));

/// Starts a server, and waits for the line with its address.
pub fn server(command: &mut Command) -> Process {
    Process::start_saying("http://", command.stdin(Stdio::null()).stderr(Stdio::null()))
}

/// A node of B-Coin on a free port, with its data in `folder`.
pub fn node(folder: &Path) -> Process {
    // The bound on the bytes of the mempool applies here, not the one on the number of transactions.
    server(BCOIN.command(&["--port", "0", "--max-pending", "10000000", "--data-dir"]).arg(folder))
}

/// A node of B-Coin in the `instant` room of this name under the sound rules, with its data in `folder`.
pub fn sound_node(room: &str, folder: &Path) -> Process {
    let payee = bcoin_testkit::sound::address(9).to_string();
    let rules = ["--rules", "sound", "--profile", "instant", "--room", room];
    server(BCOIN.command(&rules).args(["--miner", &payee, "--port", "0", "--data-dir"]).arg(folder))
}

/// A node of B-Coin that has the chain of a file.
pub fn node_with_chain(file: &Path, folder: &Path) -> Process {
    let imported = BCOIN.command(&["import"]).arg(file).arg("--data-dir").arg(folder).stdout(Stdio::null()).status();
    assert!(imported.expect("bcoin import runs").success(), "the chain is imported");
    node(folder)
}

/// Checks a data folder of such a room thoroughly; `false` when it finds a fault.
pub fn verify_sound(room: &str, folder: &Path) -> bool {
    let rules = ["verify", "--rules", "sound", "--profile", "instant", "--room", room, "--data-dir"];
    BCOIN.command(&rules).arg(folder).stdout(Stdio::null()).status().expect("bcoin verify runs").success()
}

/// This program again, as a bare axum server that answers `/get_chain` with the bytes of `file`.
pub fn bare(file: &Path) -> Process {
    let this = std::env::current_exe().expect("the path of this program");
    server(Command::new(this).arg(crate::bare::ROLE).arg(file))
}
