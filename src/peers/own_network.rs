//! The network that a node belongs to, and whether a peer belongs to it too (docs/sound-rules.md section 2).

use std::fmt;

use bcoin_ledger::BlockHash;

use super::{
    error::{BrokenRule, PeerError},
    exchange::Exchange,
    observer::LastBlock,
};

/// The rules that a node follows whose status does not name them: those of earlier programs.
const UNNAMED_RULES: &str = "chapter";
/// How many digits of a first block's hash are shown where rooms are told apart.
const SHOWN_DIGITS: usize = 8;
/// How many characters of the names that a peer gives its rules and its room are kept.
const MAX_NAME: usize = 40;

/// The network that a node belongs to.
#[derive(Clone, Debug)]
pub struct OwnNetwork {
    rules: &'static str,
    /// None when chains may begin with different blocks.
    room: Option<Room>,
    /// Whether a node also has blocks that are not in its chain.
    grows_branches: bool,
    /// Whether the work of a chain is told beside its length.
    tells_work: bool,
    last_block: fn(&[u8]) -> Result<LastBlock, BrokenRule>,
}

/// What tells apart the networks that follow the same rules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Room {
    /// How it is called, if that is known.
    pub name: Option<String>,
    /// Hash of its first block.
    pub genesis: BlockHash,
}

/// The network of a peer, as the peer says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct TheirNetwork {
    rules: Option<String>,
    room: Option<Room>,
}

impl OwnNetwork {
    /// That of a node under `rules`, with a room of this name if there are rooms. `last_block` reads a block that was stored.
    pub(super) fn of<R: Exchange>(
        rules: &R,
        room: Option<&str>,
        last_block: fn(&[u8]) -> Result<LastBlock, BrokenRule>,
    ) -> Self {
        let room = rules.genesis_hash().map(|genesis| Room { name: room.map(Into::into), genesis });
        Self { rules: R::NAME, room, grows_branches: R::GROWS_BRANCHES, tells_work: R::TELLS_WORK, last_block }
    }

    /// Whether a node also has blocks that are not in its chain: that it has a block does not say that its chain holds it.
    pub(super) fn grows_branches(&self) -> bool {
        self.grows_branches
    }

    /// Whether the work of a chain is told beside its length, because blocks have different work.
    pub(super) fn tells_work(&self) -> bool {
        self.tells_work
    }

    /// What is told of a block that this node has stored.
    pub(super) fn last_block(&self, encoding: &[u8]) -> Result<LastBlock, BrokenRule> {
        (self.last_block)(encoding)
    }

    /// Judges whether a peer belongs to this network.
    ///
    /// # Errors
    /// To which one it belongs.
    pub(super) fn check(&self, theirs: &TheirNetwork) -> Result<(), PeerError> {
        let rules = theirs.rules.as_deref().unwrap_or(UNNAMED_RULES);
        if rules != self.rules {
            return Err(PeerError::OtherRules { own: self.rules, theirs: rules.to_owned() });
        }
        match (&self.room, &theirs.room) {
            (Some(own), Some(theirs)) if own.genesis == theirs.genesis => Ok(()),
            (Some(own), Some(theirs)) => Err(PeerError::OtherNetwork { own: own.clone(), theirs: theirs.clone() }),
            (Some(_), None) => Err(PeerError::NotANode("its status names no genesis block".into())),
            (None, _) => Ok(()),
        }
    }

    /// Judges whether a node that has the printed routes alone can belong to this network.
    ///
    /// # Errors
    /// When it cannot.
    pub(super) fn check_listing(&self) -> Result<(), PeerError> {
        self.check(&TheirNetwork::default())
    }
}

impl TheirNetwork {
    /// The network of a peer whose status has these members.
    pub(super) fn new(rules: Option<String>, room: Option<String>, genesis: Option<&str>) -> Self {
        let short = |text: String| text.chars().take(MAX_NAME).collect();
        let genesis = genesis.and_then(|genesis| BlockHash::from_lower_hex(genesis.as_bytes()));
        Self { rules: rules.map(short), room: genesis.map(|genesis| Room { name: room.map(short), genesis }) }
    }
}

/// The name, and the first block, because rooms with other rewards may have the same name.
impl fmt::Display for Room {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits: String = self.genesis.to_string().chars().take(SHOWN_DIGITS).collect();
        match &self.name {
            Some(name) => write!(f, "{name:?} (first block {digits}...)"),
            None => write!(f, "with the first block {digits}..."),
        }
    }
}
