//! Why a peer's answer is not used: in full for the log, and as far as callers may know it.

use std::error::Error as StdError;

use bcoin_node::{CandidateError, ChainLimit, store::StoreError};
use thiserror::Error;

use super::{chain_decoder::ChainError, own_network::Room};
use crate::format::root_cause;

/// An error of one set of rules, where any may be followed.
pub type Erased = Box<dyn StdError + Send + Sync>;

/// A rule that a block breaks, whichever rules those are.
#[derive(Debug, Error)]
#[error(transparent)]
pub struct BrokenRule(Erased);

impl BrokenRule {
    /// Of this error.
    pub fn new(error: impl Into<Erased>) -> Self {
        Self(error.into())
    }
}

/// Why a peer's answer is not used. The texts are for the log; [`PeerError::told`] is for callers.
#[derive(Debug, Error)]
pub enum PeerError {
    /// No connection.
    #[error("no connection: {0}")]
    Refused(String),
    /// The answer did not come in time, or came too slowly.
    #[error("no answer in time: {0}")]
    TooSlow(String),
    /// An answer, but not that of a node.
    #[error("no B-Coin node: {0}")]
    NotANode(String),
    /// A node, but its chain breaks a rule or did not arrive whole.
    #[error("its chain is refused: {0}")]
    Chain(ChainError),
    /// A node whose chain is beyond a limit.
    #[error("its chain is beyond the limit {limit}")]
    BeyondLimit {
        /// How many blocks it has, if that is known.
        length: Option<u64>,
        /// The limit.
        limit: ChainLimit,
    },
    /// A node under other rules.
    #[error(
        "it follows the rules {theirs:?}, and this node the rules {own:?}: they exchange nothing; start one of them again with \
         --rules and what the other one has"
    )]
    OtherRules {
        /// The rules of this node.
        own: &'static str,
        /// The peer's, as it says.
        theirs: String,
    },
    /// A node under the same rules, in another network.
    #[error(
        "it is in the room {theirs}, and this node in the room {own}: nodes of different rooms exchange nothing; start one of them \
         again with the --room, the --profile or the --genesis of the other one"
    )]
    OtherNetwork {
        /// The room of this node.
        own: Room,
        /// The peer's, as it says.
        theirs: Room,
    },
    /// The chain, or the own one, is another one than when it was looked at first.
    #[error("its chain or the own one has changed while it was fetched; ask again")]
    Changed,
    /// This node's own chain cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Others needed the room for temporary files more.
    #[error("it was cut off, because it had the longest temporary file")]
    CutOff,
    /// The thread that checked the chain has ended.
    #[error("checking its chain was interrupted")]
    Interrupted,
}

impl PeerError {
    /// What callers may know. An address can be anything on this node's network: as long as it has not shown that it is a node,
    /// nothing of its answer is repeated.
    pub fn told(&self) -> String {
        match self {
            Self::Refused(_) => "no answer: the connection was refused".into(),
            Self::TooSlow(_) => "no answer in time".into(),
            Self::NotANode(_) => "no B-Coin node answers there".into(),
            Self::Chain(_)
            | Self::BeyondLimit { .. }
            | Self::OtherRules { .. }
            | Self::OtherNetwork { .. }
            | Self::Changed
            | Self::Store(_)
            | Self::CutOff
            | Self::Interrupted => self.to_string(),
        }
    }

    /// What callers may know, as a word that does not change.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Refused(_) => "refused",
            Self::TooSlow(_) => "too_slow",
            Self::NotANode(_) => "not_a_node",
            Self::Chain(_) => "bad_chain",
            Self::BeyondLimit { .. } => "beyond_limit",
            Self::OtherRules { .. } => "other_rules",
            Self::OtherNetwork { .. } => "other_network",
            Self::Changed => "changed",
            Self::Store(_) => "store",
            Self::CutOff => "cut_off",
            Self::Interrupted => "interrupted",
        }
    }

    /// Sorts an error of the HTTP client.
    pub(super) fn from_http(error: &reqwest::Error) -> Self {
        let cause = root_cause(error);
        if error.is_timeout() {
            Self::TooSlow(cause)
        } else if error.is_connect() {
            Self::Refused(cause)
        } else {
            Self::NotANode(cause)
        }
    }

    /// Sorts what stopped a chain of which `blocks` valid blocks had been read, by a node with a chain of `own` blocks.
    pub(super) fn from_decoding(error: ChainError, blocks: u64, own: u64) -> Self {
        let limit = match &error {
            ChainError::Candidate(CandidateError::Store(_)) => None,
            ChainError::Changed => return Self::Changed,
            _ if blocks == 0 => return Self::NotANode(error.to_string()),
            ChainError::Candidate(CandidateError::BlockTooLong { max, .. }) => Some(ChainLimit::Block(*max)),
            ChainError::BlockTextTooLong { max } => Some(ChainLimit::Block(*max)),
            ChainError::Candidate(CandidateError::ChainTooLong { max }) => Some(ChainLimit::Chain(*max)),
            ChainError::TextTooLong { max } => Some(ChainLimit::Chain(*max)),
            ChainError::Candidate(CandidateError::SpoolsFull(full)) => Some(ChainLimit::TemporaryFiles(full.limit)),
            _ => None,
        };
        match (limit, error) {
            (Some(limit), _) => Self::BeyondLimit { length: (blocks > own).then_some(blocks), limit },
            (None, ChainError::Candidate(CandidateError::Store(error))) => Self::Store(error),
            (None, error) => Self::Chain(error),
        }
    }
}

impl<E: StdError + Send + Sync + 'static> From<CandidateError<E>> for PeerError {
    fn from(error: CandidateError<E>) -> Self {
        match error {
            CandidateError::Store(error) => Self::Store(error),
            CandidateError::OwnShorter { .. } => Self::Changed,
            error => Self::Chain(ChainError::from_candidate(error)),
        }
    }
}
