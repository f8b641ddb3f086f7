//! Trying numbers in every way that a processor may have.

use std::ops::Range;

use super::portable;
#[cfg(target_arch = "x86_64")]
use super::sha_ni;
use crate::sha256::Kernel;

/// The smallest trial in `range` that solves the puzzle that `previous` sets. All numbers are at most 2^63-1.
///
/// # Panics
/// When the processor lacks what the kernel needs: take [`Kernel::fastest`].
pub fn first_in(kernel: Kernel, previous: u64, range: Range<u64>) -> Option<u64> {
    match kernel {
        Kernel::Portable => portable::first_in(previous, range),
        #[cfg(target_arch = "x86_64")]
        Kernel::ShaNi => sha_ni::first_in(previous, range),
    }
}

/// Hashes so many pairs of ready-made blocks as [`Kernel::fastest`] does, and nothing else: the ceiling that benchmarks hold
/// the kernel against. `None` where the processor has no SHA instructions.
pub fn hash_ready_made(pairs: u64) -> Option<u64> {
    #[cfg(target_arch = "x86_64")]
    if Kernel::fastest() == Kernel::ShaNi {
        return Some(sha_ni::hash_ready_made(pairs));
    }
    let _ = pairs;
    None
}
