//! The sound rules, held against golden data, other implementations and a plain model.

#![allow(clippy::unwrap_used, reason = "in a test, what is not as expected is a failure")]
#![allow(unreachable_pub, reason = "nothing is outside of a program")]

mod agreement;
mod chain;
mod headers;
mod keys;
mod ledger;
mod mempool;
mod mempool_model;
mod merkle;
mod model;
mod pool;
mod properties;
mod random;
mod search;
mod simulation;
mod sizes;
mod spoil;
mod store;
mod support;
mod targets;
mod templates;
