//! Chains that part before the blocks that are known of them: the peer is asked for hashes of own blocks, once for each fork.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use bcoin_node::{
    MAX_PEERS, PeerAddress,
    store::{Snapshot, StoreError},
};

use super::{super::observer::Trail, compare::BlockPoint};

/// Where the chains of peers part from the own one, as far as they were asked.
#[derive(Default)]
pub(super) struct DeepPartings(Mutex<HashMap<PeerAddress, Found>>);

/// Where a chain parted from the own one.
struct Found {
    /// Names the peer's chain.
    chain: u64,
    /// The end of the own chain then.
    own: BlockPoint,
    common: Option<BlockPoint>,
}

impl DeepPartings {
    /// Where a peer's chain parts from the one in `own`, which ends with `tip`; none when that is not known. It stays true while both
    /// grow, each with blocks of its own.
    ///
    /// # Errors
    /// When reading fails.
    pub(super) fn get(
        &self,
        peer: &PeerAddress,
        trail: &Trail,
        own: &Snapshot,
        tip: BlockPoint,
    ) -> Result<Option<Option<BlockPoint>>, StoreError> {
        let (grown_from, common) = match self.lock().get(peer) {
            // The own chain may have gone on with blocks of the peer's.
            Some(found) if found.common == Some(found.own) && found.own != tip => return Ok(None),
            Some(found) if found.chain == trail.chain() => (found.own, found.common),
            _ => return Ok(None),
        };
        let has_grown = own.hash(grown_from.0)? == Some(grown_from.1);
        Ok(has_grown.then_some(common))
    }

    /// Keeps where a peer's chain parted from the own one, whose end was `own`.
    pub(super) fn keep(&self, peer: &PeerAddress, trail: &Trail, own: BlockPoint, common: Option<BlockPoint>) {
        let mut known = self.lock();
        if known.len() >= MAX_PEERS && !known.contains_key(peer) {
            known.clear();
        }
        known.insert(peer.clone(), Found { chain: trail.chain(), own, common });
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<PeerAddress, Found>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
