//! HTTP out: one client with its limits, the search for the longest chain, and the network as it is seen from here.

mod chain_decoder;
mod client;
mod common_block;
mod download;
mod error;
mod event_stream;
mod exchange;
mod fetch;
mod follow_work;
mod headers_first;
mod ignored;
mod join;
mod limits;
mod network;
mod observer;
mod own_address;
mod own_network;
mod peer_status;
mod refusals;
mod round;
mod seen_block;
mod sync;
#[cfg(test)]
mod testing;
mod transfer;
mod turns;
mod whole_chain;

pub use chain_decoder::{ChainError, decode_chain};
pub use client::PeerClient;
pub use error::{BrokenRule, Erased, PeerError};
pub use event_stream::{Event, EventStream, Message};
pub use exchange::Exchange;
pub use follow_work::start as start_following_work;
pub use join::start as start_joining;
pub use limits::ClientLimits;
pub use network::{
    BlockPoint, Branch, KnownPeer, LastBlock, MAX_JUDGED, Network, NetworkHandle, NetworkListener, OwnStatus, PeerKind,
    PeerState, PeerStatus, Relation, TooManyJudgements, start as start_seeing,
};
pub use observer::{MAX_STREAMS, Observer};
pub use own_address::OwnAddress;
pub use own_network::{OwnNetwork, Room};
pub use round::{Offer, Outcome, Round, RoundOf};
pub use sync::{SyncHandle, start as start_syncing};
pub use turns::Turn;
