//! The JSON shapes of `/api/v1`, shared by the server, the client that asks peers and the command line. The OpenAPI document
//! is made from them.
//!
//! Times are RFC 3339 in UTC; the `timestamp` of a block is the text that was hashed. Fields of a transaction keep all
//! their digits.

mod accounts;
mod chain;
mod events;
mod judgements;
mod mining;
mod network;
mod peers;
mod pending;
mod problem;
mod status;

pub use accounts::{AccountJson, AccountPage, Accounts, BookedTransaction};
pub use chain::{
    BlockJson, Blocks, ChainPiece, Field, HeaderJson, Headers, MinedJson, PlainBlock, TransactionJson, raw_json,
};
pub use events::{
    BeyondLimitEvent, BlockEvent, MiningEvent, PaymentEvent, PeersEvent, ReplacementEvent, ResetEvent, event,
};
pub use judgements::{JudgementJson, JudgementsJson, PeerJudgementJson, RefusalJson, ShownBlocks, VerdictJson};
pub use mining::MiningJson;
pub use network::{BranchJson, NetworkJson, NetworkNodeJson, NodeStateJson};
pub use peers::{
    Connected, GivenUpBlocks, GivenUpChain, GivenUpChains, MinedPoint, Nodes, OfferJson, OutcomeJson, PeerJson,
    PeerKindJson, PeerList, PeerStateJson, Point, RelationJson, ReplacementJson, ReturnedJson, RoundJson,
};
pub use pending::{Payment, Pending, Waiting};
pub use problem::{Problem, ProblemKind};
pub use status::{Access, DataKind, Status};

/// The common beginning of all paths of this version.
pub const PREFIX: &str = "/api/v1";
/// The fewest items on a page of a list.
pub const MIN_PAGE: usize = 1;
/// The most items on a page of a list.
pub const MAX_PAGE: usize = 1000;
/// How many items a page has by default.
pub const DEFAULT_PAGE: usize = 100;
