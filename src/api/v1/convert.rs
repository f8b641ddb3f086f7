//! Conversions from the types of the ledger and the node to the JSON of `/api/v1`.

use bcoin_ledger::{
    BlockHash, Tip,
    chapter::{Account, BlockSummary, Chapter, Scalar, Transaction},
};
use bcoin_node::{BeyondLimit, MiningMode, PeersChange, Replacement};
use serde_json::value::RawValue;

use crate::{
    format::{capitalised, milliseconds},
    peers::{BlockPoint, Offer, Outcome, PeerError, PeerKind, PeerState, PeerStatus, Relation, RoundOf},
    wire::v1::{
        AccountJson, BeyondLimitEvent, Field, GivenUpBlocks, HeaderJson, MiningJson, OfferJson, OutcomeJson, PeerJson,
        PeerKindJson, PeerStateJson, PeersEvent, Point, RelationJson, ReplacementJson, ReturnedJson, RoundJson,
        TransactionJson, raw_json,
    },
};

/// How many characters of an error that quotes a peer are shown.
const MAX_REASON: usize = 500;

/// Stands for the number of a stale branch that is not kept; they are counted from 1.
const NOT_KEPT: u64 = 0;

/// A block's JSON from its canonical text: the hash is the first member, everything else stays as it is stored.
pub(super) fn block(text: &str) -> Box<RawValue> {
    let hash = BlockHash::sha256(text);
    raw_json(format!("{{\"hash\": \"{hash}\", {}", text.get(1..).unwrap_or_default()))
}

impl From<&Transaction> for TransactionJson {
    fn from(transaction: &Transaction) -> Self {
        let field = |scalar: &Scalar| Field::canonical(scalar.canonical());
        Self {
            amount: field(&transaction.amount),
            receiver: field(&transaction.receiver),
            sender: field(&transaction.sender),
        }
    }
}

impl From<&BlockSummary> for HeaderJson {
    fn from(block: &BlockSummary) -> Self {
        Self {
            index: block.index,
            hash: block.hash.to_string(),
            previous_hash: block.previous_hash.clone(),
            proof: block.proof,
            timestamp: block.timestamp.clone(),
            transactions: block.transactions,
        }
    }
}

impl From<Tip> for Point {
    fn from(tip: Tip) -> Self {
        Self { index: tip.height, hash: tip.hash.to_string() }
    }
}

/// The account of this name.
pub(super) fn account(name: String, account: &Account) -> AccountJson {
    AccountJson {
        name,
        received: account.received.to_string(),
        sent: account.sent.to_string(),
        balance: account.balance().to_string(),
        payments: account.transactions,
        uncounted: account.uncounted,
    }
}

impl From<MiningMode> for MiningJson {
    fn from(mode: MiningMode) -> Self {
        match mode {
            MiningMode::Off => Self::Off,
            MiningMode::Interval(every) => {
                Self::Interval { every_ms: u64::try_from(every.as_millis()).unwrap_or(u64::MAX) }
            }
            MiningMode::OnTransaction => Self::OnPayment,
            MiningMode::Continuous => Self::Continuous,
        }
    }
}

impl From<&Replacement<BlockSummary, Transaction>> for ReplacementJson {
    fn from(replacement: &Replacement<BlockSummary, Transaction>) -> Self {
        let Replacement { from, fork, tip, stale, connected: _, returned, not_returned } = replacement;
        Self {
            from: from.as_ref().map(ToString::to_string),
            fork: *fork,
            length: tip.height,
            tip_hash: tip.hash.to_string(),
            given_up: GivenUpBlocks {
                number: stale.branch.unwrap_or(NOT_KEPT),
                count: stale.count,
                blocks: stale.first.iter().map(Into::into).collect(),
            },
            returned: ReturnedJson {
                count: returned.count as u64,
                transactions: returned.first.iter().map(Into::into).collect(),
            },
            not_returned: *not_returned as u64,
        }
    }
}

impl From<&BeyondLimit> for BeyondLimitEvent {
    fn from(beyond: &BeyondLimit) -> Self {
        Self {
            peer: beyond.peer.to_string(),
            length: beyond.length,
            limit: beyond.limit.name().to_owned(),
            reason: sentence(&format!("its chain is beyond the limit {}", beyond.limit)),
            time: beyond.time,
        }
    }
}

impl From<&PeersChange> for PeersEvent {
    fn from(change: &PeersChange) -> Self {
        Self {
            added: change.added.iter().map(ToString::to_string).collect(),
            removed: change.removed.iter().map(ToString::to_string).collect(),
            peers: change.total,
            time: change.time,
        }
    }
}

impl From<&PeerStatus> for PeerJson {
    fn from(status: &PeerStatus) -> Self {
        let PeerStatus { address, known, took, asked_at } = status;
        let unknown = Self {
            address: address.to_string(),
            name: known.name.clone(),
            state: PeerStateJson::Unasked,
            kind: None,
            length: None,
            tip_hash: None,
            work: None,
            relation: None,
            common: None,
            took_ms: took.map(milliseconds),
            error: None,
            error_code: None,
            asked_at: *asked_at,
        };
        match &known.state {
            PeerState::Unasked => unknown,
            PeerState::Itself => Self { state: PeerStateJson::Itself, ..unknown },
            PeerState::Fails(error) => Self {
                state: PeerStateJson::Fails,
                error: Some(sentence(&error.told())),
                error_code: Some(error.code().to_owned()),
                ..unknown
            },
            PeerState::Answers => Self {
                state: PeerStateJson::Answers,
                kind: known.kind.map(Into::into),
                length: known.tip.map(|(length, _)| length),
                tip_hash: known.tip.map(|(_, hash)| hash.to_string()),
                work: known.work.map(|work| work.to_string()),
                relation: known.relation.map(Into::into),
                common: known.common.map(point),
                ..unknown
            },
        }
    }
}

impl From<PeerKind> for PeerKindJson {
    fn from(kind: PeerKind) -> Self {
        match kind {
            PeerKind::BCoin => Self::BCoin,
            PeerKind::Listing => Self::Listing,
        }
    }
}

impl From<Relation> for RelationJson {
    fn from(relation: Relation) -> Self {
        match relation {
            Relation::Same => Self::Same,
            Relation::Ahead => Self::Ahead,
            Relation::Behind => Self::Behind,
            Relation::Parted => Self::Parted,
        }
    }
}

pub(super) fn point((index, hash): BlockPoint) -> Point {
    Point { index, hash: hash.to_string() }
}

impl From<&RoundOf<Chapter>> for RoundJson {
    fn from(round: &RoundOf<Chapter>) -> Self {
        Self {
            replaced: round.replacement.is_some(),
            length: round.tip.height,
            tip: round.tip.into(),
            replacement: round.replacement.as_deref().map(Into::into),
            offers: round.offers.iter().map(Into::into).collect(),
        }
    }
}

impl From<&Offer> for OfferJson {
    fn from(offer: &Offer) -> Self {
        let passed_over = |reason: &str| (OutcomeJson::PassedOver, reason.to_owned());
        let (outcome, reason) = match &offer.outcome {
            Outcome::Itself => {
                (OutcomeJson::Itself, "This is the node's own address; a node does not ask itself.".into())
            }
            Outcome::Adopted => {
                (OutcomeJson::Taken, "It has the longest valid chain, and is longer than the one that was here.".into())
            }
            Outcome::Failed(error) => (OutcomeJson::PassedOver, sentence(&error.told())),
            Outcome::NotLonger { length, own } => {
                passed_over(&format!("Its chain of length {length} is not longer than the one here, of length {own}."))
            }
            Outcome::Unfinished => passed_over("It is still sending; its chain is judged when it has arrived."),
            Outcome::Outdated => passed_over("The chain here has grown meanwhile and is kept."),
            Outcome::Tie => passed_over("Another node, which was connected earlier, has a chain of the same length."),
            Outcome::Outdone => passed_over("Another node has a longer chain still."),
        };
        let limit = match &offer.outcome {
            Outcome::Failed(PeerError::BeyondLimit { limit, .. }) => Some(limit.name().to_owned()),
            _ => None,
        };
        let code = match &offer.outcome {
            Outcome::Itself => "itself",
            Outcome::Adopted => "adopted",
            Outcome::Failed(error) => error.code(),
            Outcome::NotLonger { .. } => "not_longer",
            Outcome::Unfinished => "unfinished",
            Outcome::Outdated => "outdated",
            Outcome::Tie => "tie",
            Outcome::Outdone => "outdone",
        };
        Self {
            address: offer.peer.to_string(),
            outcome,
            length: offer.length,
            reason,
            code: code.to_owned(),
            limit,
            took_ms: milliseconds(offer.took),
        }
    }
}

/// An error as a sentence with a capital letter and a full stop, and not too long.
fn sentence(error: &impl std::fmt::Display) -> String {
    let text: String = error.to_string().chars().take(MAX_REASON).collect();
    format!("{}.", capitalised(&text))
}
