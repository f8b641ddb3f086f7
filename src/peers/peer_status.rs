//! What a B-Coin peer says of itself, under whichever rules it is.

use bcoin_ledger::{
    BlockHash, Tip, Work,
    chapter::{MAX_INTEGER, Transaction},
};
use serde::{Deserialize, Deserializer, de::DeserializeOwned};
use serde_json::value::RawValue;

use super::{own_network::TheirNetwork, seen_block::read_work};
use crate::wire::{
    NodeName,
    v1::{MinedPoint, MiningJson, Point},
};

/// What a B-Coin peer says of its chain.
#[derive(Clone, Copy, Debug)]
pub struct PeerTip {
    /// How many blocks it has, at least 1.
    pub(super) length: u64,
    /// Hash of the last one.
    pub(super) hash: BlockHash,
    /// How many bytes the encodings of its blocks have together, if the peer says so.
    pub(super) bytes: Option<u64>,
    /// The work of all blocks together, if the peer says so.
    pub(super) work: Option<Work>,
}

impl PeerTip {
    /// Whether the peer says that its chain has more work than the one that ends at `own`. Where no work is told, it is the number
    /// of blocks.
    pub(super) fn claims_more_work_than(&self, own: &Tip) -> bool {
        self.work.unwrap_or_else(|| self.length.into()) > own.work
    }
}

/// What a B-Coin peer says of itself, as far as it can be read.
pub(super) struct StatusOfPeer {
    pub(super) tip: PeerTip,
    pub(super) network: TheirNetwork,
    pub(super) name: Option<String>,
    pub(super) node_address: Option<String>,
    pub(super) miner: Option<String>,
    pub(super) mining: Option<MiningJson>,
    pub(super) last_mined: Option<MinedPoint>,
}

/// The part of a peer's status that is read. Members that only describe may be missing, or of another kind in a later program.
#[derive(Deserialize)]
pub(super) struct RawStatus {
    length: u64,
    tip: Point,
    chain_bytes: Option<u64>,
    #[serde(default)]
    name: Described<String>,
    #[serde(default)]
    node_address: Described<String>,
    #[serde(default)]
    miner: Described<String>,
    #[serde(default)]
    mining: Described<MiningJson>,
    #[serde(default)]
    last_mined: Described<MinedPoint>,
    #[serde(default)]
    rules: Described<String>,
    #[serde(default)]
    room: Described<String>,
    #[serde(default)]
    genesis: Described<String>,
    #[serde(default)]
    work: Described<String>,
}

/// A value that is none when it cannot be read.
struct Described<T>(Option<T>);

impl<T> Default for Described<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for Described<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        Ok(Self(serde_json::from_str(raw.get()).ok()))
    }
}

impl RawStatus {
    /// None when length and tip do not fit each other.
    pub(super) fn read(self) -> Option<StatusOfPeer> {
        let hash = BlockHash::from_lower_hex(self.tip.hash.as_bytes())?;
        let is_consistent = (1..=MAX_INTEGER).contains(&self.length) && self.tip.index == self.length;
        let shown = |text: &String| text.chars().count() <= Transaction::MAX_NAME;
        let work = self.work.0.as_deref().and_then(read_work);
        is_consistent.then(|| StatusOfPeer {
            tip: PeerTip { length: self.length, hash, bytes: self.chain_bytes, work },
            network: TheirNetwork::new(self.rules.0, self.room.0, self.genesis.0.as_deref()),
            name: self.name.0.filter(|name| name.parse::<NodeName>().is_ok()),
            node_address: self.node_address.0.filter(shown),
            miner: self.miner.0.filter(shown),
            mining: self.mining.0,
            last_mined: self.last_mined.0.filter(|mined| {
                BlockHash::from_lower_hex(mined.hash.as_bytes()).is_some() && (1..=MAX_INTEGER).contains(&mined.index)
            }),
        })
    }
}
