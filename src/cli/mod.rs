//! The command line: what is asked, and how the program ends.

mod export;
mod flags;
mod import;
mod log;
mod network;
mod node;
mod progress;
mod signals;
mod verify;

use std::process::ExitCode;

use clap::Parser as _;

use self::flags::{Arguments, Command};

/// Exit code when the program cannot start, or a node fails (contract section 1).
const FAILED: u8 = 1;
/// Exit code for a wrong command line, the one that clap uses too.
const WRONG_COMMAND_LINE: u8 = 2;

/// Why the program ends before it was told to.
enum Failure {
    /// What was asked cannot be done.
    CannotRun(String),
    /// What was asked makes no sense.
    WrongCommandLine(String),
}

impl<E: std::error::Error> From<E> for Failure {
    fn from(error: E) -> Self {
        Self::CannotRun(error.to_string())
    }
}

/// Runs the program with the arguments and the environment it was started with.
pub fn run() -> ExitCode {
    let (code, sentence) = match start(Arguments::parse()) {
        Ok(()) => return ExitCode::SUCCESS,
        Err(Failure::CannotRun(sentence)) => (FAILED, sentence),
        Err(Failure::WrongCommandLine(sentence)) => (WRONG_COMMAND_LINE, sentence),
    };
    eprintln!("bcoin: {sentence}");
    ExitCode::from(code)
}

fn start(arguments: Arguments) -> Result<(), Failure> {
    log::start(match &arguments.command {
        Some(Command::Network(flags)) => flags.common.verbose,
        Some(Command::Export(flags)) => flags.data.verbose,
        Some(Command::Import(flags)) => flags.data.verbose,
        Some(Command::Verify(flags)) => flags.data.verbose,
        None => arguments.node.common.verbose,
    })?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let result = match arguments.command {
        Some(Command::Network(flags)) => runtime.block_on(network::run(flags)),
        Some(Command::Export(flags)) => export::run(&flags),
        Some(Command::Import(flags)) => runtime.block_on(import::run(flags)),
        Some(Command::Verify(flags)) => verify::run(&flags),
        None => runtime.block_on(node::run(arguments.node)),
    };
    // Nobody waits for a name to be resolved or a peer's chain to be checked any more.
    runtime.shutdown_background();
    result
}
