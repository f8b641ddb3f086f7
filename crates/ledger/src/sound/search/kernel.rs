//! Trying nonces in every way that a processor may have.

use std::ops::Range;

#[cfg(target_arch = "x86_64")]
use super::sha_ni;
use super::{
    super::{header::Header, target::Target},
    prepared::Prepared,
};
use crate::sha256::Kernel;

/// The smallest of these nonces with which the hash of the header meets the target. Nonces end at 2^32.
///
/// # Panics
/// When the processor lacks what the kernel needs: take [`Kernel::fastest`].
pub fn first_in(kernel: Kernel, header: &Header, target: Target, nonces: Range<u64>) -> Option<u32> {
    first_prepared(kernel, &Prepared::new(header, target), nonces)
}

pub(super) fn first_prepared(kernel: Kernel, prepared: &Prepared, nonces: Range<u64>) -> Option<u32> {
    match kernel {
        Kernel::Portable => portable(prepared, nonces),
        #[cfg(target_arch = "x86_64")]
        Kernel::ShaNi => sha_ni::first_in(prepared, nonces),
    }
}

fn portable(prepared: &Prepared, mut nonces: Range<u64>) -> Option<u32> {
    nonces.find_map(|nonce| u32::try_from(nonce).ok().filter(|nonce| prepared.meets_target(*nonce)))
}
