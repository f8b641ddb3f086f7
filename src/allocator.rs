//! Settings of the system's allocator: a node keeps no more memory than it uses.
//!
//! glibc makes up to eight arenas for each core, and each keeps about what the largest work of its threads has taken, in pieces that
//! it does not give back by itself. The memory of a node under mixed load then grows for hours.

/// Lets all threads share one arena (mallopt(3)), and from now on gives back once a minute what nobody uses (malloc_trim(3)).
#[cfg(all(target_os = "linux", target_env = "gnu"))]
pub(crate) fn configure() {
    use std::{thread, time::Duration};

    /// How often memory is given back; that takes a few milliseconds.
    const TRIM_INTERVAL: Duration = Duration::from_secs(60);

    // SAFETY: mallopt takes two numbers, and no other thread is running yet.
    #[allow(unsafe_code, reason = "the C library has no other way to set this from within a program")]
    unsafe {
        libc::mallopt(libc::M_ARENA_MAX, 1);
    }
    let trim = || {
        loop {
            thread::sleep(TRIM_INTERVAL);
            // SAFETY: malloc_trim takes a number and may be called at any time from any thread.
            #[allow(unsafe_code, reason = "the C library has no other way to ask for this")]
            unsafe {
                libc::malloc_trim(0);
            }
        }
    };
    // A node works without this thread too, with more memory. It ends with the program.
    let _ = thread::Builder::new().name("trim".into()).spawn(trim);
}

/// Other allocators are left as they are.
#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
pub(crate) fn configure() {}
