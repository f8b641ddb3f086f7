//! The search for a better chain. It asks all peers at once, and adopts the best valid chain that has more work than the own one
//! (docs/contract.md section 4, `/replace_chain`); or it asks one peer alone.

use std::sync::Arc;

use bcoin_ledger::Rules;
use bcoin_node::{AdoptError, Adoption, Candidate, NodeHandle, PeerAddress, Replacement, Stopping};
use tokio::{
    sync::{mpsc, oneshot},
    task::JoinHandle,
    time::sleep_until,
};
use tokio_util::sync::CancellationToken;
use tracing::Instrument as _;

use super::{
    chain_decoder::ChainError,
    client::PeerClient,
    error::{BrokenRule, PeerError},
    exchange::Exchange,
    fetch::Fetched,
    limits::ClientLimits,
    observer::Observer,
    own_address::OwnAddress,
    round::{OpenRound, RoundOf},
    transfer::{Answer, Shows, Transfers},
};

/// How many requests the queue holds. Further senders wait.
const QUEUE: usize = 64;
/// How often a round begins again at most, because the best chain was refused.
const MAX_ASKED_AGAIN: usize = 3;

/// Why a round failed.
type RoundError<R> = AdoptError<<R as Rules>::BlockError>;

/// What came of a round, for all who share it.
type RoundResult<R> = Result<Arc<RoundOf<R>>, RoundError<R>>;

type Reply<R> = oneshot::Sender<RoundResult<R>>;

/// A chain that replaced the own one.
type Replaced<R> = Arc<Replacement<<R as Rules>::Summary, <R as Rules>::Transaction>>;

/// Asks for a round, or for the chain of one peer; cheap to clone.
pub struct SyncHandle<R: Exchange> {
    rounds: mpsc::Sender<Reply<R>>,
    single: mpsc::Sender<Question>,
}

/// One peer is to be asked for its chain.
struct Question {
    peer: PeerAddress,
    reply: oneshot::Sender<Shows>,
    /// What its answer shows, once that is known.
    shows: Option<Shows>,
}

impl<R: Exchange> Clone for SyncHandle<R> {
    fn clone(&self) -> Self {
        Self { rounds: self.rounds.clone(), single: self.single.clone() }
    }
}

impl<R: Exchange> SyncHandle<R> {
    /// Asks the peers for a better chain, and returns what each of them offered. A call during a round shares the next round with
    /// all other such calls: many callers cause no more work than one.
    ///
    /// # Errors
    /// When a better chain could not be saved, or the node stops.
    pub async fn replace_chain(&self) -> RoundResult<R> {
        let (reply, answer) = oneshot::channel();
        self.rounds.send(reply).await.map_err(|_| Stopping)?;
        answer.await.map_err(|_| Stopping)?
    }

    /// Asks one peer for a better chain, during rounds too, and adopts it. Returns what its answer shows.
    ///
    /// # Errors
    /// When the node stops.
    pub(super) async fn ask_one(&self, peer: PeerAddress) -> Result<Shows, Stopping> {
        let (reply, answer) = oneshot::channel();
        let question = Question { peer, reply, shows: None };
        self.single.send(question).await.map_err(|_| Stopping)?;
        answer.await.map_err(|_| Stopping)
    }
}

/// Starts the task that runs the rounds. It ends when the last handle is dropped; rounds wait for no peer once `stop` is cancelled.
pub fn start<R: Exchange>(
    rules: R,
    node: NodeHandle<R>,
    client: PeerClient,
    observer: Observer,
    own_address: OwnAddress,
    stop: CancellationToken,
) -> (SyncHandle<R>, JoinHandle<()>) {
    let (rounds, queue) = mpsc::channel(QUEUE);
    let (single, questions) = mpsc::channel(QUEUE);
    let limits = client.limits;
    let transfers = Transfers::new(rules, node.clone(), client, own_address);
    let sync = Sync { node, limits, transfers, observer, stop, questions, asked: Vec::new() };
    (SyncHandle { rounds, single }, tokio::spawn(sync.run(queue).in_current_span()))
}

struct Sync<R: Exchange> {
    node: NodeHandle<R>,
    limits: ClientLimits,
    transfers: Transfers<R>,
    /// Told of the chains of peers that do not tell of them themselves.
    observer: Observer,
    stop: CancellationToken,
    questions: mpsc::Receiver<Question>,
    /// The questions that are not answered yet.
    asked: Vec<Question>,
}

impl<R: Exchange> Sync<R> {
    async fn run(mut self, mut queue: mpsc::Receiver<Reply<R>>) {
        let mut callers = Vec::new();
        loop {
            tokio::select! {
                count = queue.recv_many(&mut callers, QUEUE) => match count {
                    0 => return,
                    _ => {
                        let result = self.round().await;
                        self.answer_questions();
                        for caller in callers.drain(..) {
                            // The caller may have gone away.
                            let _ = caller.send(result.clone());
                        }
                    }
                },
                Some(answer) = self.transfers.next() => self.take_alone(answer).await,
                Some(question) = self.questions.recv() => self.ask_one(question),
            }
        }
    }

    /// Asks all peers, and adopts the best chain. One that breaks a rule which shows only when it is connected is its peer's fault:
    /// that block is known from then on, and where another peer has more work than the own chain too, all are asked again.
    async fn round(&mut self) -> RoundResult<R> {
        let mut asked_again = 0;
        loop {
            let mut round = self.ask_all().await;
            let (replacement, best) = match round.take_best() {
                None => (None, None),
                Some((candidate, peer, best)) => match self.adopt(candidate, &peer).await {
                    Ok(replacement) => (replacement, Some(best)),
                    Err(AdoptError::Refused { height, reason, .. }) => {
                        let reason = BrokenRule::new(reason.to_string());
                        let error = PeerError::Chain(ChainError::Block { height, reason });
                        tracing::warn!(%peer, reason = %error.to_string().escape_debug(), "its chain is not adopted");
                        round.refuse(&best, error);
                        if round.has_better() && asked_again < MAX_ASKED_AGAIN {
                            asked_again += 1;
                            continue;
                        }
                        (None, None)
                    }
                    Err(error) => return Err(error),
                },
            };
            return Ok(Arc::new(round.end(best, replacement, self.node.view().tip)));
        }
    }

    /// Asks all peers. A peer that has not answered an earlier round yet is not asked again: its answer counts when it comes.
    async fn ask_all(&mut self) -> OpenRound<R> {
        let mut round = OpenRound::new(self.node.view());
        let view = round.view().clone();
        view.peers.iter().for_each(|peer| self.transfers.ask(peer, &view));
        while !round.is_complete() {
            let deadline = round.deadline(self.transfers.any_is_arriving(), &self.limits);
            tokio::select! {
                Some(question) = self.questions.recv() => self.ask_one(question),
                Some(answer) = self.transfers.next() => {
                    if round.waits_for(&answer.peer) {
                        self.note(&answer).await;
                        round.record(answer);
                    } else {
                        // It was asked alone, perhaps as one that has become a peer since the round began.
                        self.take_alone(answer).await;
                    }
                }
                () = self.stop.cancelled() => break,
                () = sleep_until(deadline) => {
                    // A chain may have begun to arrive meanwhile.
                    if round.deadline(self.transfers.any_is_arriving(), &self.limits) <= deadline {
                        break;
                    }
                }
            }
        }
        self.transfers.go_on_alone();
        round
    }

    /// Asks one peer without a round, unless it is being asked already.
    fn ask_one(&mut self, question: Question) {
        self.transfers.ask_alone(&question.peer, &self.node.view());
        self.asked.push(question);
    }

    /// Takes note of what is answered to those who have asked for this peer's chain alone.
    fn note_question(&mut self, peer: &PeerAddress, shows: Shows) {
        for question in self.asked.iter_mut().filter(|question| question.peer == *peer) {
            question.shows = Some(shows);
        }
    }

    /// Answers the questions to which the answer is known and has taken effect.
    fn answer_questions(&mut self) {
        for question in self.asked.extract_if(.., |question| question.shows.is_some()) {
            if let Some(shows) = question.shows {
                // Who has asked may have gone away.
                let _ = question.reply.send(shows);
            }
        }
    }

    /// Takes the answer of a peer for which no round is waiting any more.
    async fn take_alone(&mut self, answer: Answer<R>) {
        self.note(&answer).await;
        let view = self.node.view();
        if let Ok(Some(Fetched::Chain { candidate, .. })) = answer.chain
            && view.peers.contains(&answer.peer)
            && candidate.tip().has_more_work_than(&view.tip)
            && let Err(error) = self.adopt(candidate, &answer.peer).await
        {
            tracing::warn!(peer = %answer.peer, reason = %error.to_string().escape_debug(), "its chain is not adopted");
        }
        self.answer_questions();
    }

    /// Makes a peer's chain the node's own.
    async fn adopt(
        &mut self,
        candidate: Box<Candidate<R>>,
        peer: &PeerAddress,
    ) -> Result<Option<Replaced<R>>, RoundError<R>> {
        let length = candidate.tip().height;
        let adoption = self.node.adopt(*candidate, Some(peer.clone())).await;
        if let Err(AdoptError::Refused { hash, reason, .. }) = &adoption {
            R::note_refusal(&self.node, *hash, reason);
        }
        if adoption.is_err() {
            // Who has asked would ask again at once.
            self.note_question(peer, Shows::NoMoreWork);
        }
        match adoption? {
            Adoption::Adopted { replacement, waiting } => {
                let disconnected = replacement.stale.count;
                if R::GROWS_BRANCHES && disconnected == 0 {
                    // Every block of a peer comes like that.
                    tracing::debug!(%peer, length, waiting, "its blocks follow the chain");
                } else {
                    tracing::info!(%peer, length, disconnected, waiting, "replaced the chain");
                }
                Ok(Some(replacement))
            }
            Adoption::Outdated => {
                tracing::info!(%peer, length, "the own chain has grown meanwhile and is kept");
                Ok(None)
            }
        }
    }

    /// Tells the observer and the operator what a peer answered, and everyone when a longer chain is beyond a limit.
    async fn note(&mut self, answer: &Answer<R>) {
        let peer = &answer.peer;
        self.note_question(peer, answer.shows);
        match &answer.chain {
            Ok(None) => {}
            Ok(Some(Fetched::NotLonger { length, .. })) => tracing::debug!(%peer, length, "has no longer chain"),
            Ok(Some(Fetched::Chain { candidate, is_listing })) => {
                tracing::debug!(%peer, length = candidate.tip().height, "has a valid chain");
                if *is_listing {
                    self.observer.learn_chain(peer, candidate.tip()).await;
                }
            }
            Err(error) => {
                if let PeerError::BeyondLimit { length, limit } = error {
                    self.node.tell_beyond_limit(peer.clone(), *length, *limit);
                }
                let reason = error.to_string();
                tracing::warn!(%peer, reason = %reason.escape_debug(), "passed over");
            }
        }
    }
}
