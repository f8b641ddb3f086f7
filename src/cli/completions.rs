//! `bcoin completions`: a script with which a shell completes the commands and flags, made from their definitions.

use std::io::{self, ErrorKind, Write as _};

use clap::CommandFactory as _;

use super::{
    failure::Failure,
    flags::{Arguments, CompletionsFlags},
};

pub(super) fn run(flags: &CompletionsFlags) -> Result<(), Failure> {
    // `generate` panics when it cannot write, so it writes to memory.
    let mut script = Vec::new();
    clap_complete::generate(flags.shell, &mut Arguments::command(), "bcoin", &mut script);
    let mut out = io::stdout().lock();
    match out.write_all(&script).and_then(|()| out.flush()) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Err(Failure::NobodyReads),
        result => Ok(result?),
    }
}
