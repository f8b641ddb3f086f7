//! HTTP out: one client with its limits, the search for the longest chain among the peers, and the question how they are.

mod client;
mod own_address;
mod probe;
mod reason;
mod sync;

pub use client::{ClientLimits, PeerClient, PeerError};
pub use own_address::OwnAddress;
pub use probe::{ProbeHandle, start as start_probing};
pub use sync::{SyncHandle, start as start_syncing};
