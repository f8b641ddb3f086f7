//! The command line: the commands, and the exit codes.

mod client;
mod completions;
mod descriptors;
mod environment;
mod export;
mod failure;
mod flags;
mod folders;
mod import;
mod log;
mod network;
mod node;
mod outside;
mod progress;
mod rooms;
mod rules;
mod signals;
mod verify;
mod wallet;

use std::{
    io::{self, Write as _},
    process::ExitCode,
};

use self::{
    failure::Failure,
    flags::{Arguments, Command},
};

/// Exit code when the program cannot start, or a node fails (docs/contract.md section 1).
const FAILED: u8 = 1;
/// Exit code for a wrong command line, the one that clap uses too.
const WRONG_COMMAND_LINE: u8 = 2;

/// Runs the program with the arguments and the environment it was started with.
pub fn run() -> ExitCode {
    let arguments = environment::arguments(std::env::args_os()).unwrap_or_else(|error| error.exit());
    let (code, sentence) = match start(arguments) {
        Ok(()) | Err(Failure::NobodyReads) => return ExitCode::SUCCESS,
        Err(Failure::CannotRun(sentence)) => (FAILED, sentence),
        Err(Failure::WrongCommandLine(sentence)) => (WRONG_COMMAND_LINE, sentence),
    };
    // Unlike `eprintln!`, this does not panic when standard error is closed.
    let _ = writeln!(io::stderr(), "bcoin: {sentence}");
    ExitCode::from(code)
}

fn start(arguments: Arguments) -> Result<(), Failure> {
    log::start(match &arguments.command {
        Some(Command::Network(flags)) => flags.common.verbose,
        Some(Command::Export(flags)) => flags.data.verbose,
        Some(Command::Import(flags)) => flags.data.verbose,
        Some(Command::Verify(flags)) => flags.data.verbose,
        None => arguments.node.common.verbose,
        // The other commands print their errors and log nothing.
        Some(_) => 0,
    })?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let result = match arguments.command {
        Some(Command::Network(flags)) => runtime.block_on(network::run(flags)),
        Some(Command::Export(flags)) => export::run(&flags),
        Some(Command::Import(flags)) => runtime.block_on(import::run(flags)),
        Some(Command::Verify(flags)) => verify::run(&flags),
        Some(Command::Wallet(flags)) => wallet::run(flags),
        Some(Command::Status(flags)) => runtime.block_on(client::status(&flags)),
        Some(Command::Chain(flags)) => runtime.block_on(client::chain(&flags)),
        Some(Command::Send(flags)) => runtime.block_on(client::send(flags)),
        Some(Command::Mine(flags)) => runtime.block_on(client::mine(&flags)),
        Some(Command::Peers(flags)) => runtime.block_on(client::peers(&flags)),
        Some(Command::Watch(flags)) => runtime.block_on(client::watch(&flags)),
        Some(Command::Completions(flags)) => completions::run(&flags),
        None => runtime.block_on(node::run(arguments.node)),
    };
    // Blocking tasks may still resolve a name or check a peer's chain. Their results are not needed.
    runtime.shutdown_background();
    result
}
