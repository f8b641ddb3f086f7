//! What peers can cost a node: slow ones, long chains, and chains that are small on the wire.
//!
//! ```sh
//! cargo test --release --test peers                 # about a minute
//! cargo test --release --test peers -- --long       # about half an hour
//! cargo test --release --test peers -- --long disk  # one part: following, disk or slow
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
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let (long, named): (Vec<_>, Vec<_>) = arguments.iter().partition(|argument| *argument == "--long");
    let long = !long.is_empty();
    let is_wanted = |part: &str| named.is_empty() || named.iter().any(|name| *name == part);
    let mut results = Vec::new();
    if is_wanted("following") {
        results.push(following::following_a_growing_chain(long).await);
    }
    if is_wanted("disk") {
        results.push(disk::small_on_the_wire(long).await);
    }
    if is_wanted("slow") {
        results.push(slow::adopting_beside_slow_peers(long).await);
    }
    let passed = results.iter().filter(|good| **good).count();
    println!("{passed} passed, {} failed", results.len() - passed);
    if passed == results.len() && passed > 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
