//! The parts of the ledger and of the store, each by itself.
//!
//! ```sh
//! cargo bench --bench ledger
//! cargo bench --bench ledger -- puzzle   # those with this in their name
//! ```

#![allow(unreachable_pub, reason = "nothing is outside of a program")]

mod blocks;
#[path = "../shared/folder.rs"]
mod folder;
mod full_mempool;
#[path = "../shared/funded.rs"]
mod funded;
mod headers;
mod puzzle;
#[path = "../shared/room.rs"]
mod room;
mod sound;
mod store;

fn main() {
    divan::main();
}
