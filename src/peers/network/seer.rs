//! Puts together what is known of the peers, and compares their chains with the own one.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use bcoin_ledger::{BlockHash, Tip};
use bcoin_node::{
    AnyNode, PeerAddress, View,
    store::{Reader, StoreError},
};
use futures_util::future::join_all;
use tokio::time::{Instant, timeout, timeout_at};

use super::{
    super::{
        client::PeerClient,
        common_block::last_common_block,
        observer::{BCoinReport, Observation, Observer, Report},
        own_address::OwnAddress,
        own_network::OwnNetwork,
    },
    BlockPoint, KnownPeer, LastBlock, Network, OwnStatus, PeerKind, PeerState, PeerStatus, Relation,
    compare::{Parting, parting},
    deep::DeepPartings,
    tree::{Chain, tree},
};
use crate::wire::v1::MinedPoint;

/// Sees the network of a node.
pub(super) struct Seer {
    pub(super) node: AnyNode,
    network: OwnNetwork,
    client: PeerClient,
    pub(super) observer: Observer,
    own_address: OwnAddress,
    deep: Arc<DeepPartings>,
    /// Whether a peer is the own node; asking for that may resolve a name.
    itself: Mutex<HashMap<PeerAddress, bool>>,
    /// The own last block, read once for each hash.
    last_block: Mutex<Option<(BlockHash, LastBlock)>>,
}

/// The own chain, and where the chains of peers part from it.
struct Compared {
    tip: Tip,
    last_block: LastBlock,
    /// In the order of the trails; none where the peer has to be asked.
    partings: Vec<Option<Option<BlockPoint>>>,
}

impl Seer {
    pub(super) fn new(
        node: AnyNode,
        network: OwnNetwork,
        client: PeerClient,
        observer: Observer,
        own_address: OwnAddress,
    ) -> Self {
        Self {
            node,
            network,
            client,
            observer,
            own_address,
            deep: Arc::default(),
            itself: Mutex::default(),
            last_block: Mutex::default(),
        }
    }

    /// The network as it is known; nobody is asked.
    ///
    /// # Errors
    /// When the own chain cannot be read.
    pub(super) async fn see(&self) -> Result<Network, StoreError> {
        let view = self.node.view();
        let observed = async |peer| (!self.is_itself(peer).await).then(|| self.judged(self.observer.latest(peer)));
        let observations = join_all(view.peers.iter().map(observed)).await;
        let compared = self.compare(&view.peers, &observations).await?;
        Ok(self.network(&view, &observations, compared))
    }

    /// Asks all peers, those too whose chains part before the blocks that are known of them.
    ///
    /// # Errors
    /// When the own chain cannot be read.
    pub(super) async fn ask_all(&self) -> Result<Network, StoreError> {
        let view = self.node.view();
        self.itself.lock().unwrap_or_else(PoisonError::into_inner).clear();
        let asked = join_all(view.peers.iter().map(async |peer| match self.is_itself(peer).await {
            true => None,
            false => Some(self.judged(self.observer.look(peer).await)),
        }));
        let deadline = Instant::now() + self.client.limits.document;
        let observations = asked.await;
        let compared = self.compare(&view.peers, &observations).await?;
        if compared.partings.contains(&None)
            && let Ok(searched) = timeout_at(deadline, self.search()).await
        {
            searched?;
        }
        self.see().await
    }

    /// Asks those peers where their chains part whose chains part before the blocks that are known of them.
    ///
    /// # Errors
    /// When the own chain cannot be read.
    pub(super) async fn search(&self) -> Result<(), StoreError> {
        let view = self.node.view();
        let observations: Vec<_> =
            view.peers.iter().map(|peer| Some(self.judged(self.observer.latest(peer)))).collect();
        let compared = self.compare(&view.peers, &observations).await?;
        let unknown =
            view.peers.iter().zip(&observations).zip(&compared.partings).filter_map(|((peer, seen), parting)| {
                // A node of the listing cannot be asked for a block.
                let Report::BCoin(report) = seen.as_ref()?.report.as_ref()? else { return None };
                parting.is_none().then(|| (peer, report.clone()))
            });
        let searches: Vec<_> = unknown.map(|(peer, report)| self.search_one(&view, peer, *report)).collect();
        join_all(searches).await;
        Ok(())
    }

    async fn search_one(&self, view: &View, peer: &PeerAddress, report: BCoinReport) {
        let search = last_common_block(&self.client, &self.node, &self.network, peer, view, report.tip());
        match timeout(self.client.limits.document, search).await {
            Ok(Ok(common)) => self.deep.keep(peer, &report.trail, (view.tip.height, view.tip.hash), common),
            Ok(Err(error)) => {
                let reason = error.to_string();
                tracing::debug!(%peer, reason = %reason.escape_debug(), "does not say where its chain parts");
            }
            Err(_) => tracing::debug!(%peer, "takes too long to say where its chain parts"),
        }
    }

    /// What is known of a peer. One of another network fails, whatever it answers, and nothing of it is compared.
    fn judged(&self, seen: Arc<Observation>) -> Arc<Observation> {
        let checked = match &seen.report {
            Some(Report::BCoin(report)) => self.network.check(&report.network),
            Some(Report::Listing(_)) => self.network.check_listing(),
            None => Ok(()),
        };
        let Err(error) = checked else { return seen };
        // Who does not answer at all fails for that reason.
        let outcome = match &seen.outcome {
            Some(Err(error)) => Err(error.clone()),
            _ => Err(Arc::new(error)),
        };
        Arc::new(Observation { outcome: Some(outcome), report: None, seen_at: None, ..(*seen).clone() })
    }

    /// Those of these peers that are not the own node.
    pub(super) async fn others(&self, peers: &[PeerAddress]) -> Vec<PeerAddress> {
        let other = async |peer: &PeerAddress| (!self.is_itself(peer).await).then(|| peer.clone());
        join_all(peers.iter().map(other)).await.into_iter().flatten().collect()
    }

    /// Whether an address is that of the own node.
    pub(super) async fn is_itself(&self, peer: &PeerAddress) -> bool {
        let known = self.itself.lock().unwrap_or_else(PoisonError::into_inner).get(peer).copied();
        if let Some(known) = known {
            return known;
        }
        // A name that is not resolved in time is not the own one.
        let is = timeout(OwnAddress::LOOKUP_TIMEOUT, self.own_address.is(peer)).await.unwrap_or(false);
        self.itself.lock().unwrap_or_else(PoisonError::into_inner).insert(peer.clone(), is);
        is
    }

    /// How a peer is called, if it has said so.
    pub(super) fn name_of(&self, peer: &PeerAddress) -> Option<String> {
        match &self.observer.latest(peer).report {
            Some(Report::BCoin(report)) => report.name.clone(),
            _ => None,
        }
    }

    async fn compare(
        &self,
        peers: &Arc<[PeerAddress]>,
        observations: &[Option<Arc<Observation>>],
    ) -> Result<Compared, StoreError> {
        let (peers, observations, deep) = (peers.clone(), observations.to_vec(), self.deep.clone());
        let network = self.network.clone();
        let known = self.last_block.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let compared = self
            .node
            .read(move |reader| compare(reader, &network, &peers, &observations, &deep, known.as_ref()))
            .await?;
        let last = (compared.tip.hash, compared.last_block.clone());
        *self.last_block.lock().unwrap_or_else(PoisonError::into_inner) = Some(last);
        Ok(compared)
    }

    fn network(&self, view: &View, observations: &[Option<Arc<Observation>>], compared: Compared) -> Network {
        let Compared { tip, last_block, partings } = compared;
        let mut peers: Vec<PeerStatus> = view
            .peers
            .iter()
            .zip(observations)
            .zip(&partings)
            .map(|((address, seen), parting)| status(address, seen.as_deref(), *parting, tip))
            .collect();
        let placed: Vec<usize> = (0..peers.len()).filter(|peer| peers[*peer].known.relation.is_some()).collect();
        let chains: Vec<Chain<'_>> = placed
            .iter()
            .filter_map(|peer| {
                let trail = observations[*peer].as_deref().and_then(Observation::trail)?;
                Some(Chain { trail, common: peers[*peer].known.common })
            })
            .collect();
        let (branches, ends) = tree((tip.height, tip.hash), &chains);
        for (peer, end) in placed.iter().zip(ends) {
            peers[*peer].known.branch = Some(end);
        }
        let last_mined = view.last_mined.map(|(mined, time)| MinedPoint::new(mined, time));
        let own = OwnStatus {
            tip,
            tells_work: self.network.tells_work(),
            last_block,
            last_mined,
            mining: self.node.mining(),
            waiting: view.waiting,
        };
        Network { own, peers, branches, rendered: Default::default() }
    }
}

/// Compares the chains of the peers with the own one; blocks the thread.
fn compare(
    reader: &Reader,
    network: &OwnNetwork,
    peers: &[PeerAddress],
    observations: &[Option<Arc<Observation>>],
    deep: &DeepPartings,
    last_block: Option<&(BlockHash, LastBlock)>,
) -> Result<Compared, StoreError> {
    let own = reader.snapshot()?;
    let tip = own.tip()?;
    let last_block = match last_block {
        Some((hash, block)) if *hash == tip.hash => block.clone(),
        _ => {
            let encoding = own.block(tip.height)?.unwrap_or_default();
            network.last_block(&encoding).map_err(|error| StoreError::Damaged(error.to_string()))?
        }
    };
    let partings = peers.iter().zip(observations).map(|(peer, seen)| {
        let Some(trail) = seen.as_deref().and_then(Observation::trail) else { return Ok(Some(None)) };
        match parting(&own, trail)? {
            Parting::At(common) => Ok(Some(common)),
            Parting::Earlier => deep.get(peer, trail, &own, (tip.height, tip.hash)),
        }
    });
    Ok(Compared { tip, last_block, partings: partings.collect::<Result<_, StoreError>>()? })
}

/// What is known of a peer. `parting` is the last block that its chain shares with the own one, if that is known.
fn status(
    address: &PeerAddress,
    seen: Option<&Observation>,
    parting: Option<Option<BlockPoint>>,
    own: Tip,
) -> PeerStatus {
    let unknown = KnownPeer::new(PeerState::Itself);
    let Some(seen) = seen else {
        return PeerStatus { address: address.clone(), known: unknown, took: None, asked_at: None };
    };
    let (state, gone_since) = match &seen.outcome {
        None => (PeerState::Unasked, None),
        Some(Ok(())) => (PeerState::Answers, None),
        Some(Err(error)) => (PeerState::Fails(error.clone()), seen.seen_at),
    };
    let trail = seen.trail();
    let tip = trail.map(|trail| (trail.height(), trail.hash()));
    let common = parting.filter(|_| tip.is_some());
    let known = KnownPeer {
        state,
        tip,
        relation: tip.zip(common).map(|((length, _), common)| Relation::new(own.height, length, common)),
        common: common.flatten(),
        gone_since,
        ..match &seen.report {
            None => unknown,
            Some(Report::Listing(_)) => KnownPeer { kind: Some(PeerKind::Listing), ..unknown },
            Some(Report::BCoin(report)) => KnownPeer {
                kind: Some(PeerKind::BCoin),
                name: report.name.clone(),
                node_address: report.node_address.clone(),
                miner: report.miner.clone(),
                mining: report.mining,
                last_mined: report.last_mined.clone(),
                work: report.work,
                last_block: report.last_block.clone(),
                ..unknown
            },
        }
    };
    PeerStatus { address: address.clone(), known, took: seen.took, asked_at: seen.asked_at }
}

impl KnownPeer {
    /// Whether its chain parts before the blocks that are known of it, and it can be asked where.
    pub(super) fn parts_earlier(&self) -> bool {
        self.kind == Some(PeerKind::BCoin) && self.tip.is_some() && self.relation.is_none()
    }

    fn new(state: PeerState) -> Self {
        Self {
            state,
            kind: None,
            name: None,
            node_address: None,
            miner: None,
            mining: None,
            last_mined: None,
            tip: None,
            work: None,
            last_block: None,
            relation: None,
            common: None,
            branch: None,
            gone_since: None,
        }
    }
}
