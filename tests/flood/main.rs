//! Floods of blocks on a node under the sound rules, at the easiest difficulty there is: what they cost its memory, its disk, and a
//! client that goes on reading and paying meanwhile.
//!
//! ```sh
//! cargo test --release --test flood                    # about half a minute
//! cargo test --release --test flood -- --long          # what one core makes in an hour: 360,000 blocks, and 300 full ones
//! cargo test --release --test flood -- --long side     # one part: side, full, aside or overtake
//! ```
//!
//! A classroom's easiest block takes a core 10 ms; in an instant room it takes none, so an hour passes in minutes. Each part says in
//! its own file what it does and which bounds it holds the node to. The times are printed and not judged.

#![allow(clippy::unwrap_used, reason = "in a test, what is not as expected is a failure")]
#![allow(unreachable_pub, reason = "nothing is outside of a program")]

mod aside;
mod attacker;
mod besieged;
mod customer;
mod full;
mod overtake;
mod side;

use std::process::ExitCode;

use bcoin_testkit::Program;

const BCOIN: Program = Program(env!("CARGO_BIN_EXE_bcoin"));

/// The most resident memory of a node in all of this, in bytes.
const MAX_RESIDENT: u64 = 250 << 20;

#[tokio::main]
async fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let (long, named): (Vec<_>, Vec<_>) = arguments.iter().partition(|argument| *argument == "--long");
    let long = !long.is_empty();
    let is_wanted = |part: &str| named.is_empty() || named.iter().any(|name| *name == part);
    let mut results = Vec::new();
    if is_wanted("side") {
        results.push(side::cheap_blocks_beside_the_chain(long).await);
    }
    if is_wanted("full") {
        results.push(full::full_blocks_beside_the_chain(long).await);
    }
    if is_wanted("aside") {
        results.push(aside::blocks_that_have_to_wait(long).await);
    }
    if is_wanted("overtake") {
        results.push(overtake::a_long_branch_block_by_block(long).await);
    }
    let passed = results.iter().filter(|good| **good).count();
    println!("{passed} passed, {} failed", results.len() - passed);
    if passed == results.len() && passed > 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
