//! The kernel in plain Rust.

use std::ops::Range;

use super::work::solves;

pub(super) fn first_in(previous: u64, mut range: Range<u64>) -> Option<u64> {
    range.find(|&trial| solves(previous, trial))
}
