//! The JSON shapes and texts that cross a socket, shared by the server and the client (docs/contract.md section 2).

pub mod answers;
pub mod chapter;
pub mod messages;
mod nesting;
mod node_name;
mod not_json;
mod requests;
pub mod sound;
pub mod v1;

pub use nesting::{MAX_NESTING, nesting};
pub use node_name::{NodeName, NodeNameError};
pub use requests::{RequestError, blocks_from_json, mining_from_json, nodes_from_json, transaction_from_json};
