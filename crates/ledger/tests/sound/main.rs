//! The sound rules against golden data and other implementations.

#![allow(clippy::unwrap_used, reason = "in a test, what is not as expected is a failure")]

mod headers;
mod simulation;
mod support;
mod targets;
