//! The commands that talk to a running node over `/api/v1`, one file for each. `find` finds the node, `http` sends requests, `words`
//! and `output` format and print.

mod chain;
mod event_line;
mod find;
mod http;
mod mine;
mod output;
mod peers;
mod replaced;
mod room;
mod send;
mod sound_words;
mod status;
mod watch;
mod words;

pub(super) use self::output::has_colours;
pub(super) use self::room::first_block;
pub(super) use self::{chain::run as chain, mine::run as mine, peers::run as peers};
pub(super) use self::{send::run as send, status::run as status, watch::run as watch};
