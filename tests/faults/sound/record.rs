//! Records what a node under the sound rules has acknowledged, and compares it with what the node serves later.

use std::collections::{BTreeMap, HashMap, HashSet};

use bcoin_ledger::sound::Transfer;

use super::chain::Chain;
use crate::tally::Tally;

/// How many transfers of one sender may wait.
pub const MAX_WAITING_OF_SENDER: u64 = 25;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    /// There was no answer, or one that does not say whether it was taken.
    Unknown,
    /// It has to be in the chain once, to wait, or to be gone for a reason that the node names.
    Acknowledged,
    /// It must be nowhere.
    Refused,
    /// A block that was made elsewhere holds it.
    Elsewhere,
}

struct Sent {
    /// The key of the sender, and the nonce.
    turn: ([u8; 32], u64),
    fee: u64,
    fate: Fate,
}

pub struct Record {
    tally: Tally,
    sent: HashMap<String, Sent>,
    /// The ids of each turn of a sender. More than one are rivals.
    turns: HashMap<([u8; 32], u64), Vec<String>>,
    /// The hashes of the blocks that the node has shown or taken since they were looked at last.
    blocks: Vec<String>,
    /// The highest index that the node has shown. Under these rules every block has the same work.
    length: usize,
    /// How many reorganisations the node has acknowledged.
    reorganisations: u64,
    /// How many transfers were gone when they were looked for, by the reason.
    gone: BTreeMap<String, u64>,
}

/// What a node serves at one moment.
pub struct Served {
    pub chain: Chain,
    /// The ids of what waits.
    pub waiting: HashSet<String>,
    /// Why those are gone that were looked for: their ids, and the reason, or none when the node does not know them.
    pub gone: HashMap<String, Option<String>>,
}

impl Record {
    pub fn new(tally: Tally) -> Self {
        Self {
            tally,
            sent: HashMap::new(),
            turns: HashMap::new(),
            blocks: Vec::new(),
            length: 0,
            reorganisations: 0,
            gone: BTreeMap::new(),
        }
    }

    /// An amount that no transfer has yet, so that no two are the same.
    pub fn next_amount(&self) -> u64 {
        1 + self.sent.len() as u64
    }

    /// A transfer is about to be sent.
    pub fn sending(&mut self, transfer: &Transfer) {
        self.add(transfer, Fate::Unknown);
    }

    /// A block that is made elsewhere holds this transfer.
    pub fn made_elsewhere(&mut self, transfer: &Transfer) {
        self.add(transfer, Fate::Elsewhere);
    }

    fn add(&mut self, transfer: &Transfer, fate: Fate) {
        let (id, turn) = (transfer.id().to_string(), (transfer.sender.to_bytes(), transfer.nonce));
        self.turns.entry(turn).or_default().push(id.clone());
        self.sent.insert(id, Sent { turn, fee: transfer.fee, fate });
    }

    pub fn taken(&mut self, transfer: &Transfer) {
        self.tally.acknowledged();
        self.decide(&transfer.id().to_string(), Fate::Acknowledged);
    }

    pub fn refused(&mut self, transfer: &Transfer) {
        self.decide(&transfer.id().to_string(), Fate::Refused);
    }

    fn decide(&mut self, id: &str, fate: Fate) {
        if let Some(sent) = self.sent.get_mut(id) {
            sent.fate = fate;
        }
    }

    /// The node has shown a block of its chain, or said that it has one.
    pub fn block_shown(&mut self, hash: &str) {
        self.tally.acknowledged();
        self.blocks.push(hash.to_owned());
    }

    /// The node has shown that its chain has this length.
    pub fn length_shown(&mut self, length: usize) {
        self.length = self.length.max(length);
    }

    pub fn reorganised(&mut self) {
        self.reorganisations += 1;
    }

    /// What was looked at, in a line.
    pub fn summary(&self) -> String {
        let gone: Vec<_> = self.gone.iter().map(|(why, count)| format!("{count} {why}")).collect();
        let gone = if gone.is_empty() { "none".into() } else { gone.join(", ") };
        let (sent, reorganisations) = (self.sent.len(), self.reorganisations);
        format!("{sent} transfers made, of which are gone: {gone}; {reorganisations} reorganisations acknowledged")
    }

    /// The blocks that were shown and that this chain lacks: they are beside it.
    pub fn blocks_beside(&mut self, chain: &Chain) -> Vec<String> {
        let active: HashSet<_> = chain.blocks.iter().map(|block| block.hash.as_str()).collect();
        self.blocks.drain(..).filter(|hash| !active.contains(hash.as_str())).collect()
    }

    /// The ids of acknowledged transfers that are neither in the chain nor waiting.
    pub fn not_found(&self, chain: &Chain, waiting: &HashSet<String>) -> Vec<String> {
        let ids = chain.ids();
        let acknowledged = self.sent.iter().filter(|(_, sent)| sent.fate == Fate::Acknowledged);
        let absent = acknowledged.filter(|(id, _)| !ids.contains_key(id.as_str()) && !waiting.contains(*id));
        absent.map(|(id, _)| id.clone()).collect()
    }

    /// Compares everything. To be called when no request is open.
    pub fn check(&mut self, served: &Served) {
        let Served { chain, waiting, gone } = served;
        if chain.length() < self.length {
            self.tally.lost(&format!("the chain had {} blocks, and has {}", self.length, chain.length()));
        }
        self.length = chain.length();
        let ids = chain.ids();
        for id in ids.keys().copied().chain(waiting.iter().map(String::as_str)) {
            match self.sent.get_mut(id) {
                None => {
                    self.tally.wrong(&format!("the transfer {id} is there, and nobody made it"));
                }
                Some(sent) if sent.fate == Fate::Refused => {
                    self.tally.wrong(&format!("the transfer {id} is there, and was refused"));
                }
                Some(sent) if sent.fate == Fate::Unknown => sent.fate = Fate::Acknowledged,
                _ => {}
            }
        }
        for (id, (index, times)) in &ids {
            if *times != 1 || waiting.contains(*id) {
                self.tally.wrong(&format!("the transfer {id} of block {index} is there more than once"));
            }
        }
        for sent in self.sent.values_mut().filter(|sent| sent.fate == Fate::Unknown) {
            // The process that might have taken it has ended.
            sent.fate = Fate::Refused;
        }
        self.gone.clear();
        for (id, why) in gone {
            *self.gone.entry(why.clone().unwrap_or_else(|| "unknown".into())).or_default() += 1;
            self.check_gone(id, why.as_deref());
        }
    }

    /// Whether a transfer may be gone for this reason. Nobody lacks money, and no mempool is full. When blocks with many transfers of
    /// one sender leave the chain, no more of them wait again than may wait of one sender.
    fn check_gone(&self, id: &str, why: Option<&str>) {
        let Some(sent) = self.sent.get(id) else { return };
        let rivals = self.turns.get(&sent.turn).into_iter().flatten().filter(|rival| *rival != id);
        let mut rivals = rivals.filter_map(|rival| self.sent.get(rival));
        let is_right = match why {
            None => return self.tally.lost(&format!("the transfer {id}")),
            Some("replaced") => rivals.any(|rival| rival.fee > sent.fee && rival.fate != Fate::Elsewhere),
            Some("evicted") => sent.turn.1 >= MAX_WAITING_OF_SENDER,
            Some("invalid" | "undone") => sent.turn.1 >= MAX_WAITING_OF_SENDER || rivals.next().is_some(),
            Some(_) => false,
        };
        if !is_right {
            self.tally.lost(&format!("the transfer {id} is gone, and said to be {why:?}"));
        }
    }
}
