//! SHA-256 block by block (FIPS 180-4), for searches that hash millions of times a second. Everything else uses `sha2` directly.

#[cfg(target_arch = "x86_64")]
pub(crate) mod two_lanes;

use sha2::block_api::compress256;

/// The initial hash value (FIPS 180-4 section 5.3.3).
pub(crate) const INITIAL: [u32; 8] =
    [0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19];

/// A way to hash. All of them find the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kernel {
    /// The `sha2` crate; works everywhere, and uses the SHA instructions of other processors, such as ARM's.
    Portable,
    /// The SHA instructions of x86-64 processors, two hashes at a time.
    #[cfg(target_arch = "x86_64")]
    ShaNi,
}

impl Kernel {
    /// The fastest one that this processor has.
    pub fn fastest() -> Self {
        #[cfg(target_arch = "x86_64")]
        if two_lanes::is_available() {
            return Self::ShaNi;
        }
        Self::Portable
    }
}

/// The state after one more block of sixteen words.
pub(crate) fn compress(mut state: [u32; 8], block: [u32; 16]) -> [u32; 8] {
    let mut bytes = [0; 64];
    for (bytes, word) in bytes.chunks_exact_mut(4).zip(block) {
        bytes.copy_from_slice(&word.to_be_bytes());
    }
    compress256(&mut state, &[bytes]);
    state
}

/// Hashes so many pairs of whole blocks in two lanes as fast as the instructions allow, and nothing else: the ceiling that
/// benchmarks hold searches against. `None` where the processor has no SHA instructions for it.
pub fn compress_ready_made(pairs: u64) -> Option<u64> {
    #[cfg(target_arch = "x86_64")]
    if two_lanes::is_available() {
        return Some(two_lanes::compress_ready_made(pairs));
    }
    let _ = pairs;
    None
}
