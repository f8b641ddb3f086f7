//! What peers can cost a node: slow ones, long chains, and chains that are small on the wire.
//!
//! ```sh
//! cargo test --release --test peers            # about a minute
//! cargo test --release --test peers -- --long  # about half an hour
//! ```
//!
//! Each part says in its own file what it does and which bounds it holds the node to.

#![allow(clippy::unwrap_used, reason = "in a test, what is not as expected is a failure")]
#![allow(unreachable_pub, reason = "nothing is outside of a program")]

mod disk;
mod following;
mod honest;
mod hostile;
mod proxy;
mod slow;

use std::process::ExitCode;

use bcoin_testkit::Program;

const BCOIN: Program = Program(env!("CARGO_BIN_EXE_bcoin"));

#[tokio::main]
async fn main() -> ExitCode {
    let long = std::env::args().any(|argument| argument == "--long");
    let parts = [
        following::following_a_growing_chain(long).await,
        disk::small_on_the_wire(long).await,
        slow::adopting_beside_slow_peers(long).await,
    ];
    let passed = parts.iter().filter(|good| **good).count();
    println!("{passed} passed, {} failed", parts.len() - passed);
    if passed == parts.len() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
