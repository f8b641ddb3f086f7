//! The sound rules against golden data (tests/vectors/sound).

#![allow(clippy::unwrap_used, reason = "in a test, what is not as expected is a failure")]

mod search;
