//! HTTP out: one client with its limits, the search for the longest chain, and the states of the peers.

mod chain_decoder;
mod client;
mod own_address;
mod probe;
mod sync;

pub use chain_decoder::{DecodeLimits, decode_chain};
pub use client::{ClientLimits, PeerClient, PeerError};
pub use own_address::OwnAddress;
pub use probe::{PeerChain, PeerKind, PeerState, PeerStatus, ProbeHandle, Relation, start as start_probing};
pub use sync::{Offer, Outcome, Round, SyncHandle, start as start_syncing};
