//! The JSON shapes and texts that cross a socket, shared by the server and the client (contract section 2).

mod address;
pub mod answers;
pub mod messages;
mod requests;
pub mod v1;

pub use address::{AddressError, PeerAddress, is_link_local};
pub use requests::{RequestError, mining_from_json, nodes_from_json, payment_from_json};
