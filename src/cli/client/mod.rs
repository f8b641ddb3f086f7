//! The commands that talk to a running node over `/api/v1`. One file for each; `http` asks, `sse` listens, `words` and `output`
//! print.

mod chain;
mod http;
mod mine;
mod output;
mod peers;
mod send;
mod sse;
mod status;
mod story;
mod watch;
mod words;

pub(super) use self::{chain::run as chain, mine::run as mine, peers::run as peers};
pub(super) use self::{send::run as send, status::run as status, watch::run as watch};
