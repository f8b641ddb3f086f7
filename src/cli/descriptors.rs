//! How many files and sockets the program may have open: the system's limit, and what a network needs of it.

use super::{failure::Failure, flags::MAX_NODES};
use crate::peers::MAX_STREAMS;

/// What the program has open whatever it runs: its standard streams, the runtime, and what it opens for a moment.
const PROGRAM: u64 = 32;
/// The socket on which a node listens.
const NODE: u64 = 1;
/// The files of a node with a folder: the database and the lock, and the temporary file of an answer and of a peer's chain.
const FOLDER: u64 = 4;
/// Browsers and programs that use the nodes.
const CLIENTS: u64 = 128;
/// How many nodes ask all the others at a time.
const ROUNDS: u64 = 2;

/// Raises the limit as far as the system lets a process raise it, and tells how high it is then; none when there is no such limit.
pub(super) fn raise() -> Option<u64> {
    // On Windows it counts files of the C library alone.
    if !cfg!(unix) {
        return None;
    }
    match rlimit::increase_nofile_limit(u64::MAX) {
        Ok(limit) => Some(limit),
        Err(error) => {
            tracing::debug!(%error, "the limit of open files cannot be raised");
            None
        }
    }
}

/// Raises the limit, and refuses a network for which it is too low.
pub(super) fn check(count: u16, on_disk: bool) -> Result<(), Failure> {
    let count = u64::from(count);
    match raise() {
        Some(limit) if needed(count, on_disk) > limit => Err(Failure::CannotRun(sentence(count, on_disk, limit))),
        _ => Ok(()),
    }
}

/// How many descriptors a network needs.
fn needed(count: u64, on_disk: bool) -> u64 {
    let node = NODE + if on_disk { FOLDER } else { 0 };
    // Both ends of a connection are in this process.
    let rounds = 2 * ROUNDS * count.saturating_sub(1);
    // One connection to each node, and the streams of some.
    let looks = 2 * (count + MAX_STREAMS as u64);
    PROGRAM + looks + CLIENTS + count * node + rounds
}

fn sentence(count: u64, on_disk: bool, limit: u64) -> String {
    let needed_here = needed(count, on_disk);
    let advice = match (1..=u64::from(MAX_NODES)).rev().find(|fitting| needed(*fitting, on_disk) <= limit) {
        Some(fitting) => format!("choose --count {fitting}, or raise the limit with `ulimit -n {needed_here}`"),
        None => format!("raise the limit with `ulimit -n {needed_here}`"),
    };
    format!("a network of {count} needs {needed_here} open files and sockets, and this system allows {limit}; {advice}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_class_fits_the_usual_limit() {
        assert!(needed(60, false) <= 1024 && needed(60, true) <= 1024);
    }

    #[test]
    fn the_number_that_is_named_is_the_largest_that_fits() {
        let text = sentence(60, false, 400);
        let fitting: u64 = text.split_once("--count ").unwrap().1.split_once(',').unwrap().0.parse().unwrap();
        assert!(needed(fitting, false) <= 400 && needed(fitting + 1, false) > 400, "{text}");
        assert!(text.contains(&format!("ulimit -n {}`", needed(60, false))), "{text}");
        assert!(!sentence(60, false, 64).contains("--count"), "no network fits 64");
    }
}
