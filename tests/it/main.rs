//! Integration tests: real servers on free ports, and the real program.

#![allow(clippy::unwrap_used, reason = "in a test, what is not as expected is a failure")]
#![allow(unreachable_pub, reason = "nothing is outside of a program")]

mod accounts;
mod api_v1;
mod automatic;
mod block_size;
mod checks;
mod client_commands;
mod client_refusals;
mod client_watch;
mod command_line;
mod completions;
mod corpus;
mod crash;
mod data_commands;
mod doors;
mod environment;
mod events;
mod examples;
mod flask;
mod getting_in;
mod golden;
mod hints;
mod hostile_clients;
mod hostile_peers;
mod judgements;
mod load;
mod long_chain;
mod long_integers;
mod monitoring;
mod network;
mod openapi;
mod page;
mod peer_limits;
mod postman;
mod properties;
#[cfg(unix)]
mod readme;
mod restart;
mod routes;
mod schemathesis;
mod shares;
mod sound_api_v1;
mod sound_attacks;
mod sound_blocks;
mod sound_networks;
mod sound_peers;
mod sound_six;
mod stale;
mod strangers;
mod support;
mod three_nodes;
mod upgrade;
mod vectors;
mod wallets;
