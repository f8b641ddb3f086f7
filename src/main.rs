//! The program `bcoin`. Everything is in the library; see `bcoin::cli`.

fn main() -> std::process::ExitCode {
    share_one_arena();
    bcoin::cli::run()
}

/// Lets all threads of the program share one arena of glibc's allocator (mallopt(3), `M_ARENA_MAX`). By itself it makes up to eight
/// for each core, and each keeps about what the largest work of its threads has taken: the memory of a node under mixed load then
/// grows for hours.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
fn share_one_arena() {
    // SAFETY: mallopt takes two numbers, and no other thread is running yet. When it fails, memory is only less tight.
    #[allow(unsafe_code, reason = "the C library has no other way to set this from within a program")]
    unsafe {
        libc::mallopt(libc::M_ARENA_MAX, 1);
    }
}

/// Other allocators are left as they are.
#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
fn share_one_arena() {}
