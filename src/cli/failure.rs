//! How a command ends that could not be executed.

use std::io;

/// Why a command failed.
pub(super) enum Failure {
    /// The command cannot be executed.
    CannotRun(String),
    /// The arguments contradict each other, or cannot be read.
    WrongCommandLine(String),
    /// The reader of standard output has gone, as `head` does after its last line.
    NobodyReads,
}

impl Failure {
    /// Writing to standard output has failed.
    pub(super) fn of_output(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe { Self::NobodyReads } else { Self::CannotRun(error.to_string()) }
    }
}

impl<E: std::error::Error> From<E> for Failure {
    fn from(error: E) -> Self {
        Self::CannotRun(error.to_string())
    }
}
