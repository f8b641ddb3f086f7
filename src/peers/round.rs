//! A round: asking all peers for a longer chain, and what each of them offered.

use std::{sync::Arc, time::Duration};

use bcoin_ledger::{Rules, Tip};
use bcoin_node::{Candidate, PeerAddress, Replacement, View};
use tokio::time::Instant;

use super::{error::PeerError, fetch::Fetched, limits::ClientLimits, transfer::Answer};

/// The result of asking all peers for a longer chain.
#[derive(Debug)]
pub struct Round<S, T> {
    /// The end of the chain after it.
    pub tip: Tip,
    /// What was taken and what was disconnected, when the chain was replaced.
    pub replacement: Option<Arc<Replacement<S, T>>>,
    /// What each peer offered, in the order they were added.
    pub offers: Vec<Offer>,
}

/// A round under these rules.
pub type RoundOf<R> = Round<<R as Rules>::Summary, <R as Rules>::Transaction>;

/// A peer's answer to the question for a longer chain.
#[derive(Debug)]
pub struct Offer {
    /// The peer.
    pub peer: PeerAddress,
    /// How many blocks its chain has, if that is known.
    pub length: Option<u64>,
    /// Whether its chain was adopted, and why not.
    pub outcome: Outcome,
    /// How long its answer took.
    pub took: Duration,
}

/// Whether a peer's chain was adopted, and why not.
#[derive(Debug)]
pub enum Outcome {
    /// The address is this node's own, and was not asked.
    Itself,
    /// There was no valid chain.
    Failed(PeerError),
    /// The chain is not longer than this node's.
    NotLonger {
        /// How many blocks it has.
        length: u64,
        /// How many blocks this node's chain had.
        own: u64,
    },
    /// It has not answered in full yet. Its chain is judged when it has.
    Unfinished,
    /// It is this node's chain now.
    Adopted,
    /// It was the best, but this node's own chain has become as long meanwhile.
    Outdated,
    /// A peer that was connected earlier has a chain that is as long.
    Tie,
    /// Another peer has a longer chain.
    Outdone,
}

/// A round that is under way.
pub(super) struct OpenRound<R> {
    view: Arc<View>,
    began: Instant,
    /// The answers so far, in the order of the peers.
    answered: Vec<Option<(Answered, Duration)>>,
    best: Option<(usize, Box<Candidate<R>>)>,
    /// When a valid chain arrived last.
    delivered: Option<Instant>,
}

/// A peer's answer, before the best chain is known.
enum Answered {
    Itself,
    Failed(PeerError),
    NotLonger(u64),
    Chain(Tip),
}

/// The chain that was the best.
#[derive(Clone, Copy)]
pub(super) struct Best {
    order: usize,
    tip: Tip,
    adopted: bool,
}

impl<R: Rules> OpenRound<R> {
    pub(super) fn new(view: Arc<View>) -> Self {
        let answered = view.peers.iter().map(|_| None).collect();
        Self { view, began: Instant::now(), answered, best: None, delivered: None }
    }

    pub(super) fn view(&self) -> &Arc<View> {
        &self.view
    }

    /// Whether every peer has answered.
    pub(super) fn is_complete(&self) -> bool {
        self.answered.iter().all(Option::is_some)
    }

    /// Whether this peer was known when the round began, and has not answered yet.
    pub(super) fn waits_for(&self, peer: &PeerAddress) -> bool {
        let mut answered = self.view.peers.iter().zip(&self.answered);
        answered.any(|(asked, answer)| asked == peer && answer.is_none())
    }

    /// When callers get their answer at the latest, if chains are arriving or not (docs/contract.md section 6).
    pub(super) fn deadline(&self, is_arriving: bool, limits: &ClientLimits) -> Instant {
        let end = self.began + limits.round;
        match self.delivered {
            Some(delivered) => end.min(delivered + limits.round_pause),
            None if is_arriving => end,
            None => end.min(self.began + limits.round_pause),
        }
    }

    /// Takes the answer of a peer for which the round waits.
    pub(super) fn record(&mut self, answer: Answer<R>) {
        let Some(order) = self.view.peers.iter().position(|peer| *peer == answer.peer) else { return };
        let answered = match answer.chain {
            Ok(None) => Answered::Itself,
            Err(error) => Answered::Failed(error),
            Ok(Some(Fetched::NotLonger { length, .. })) => Answered::NotLonger(length),
            Ok(Some(Fetched::Chain { candidate, .. })) => {
                self.delivered = Some(Instant::now());
                let tip = candidate.tip();
                let best_so_far = self.best.as_ref().map(|(order, best)| (*order, best.tip()));
                if tip.has_more_work_than(&self.view.tip) && is_better((order, tip), best_so_far) {
                    self.best = Some((order, candidate));
                }
                Answered::Chain(tip)
            }
        };
        self.answered[order] = Some((answered, answer.took));
    }

    /// The best chain so far, and the peer that has it.
    pub(super) fn take_best(&mut self) -> Option<(Box<Candidate<R>>, PeerAddress, Best)> {
        let (order, candidate) = self.best.take()?;
        let best = Best { order, tip: candidate.tip(), adopted: false };
        Some((candidate, self.view.peers[order].clone(), best))
    }

    /// The chain that was the best is not adopted, because it breaks a rule.
    pub(super) fn refuse(&mut self, best: &Best, error: PeerError) {
        if let Some(Some((answered, _))) = self.answered.get_mut(best.order) {
            *answered = Answered::Failed(error);
        }
    }

    /// Whether a peer has answered with a chain with more work than the own one.
    pub(super) fn has_better(&self) -> bool {
        let own = &self.view.tip;
        let is_better = |answered: &Answered| matches!(answered, Answered::Chain(tip) if tip.has_more_work_than(own));
        self.answered.iter().flatten().any(|(answered, _)| is_better(answered))
    }

    /// Ends the round: `best` is the chain that was taken, if it was adopted, and `tip` the end of the node's chain then.
    pub(super) fn end(
        self,
        best: Option<Best>,
        replacement: Option<Arc<Replacement<R::Summary, R::Transaction>>>,
        tip: Tip,
    ) -> RoundOf<R> {
        let best = best.map(|best| Best { adopted: replacement.is_some(), ..best });
        let elapsed = self.began.elapsed();
        let offers = self.view.peers.iter().zip(self.answered).enumerate().map(|(order, (peer, answered))| {
            let peer = peer.clone();
            let Some((answered, took)) = answered else {
                return Offer { peer, length: None, outcome: Outcome::Unfinished, took: elapsed };
            };
            let length = answered.length();
            Offer { peer, length, outcome: answered.outcome(order, &self.view.tip, best), took }
        });
        Round { offers: offers.collect(), tip, replacement }
    }
}

impl Answered {
    /// What became of it, when `own` was the end of the node's chain.
    fn outcome(self, order: usize, own: &Tip, best: Option<Best>) -> Outcome {
        match (self, best) {
            (Self::Itself, _) => Outcome::Itself,
            (Self::Failed(error), _) => Outcome::Failed(error),
            (Self::NotLonger(length), _) => Outcome::NotLonger { length, own: own.height },
            (Self::Chain(tip), _) if !tip.has_more_work_than(own) => {
                Outcome::NotLonger { length: tip.height, own: own.height }
            }
            (Self::Chain(_), Some(best)) if best.order == order && best.adopted => Outcome::Adopted,
            (Self::Chain(_), Some(best)) if best.order == order => Outcome::Outdated,
            (Self::Chain(tip), Some(best)) if !best.tip.has_more_work_than(&tip) => Outcome::Tie,
            (Self::Chain(_), _) => Outcome::Outdone,
        }
    }

    fn length(&self) -> Option<u64> {
        match self {
            Self::Chain(tip) => Some(tip.height),
            Self::NotLonger(length) => Some(*length),
            Self::Failed(PeerError::BeyondLimit { length, .. }) => *length,
            Self::Itself | Self::Failed(_) => None,
        }
    }
}

/// Whether a peer's chain is better than the best one so far. On a tie the peer that was added earlier wins.
fn is_better((order, tip): (usize, Tip), best: Option<(usize, Tip)>) -> bool {
    best.is_none_or(|(best_order, best)| {
        tip.has_more_work_than(&best) || (!best.has_more_work_than(&tip) && order < best_order)
    })
}
