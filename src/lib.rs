//! B-Coin: a node of the chapter's blockchain network.
//!
//! This package is the program. It runs two other crates: `bcoin-ledger` holds the rules, and `bcoin-node` is a node that is
//! generic over the rules. JSON and HTTP are in this package. A module imports only from modules below it in this list:
//!
//! - [`cli`]: the command line; [`app`]: joins the parts into a running node
//! - [`api`]: HTTP in
//! - [`peers`]: HTTP out
//! - [`wallet`]: keys on the disk
//! - [`wire`]: the JSON shapes that cross a socket
//!
//! ARCHITECTURE.md describes all of it.

pub mod api;
pub mod app;
pub mod cli;
mod format;
mod interfaces;
mod node;
pub mod peers;
mod qr_code;
pub mod wallet;
pub mod wire;

pub use node::Node;
