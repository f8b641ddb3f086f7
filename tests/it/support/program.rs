//! The real program as a process of its own.

use std::{
    io::{BufRead as _, BufReader, Read as _},
    net::SocketAddr,
    process::{Child, ChildStdout, Command, ExitStatus, Output, Stdio},
};

use super::Http;

/// A running `bcoin`; killed when dropped.
pub struct Program {
    child: Child,
    stdout: BufReader<ChildStdout>,
    /// What it printed until it was ready.
    pub printed: String,
    /// The addresses it printed.
    pub addresses: Vec<SocketAddr>,
}

/// `bcoin` with these arguments, and nothing of this environment that would change what it does.
pub fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_bcoin"));
    command.args(arguments).stdin(Stdio::null()).env_remove("RUST_LOG");
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("BCOIN_")) {
        command.env_remove(name);
    }
    command
}

impl Program {
    /// Starts the program and waits until it says that it is ready.
    pub fn start(arguments: &[&str]) -> Self {
        Self::start_command(command(arguments))
    }

    pub fn start_command(mut command: Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("the program starts");
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut printed = String::new();
        while !printed.contains("with Ctrl-C.") {
            let read = stdout.read_line(&mut printed).unwrap();
            assert!(read > 0, "the program ended before it was ready: {printed:?}");
        }
        let addresses = printed
            .split_whitespace()
            .filter_map(|word| word.strip_prefix("http://"))
            .map(|address| address.trim_end_matches(',').parse().expect("an address"))
            .collect();
        Self { child, stdout, printed, addresses }
    }

    pub fn http(&self) -> Http {
        Http::new(self.addresses[0])
    }

    /// The process.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// What `kill -9` does: the program gets no chance to do anything.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Asks the program to end, as `kill` and service managers do, and waits for it.
    #[cfg(unix)]
    pub fn terminate(mut self, signal: &str) -> ExitStatus {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args([signal, &pid]).status().unwrap().success());
        let status = self.child.wait().unwrap();
        let mut rest = String::new();
        self.stdout.read_to_string(&mut rest).unwrap();
        assert_eq!(rest, "", "a node that is ready has nothing more to say on standard output");
        status
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Runs the program to its end, which has to come by itself.
pub fn run(arguments: &[&str]) -> Output {
    command(arguments).output().unwrap()
}
