//! The peers that a node knows.

use std::sync::Arc;

use bcoin_ledger::Rules;

use super::Owner;
use crate::{
    address::PeerAddress,
    clock::now,
    command::{AddPeersError, RemovePeerError, SaveError},
    events::{Event, EventOf, NodeEvent, PeersChange},
    limits::MAX_PEERS,
};

impl<R: Rules> Owner<R> {
    pub(super) fn add_peers(&mut self, addresses: Vec<PeerAddress>) -> Result<Arc<[PeerAddress]>, AddPeersError> {
        let mut new: Vec<PeerAddress> = Vec::new();
        for address in addresses {
            if !self.peers.contains(&address) && !new.contains(&address) {
                new.push(address);
            }
        }
        if self.peers.len() + new.len() > MAX_PEERS {
            return Err(AddPeersError::TooMany);
        }
        if !new.is_empty() {
            self.save(|store, _| store.add_peers(&new)).map_err(SaveError::from)?;
            self.peers.extend(new.iter().cloned());
            self.publish([self.peers_event(new, Vec::new())]);
        }
        Ok(self.peers.clone().into())
    }

    pub(super) fn remove_peer(&mut self, address: &PeerAddress) -> Result<bool, RemovePeerError> {
        let Some(place) = self.peers.iter().position(|peer| peer == address) else { return Ok(false) };
        let mut left = self.peers.clone();
        let removed = left.remove(place);
        self.save(|store, _| store.set_peers(&left)).map_err(SaveError::from)?;
        self.peers = left;
        self.publish([self.peers_event(Vec::new(), vec![removed])]);
        Ok(true)
    }

    fn peers_event(&self, added: Vec<PeerAddress>, removed: Vec<PeerAddress>) -> EventOf<R> {
        Event::Node(NodeEvent::Peers(PeersChange { added, removed, total: self.peers.len(), time: now().to_utc() }))
    }
}
