//! The ways to try numbers, and the choice between them.

use std::ops::Range;

use super::portable;
#[cfg(target_arch = "x86_64")]
use super::sha_ni;

/// A way to try trials.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kernel {
    /// Plain Rust; works everywhere.
    Portable,
    /// The SHA instructions of x86-64 processors, two trials at a time.
    #[cfg(target_arch = "x86_64")]
    ShaNi,
}

impl Kernel {
    /// The fastest one that this processor has.
    pub fn fastest() -> Self {
        #[cfg(target_arch = "x86_64")]
        if sha_ni::is_available() {
            return Self::ShaNi;
        }
        Self::Portable
    }

    /// The smallest trial in `range` that solves the puzzle that `previous` sets. All numbers are at most 2^63-1.
    ///
    /// # Panics
    /// When the processor lacks what the kernel needs: take [`Kernel::fastest`].
    pub fn first_in(self, previous: u64, range: Range<u64>) -> Option<u64> {
        match self {
            Self::Portable => portable::first_in(previous, range),
            #[cfg(target_arch = "x86_64")]
            Self::ShaNi => sha_ni::first_in(previous, range),
        }
    }
}

/// Hashes so many pairs of ready-made blocks as [`Kernel::fastest`] does, and nothing else: the ceiling that benchmarks hold
/// the kernel against. `None` where the processor has no SHA instructions.
pub fn hash_ready_made(pairs: u64) -> Option<u64> {
    #[cfg(target_arch = "x86_64")]
    if sha_ni::is_available() {
        return Some(sha_ni::hash_ready_made(pairs));
    }
    let _ = pairs;
    None
}
