//! HTTP out: one client with its limits, the search for the longest chain, and the states of the peers.

mod chain_decoder;
mod client;
mod common_block;
mod download;
mod error;
mod fetch;
mod ignored;
mod join;
mod limits;
mod own_address;
mod probe;
mod round;
mod sync;
mod transfer;
mod turns;

pub use chain_decoder::{ChainError, decode_chain};
pub use client::PeerClient;
pub use error::PeerError;
pub use join::start as start_joining;
pub use limits::ClientLimits;
pub use own_address::OwnAddress;
pub use probe::{PeerChain, PeerKind, PeerState, PeerStatus, ProbeHandle, Relation, start as start_probing};
pub use round::{Offer, Outcome, Round};
pub use sync::{SyncHandle, start as start_syncing};
pub use turns::Turn;
