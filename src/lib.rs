//! B-Coin: the blockchain network of the chapter, done right.
//!
//! This package is the program. What it runs stands in two other crates: `bcoin-ledger`, the rules, and `bcoin-node`, the node
//! under any rules. Here are the edges, where JSON and HTTP are. Imports go down this list only:
//!
//! - [`cli`]: the command line; [`app`]: joins the parts into a running node
//! - [`api`]: HTTP in
//! - [`peers`]: HTTP out
//! - [`wire`]: the JSON shapes that cross a socket
//!
//! ARCHITECTURE.md tells the whole story.

pub mod api;
pub mod app;
pub mod cli;
mod format;
pub mod peers;
pub mod wire;

/// A node under the printed rules.
pub type Node = bcoin_node::NodeHandle<bcoin_ledger::chapter::Chapter>;
