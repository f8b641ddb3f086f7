//! B-Coin: the blockchain network of the chapter, done right.
//!
//! Imports go down this list only:
//!
//! - [`cli`]: the command line; [`app`]: joins the parts into a running node
//! - [`api`]: HTTP in; [`network`]: HTTP out
//! - [`node`]: the one thread that changes state, and what others see of it
//! - [`store`]: the chain, the pending transactions and the peers on disk
//! - [`wire`]: the JSON shapes that cross a socket
//! - [`ledger`]: blocks, hashing, the puzzle, the rules; pure
//!
//! ARCHITECTURE.md tells the whole story.

pub mod api;
pub mod app;
pub mod cli;
pub mod ledger;
pub mod network;
pub mod node;
pub mod store;
pub mod wire;
