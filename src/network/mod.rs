//! HTTP out: one client with its limits, and the search for the longest chain among the peers.

mod client;
mod own_address;
mod sync;

pub use client::{ClientLimits, PeerClient, PeerError};
pub use own_address::OwnAddress;
pub use sync::{SyncHandle, Synced, start};
