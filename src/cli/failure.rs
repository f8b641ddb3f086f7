//! How a command ends that could not be executed.

/// Why a command failed.
pub(super) enum Failure {
    /// The command cannot be executed.
    CannotRun(String),
    /// The arguments contradict each other, or cannot be read.
    WrongCommandLine(String),
    /// The reader of standard output has gone, as `head` does after its last line.
    NobodyReads,
}

impl<E: std::error::Error> From<E> for Failure {
    fn from(error: E) -> Self {
        Self::CannotRun(error.to_string())
    }
}
