//! Hears of more work: a peer that tells of a chain with more work than the own one is asked for it at once, without the others.
//!
//! Where chains are replaced only when somebody asks for that, this is not started.

#[cfg(test)]
mod tests;

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
    time::Duration,
};

use bcoin_ledger::{BlockHash, Tip};
use bcoin_node::{NodeHandle, PeerAddress};
use futures_util::future::join_all;
use tokio::{
    task::{JoinHandle, JoinSet},
    time::{Instant, sleep, timeout},
};
use tokio_util::sync::CancellationToken;
use tracing::Instrument as _;

use super::{
    exchange::Exchange,
    observer::{Observation, Observer, Report, Watched},
    own_address::OwnAddress,
    own_network::OwnNetwork,
    sync::SyncHandle,
    transfer::Shows,
};

/// How long changes are gathered before they are looked at.
const GATHERING: Duration = Duration::from_millis(50);
/// After how long the peers are looked at although nothing has changed: a pause may have ended.
const LONGEST_PAUSE: Duration = Duration::from_secs(1);
/// How long a peer is not asked after its answer showed no more work, although it told of that; where it is to blame, each further
/// time doubles it.
const FIRST_FAILURE_PAUSE: Duration = Duration::from_secs(1);
/// The longest such pause.
const MAX_FAILURE_PAUSE: Duration = Duration::from_secs(60);
/// How long others that tell of the same block wait for the first one that is asked for it. After that all may be asked at once:
/// peers that lie, one after the other, delay a block no further.
const SAME_TIP_PAUSE: Duration = Duration::from_secs(2);

/// Starts the task that follows all peers of a node for ever, and asks those that tell of more work. It ends when `stop` is
/// cancelled.
pub fn start<R: Exchange>(
    node: NodeHandle<R>,
    network: OwnNetwork,
    sync: SyncHandle<R>,
    observer: Observer,
    own_address: OwnAddress,
    stop: CancellationToken,
) -> JoinHandle<()> {
    let follower = Follower { node, network, sync, observer, own_address };
    let work = async move { _ = stop.run_until_cancelled(follower.run()).await };
    tokio::spawn(work.in_current_span())
}

struct Follower<R: Exchange> {
    node: NodeHandle<R>,
    network: OwnNetwork,
    sync: SyncHandle<R>,
    observer: Observer,
    own_address: OwnAddress,
}

/// The peers that are followed.
struct Following {
    /// All peers of the node.
    all: Arc<[PeerAddress]>,
    /// Those that are not the node itself.
    others: Vec<PeerAddress>,
    _watched: Watched,
}

impl<R: Exchange> Follower<R> {
    /// Ends when the node does.
    async fn run(&self) {
        let (mut views, mut changes) = (self.node.watch_view(), self.observer.changes());
        let mut following = self.follow(self.node.view().peers.clone()).await;
        let mut fetches = JoinSet::new();
        let mut asking = Asking::default();
        loop {
            views.mark_unchanged();
            changes.mark_unchanged();
            let view = self.node.view();
            if following.all != view.peers {
                // Who is in both lists is followed without a break.
                following = self.follow(view.peers.clone()).await;
                asking.failures.retain(|peer, _| following.others.contains(peer));
            }
            let mut told_of = HashSet::new();
            for peer in &following.others {
                let Some(tip) = self.better_tip(&self.observer.latest(peer), &view.tip) else { continue };
                told_of.insert(tip);
                if asking.may_begin(peer, tip, Instant::now()) {
                    asking.begin(peer, tip, Instant::now());
                    let (sync, peer) = (self.sync.clone(), peer.clone());
                    fetches.spawn(async move { (sync.ask_one(peer.clone()).await, peer) }.in_current_span());
                }
            }
            asking.forget_all_but(&told_of);
            tokio::select! {
                changed = views.changed() => if changed.is_err() { return },
                _ = changes.changed() => {}
                Some(ended) = fetches.join_next() => match ended {
                    Ok((Ok(shows), peer)) => asking.end(&peer, shows, Instant::now()),
                    // The node stops.
                    Ok((Err(_), _)) | Err(_) => return,
                },
                () = sleep(LONGEST_PAUSE) => {}
            }
            sleep(GATHERING).await;
        }
    }

    async fn follow(&self, all: Arc<[PeerAddress]>) -> Following {
        let other = async |peer: &PeerAddress| (!self.is_itself(peer).await).then(|| peer.clone());
        let others: Vec<_> = join_all(all.iter().map(other)).await.into_iter().flatten().collect();
        let watched = self.observer.watch(&others);
        Following { all, others, _watched: watched }
    }

    /// Whether an address is that of the own node. A name that is not resolved in time is not.
    async fn is_itself(&self, peer: &PeerAddress) -> bool {
        timeout(OwnAddress::LOOKUP_TIMEOUT, self.own_address.is(peer)).await.unwrap_or(false)
    }

    /// Hash of the last block of a peer's chain, if the peer answers, belongs to this network, and tells of more work than `own`
    /// has.
    fn better_tip(&self, seen: &Observation, own: &Tip) -> Option<BlockHash> {
        let (Some(Ok(())), Some(Report::BCoin(report))) = (&seen.outcome, &seen.report) else { return None };
        let is_better = self.network.check(&report.network).is_ok() && report.tip().claims_more_work_than(own);
        is_better.then(|| report.trail.hash())
    }
}

/// Who is asked at the moment, and who has told of more work in vain.
#[derive(Default)]
struct Asking {
    /// For which block a peer is asked.
    under_way: HashMap<PeerAddress, BlockHash>,
    /// When somebody was asked first for a block that peers tell of.
    first_asked: HashMap<BlockHash, Instant>,
    failures: HashMap<PeerAddress, Failure>,
}

/// A peer's answer showed no more work, although it told of that.
struct Failure {
    /// The pause after the last answer for which it is to blame; zero before there was one.
    pause: Duration,
    until: Instant,
}

impl Asking {
    /// Whether a peer may be asked that tells of a chain with this last block. It is asked for one chain at a time, and others that
    /// tell of the same block wait a moment.
    fn may_begin(&self, peer: &PeerAddress, tip: BlockHash, now: Instant) -> bool {
        let is_new = || self.first_asked.get(&tip).is_some_and(|first| now < *first + SAME_TIP_PAUSE);
        let is_fetched = || self.under_way.values().any(|hash| *hash == tip) && is_new();
        let pauses = self.failures.get(peer).is_some_and(|failure| now < failure.until);
        !self.under_way.contains_key(peer) && !pauses && !is_fetched()
    }

    fn begin(&mut self, peer: &PeerAddress, tip: BlockHash, now: Instant) {
        self.under_way.insert(peer.clone(), tip);
        self.first_asked.entry(tip).or_insert(now);
    }

    /// Forgets since when blocks are asked for that no peer tells of any more.
    fn forget_all_but(&mut self, told_of: &HashSet<BlockHash>) {
        self.first_asked.retain(|tip, _| told_of.contains(tip));
    }

    fn end(&mut self, peer: &PeerAddress, shows: Shows, now: Instant) {
        self.under_way.remove(peer);
        let last = self.failures.get(peer).map_or(Duration::ZERO, |failure| failure.pause);
        let failure = match shows {
            Shows::MoreWork => {
                self.failures.remove(peer);
                return;
            }
            Shows::Nothing => Failure { pause: last, until: now + FIRST_FAILURE_PAUSE },
            Shows::NoMoreWork => {
                let pause = (2 * last).clamp(FIRST_FAILURE_PAUSE, MAX_FAILURE_PAUSE);
                Failure { pause, until: now + pause }
            }
        };
        self.failures.insert(peer.clone(), failure);
    }
}
