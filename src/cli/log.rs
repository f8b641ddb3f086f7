//! The log, on standard error: only the output of a command goes to standard output.

use std::io::{IsTerminal as _, stderr};

use tracing_subscriber::{
    filter::{LevelFilter, Targets},
    fmt,
    layer::SubscriberExt as _,
    util::SubscriberInitExt as _,
};

use super::failure::Failure;

/// Starts the log at the level that `verbose` asks for; `RUST_LOG` overrides it.
pub(super) fn start(verbose: u8) -> Result<(), Failure> {
    let filter = match std::env::var("RUST_LOG") {
        Ok(wish) if !wish.is_empty() => wish
            .parse::<Targets>()
            .map_err(|error| Failure::WrongCommandLine(format!("RUST_LOG={wish:?} cannot be read: {error}")))?,
        _ => by_verbosity(verbose),
    };
    let lines = fmt::layer().with_writer(stderr).with_ansi(stderr().is_terminal()).with_target(verbose > 0);
    // This fails only when the process has a log already.
    let _ = tracing_subscriber::registry().with(lines).with(filter).try_init();
    Ok(())
}

fn by_verbosity(verbose: u8) -> Targets {
    let (own, others) = match verbose {
        0 => (LevelFilter::INFO, LevelFilter::WARN),
        1 => (LevelFilter::DEBUG, LevelFilter::WARN),
        _ => (LevelFilter::TRACE, LevelFilter::DEBUG),
    };
    let requests = if verbose > 0 { LevelFilter::DEBUG } else { LevelFilter::OFF };
    Targets::new().with_target("bcoin", own).with_target("tower_http", requests).with_default(others)
}
