//! Other nodes: their states, and the results of asking them for a longer chain.

use bcoin_ledger::Tip;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::chain::{HeaderJson, TransactionJson};

/// A block, named by its place and its hash.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Point {
    /// Place in the chain, from 1.
    #[schema(minimum = 1)]
    pub index: u64,
    /// Hash of the block.
    pub hash: String,
}

/// A block that was mined, and when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MinedPoint {
    /// Place in the chain, from 1.
    #[schema(minimum = 1)]
    pub index: u64,
    /// Hash of the block.
    pub hash: String,
    /// When it was mined.
    pub time: DateTime<Utc>,
}

impl MinedPoint {
    /// The block at the end of a chain.
    pub fn new(tip: Tip, time: DateTime<Utc>) -> Self {
        Self { index: tip.height, hash: tip.hash.to_string(), time }
    }
}

/// Whether a peer answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = PeerState)]
pub enum PeerStateJson {
    /// It answers, and its chain is well formed.
    Answers,
    /// It does not answer, or not as a node does.
    Fails,
    /// The address is this node's own.
    Itself,
    /// It was not asked yet.
    Unasked,
}

/// Which program a peer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = PeerKind)]
pub enum PeerKindJson {
    /// A node that has `/api/v1`.
    #[serde(rename = "b-coin")]
    BCoin,
    /// A node of the printed listing.
    #[serde(rename = "listing")]
    Listing,
}

/// How a peer's chain stands to this node's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = Relation)]
pub enum RelationJson {
    /// They are the same.
    Same,
    /// The peer's chain goes on where this one ends.
    Ahead,
    /// This chain goes on where the peer's ends.
    Behind,
    /// Each has blocks that the other has not.
    Parted,
}

/// What is known of a peer.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = Peer)]
pub struct PeerJson {
    /// Its address.
    pub address: String,
    /// How it is called, if it has said so.
    #[serde(default)]
    pub name: Option<String>,
    /// Whether it answers.
    pub state: PeerStateJson,
    /// Which program it is.
    pub kind: Option<PeerKindJson>,
    /// How many blocks its chain has. Not known of a node of the listing with a long chain until chains are exchanged; the three
    /// that follow are not, either.
    pub length: Option<u64>,
    /// Hash of its last block.
    pub tip_hash: Option<String>,
    /// The work of its chain, 64 hexadecimal digits: of two chains that part, a node takes the one with more of it. Only under rules
    /// whose blocks have different work.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub work: Option<String>,
    /// How its chain stands to this node's.
    pub relation: Option<RelationJson>,
    /// The last block that both chains have; null also when they share none.
    pub common: Option<Point>,
    /// How long it took to find this out, in milliseconds.
    pub took_ms: Option<f64>,
    /// Why it fails: a sentence.
    pub error: Option<String>,
    /// Why it fails, as a word that does not change.
    #[serde(default)]
    pub error_code: Option<String>,
    /// When it was asked.
    pub asked_at: Option<DateTime<Utc>>,
}

/// All peers, in the order they were added.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct PeerList {
    /// The peers.
    pub peers: Vec<PeerJson>,
}

/// Addresses to connect, in the form of the book's `nodes.json`.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Nodes {
    /// Addresses such as `http://HOST:PORT`; a number alone is a port of the node's own machine.
    pub nodes: Vec<String>,
}

/// What became of addresses that were to be connected.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Connected {
    /// The addresses that were not known before.
    pub added: Vec<String>,
    /// All addresses that are known.
    pub peers: Vec<String>,
}

/// What became of a peer's chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = Outcome)]
pub enum OutcomeJson {
    /// It is this node's chain.
    Taken,
    /// It is not.
    PassedOver,
    /// The address is this node's own, and was not asked.
    Itself,
}

/// A peer's answer to the question for a longer chain.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = Offer)]
pub struct OfferJson {
    /// The peer's address.
    pub address: String,
    /// What became of its chain.
    pub outcome: OutcomeJson,
    /// How many blocks its chain has, if it could be read.
    pub length: Option<u64>,
    /// Why it was taken or passed over: a sentence.
    pub reason: String,
    /// The same as a word that does not change.
    #[serde(default)]
    pub code: String,
    /// The limit beyond which its chain is: `max-chain`, `max-block` or `temporary-files`.
    pub limit: Option<String>,
    /// How long its answer took, in milliseconds.
    pub took_ms: f64,
}

/// The blocks that a replacement gave up.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct GivenUpBlocks {
    /// Number under which they are kept: `bcoin export --given-up` reads it. 0 when they are not kept.
    pub number: u64,
    /// How many blocks were given up.
    pub count: u64,
    /// The first 100 of them.
    pub blocks: Vec<HeaderJson>,
}

/// The payments that wait again because of a replacement.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = Returned)]
pub struct ReturnedJson {
    /// How many.
    pub count: u64,
    /// The first 100 of them.
    pub transactions: Vec<TransactionJson>,
}

/// A chain that was replaced by a longer one.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = Replacement)]
pub struct ReplacementJson {
    /// The peer that had the longer chain.
    pub from: Option<String>,
    /// Index of the last block that both chains have; 0 when they share none.
    pub fork: u64,
    /// How many blocks the chain has.
    pub length: u64,
    /// Hash of its last block.
    pub tip_hash: String,
    /// The blocks that were given up.
    pub given_up: GivenUpBlocks,
    /// The payments that wait again.
    pub returned: ReturnedJson,
    /// How many further payments of the blocks that were given up do not wait again: no node takes such payments.
    #[serde(default)]
    pub not_returned: u64,
}

/// What came of asking all peers for a longer chain.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = Round)]
pub struct RoundJson {
    /// Whether the chain was replaced.
    pub replaced: bool,
    /// How many blocks the chain has.
    pub length: u64,
    /// Its last block.
    pub tip: Point,
    /// What was given up, when the chain was replaced.
    pub replacement: Option<ReplacementJson>,
    /// What each peer offered, in the order they were added.
    pub offers: Vec<OfferJson>,
}

/// A chain that was given up and is still kept.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct GivenUpChain {
    /// Counted from 1 over the life of the data: `bcoin export --given-up` reads it.
    pub number: u64,
    /// When it was replaced, by the node's clock in its local time, as blocks tell it.
    pub given_up_at: String,
    /// How many blocks it had.
    pub length: u64,
    /// Index of the last block that it shares with the chain that replaced it; 0 when there is none.
    pub fork: u64,
}

/// The chains that were given up and are still kept, the latest first.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct GivenUpChains {
    /// The chains.
    pub replacements: Vec<GivenUpChain>,
}
