//! The commands that talk to a running node over `/api/v1`, one file for each. `http` sends requests, `words` and
//! `output` format and print.

mod chain;
mod event_line;
mod http;
mod mine;
mod output;
mod peers;
mod send;
mod status;
mod watch;
mod words;

pub(super) use self::{chain::run as chain, mine::run as mine, peers::run as peers};
pub(super) use self::{send::run as send, status::run as status, watch::run as watch};
