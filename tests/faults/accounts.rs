//! Records what a node has acknowledged, and compares it with what the node serves later.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    time::Instant,
};

use serde_json::Value;

use super::{chain::Chain, tally::Tally};

/// The sender of the transactions that are counted.
pub const SENDER: &str = "Alice";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    /// There was no answer, or one that does not say whether it was taken.
    Unknown,
    /// It has to be in the chain, once.
    Acknowledged,
    /// It must not be in the chain.
    Refused,
}

/// A block that the node has shown to a client.
struct Shown {
    index: u64,
    block: Value,
    asked: Instant,
}

pub struct Accounts {
    tally: Tally,
    transactions: BTreeMap<u64, Fate>,
    shown: Vec<Shown>,
    /// Until when a replacement may have disconnected blocks.
    replaced: Option<Instant>,
    peers: BTreeSet<String>,
    /// The highest index that the node has shown.
    pub length: u64,
}

impl Accounts {
    pub fn new(tally: Tally) -> Self {
        Self {
            tally,
            transactions: BTreeMap::new(),
            shown: Vec::new(),
            replaced: None,
            peers: BTreeSet::new(),
            length: 0,
        }
    }

    /// The amount of the next transaction. It identifies the transaction, so no two are equal.
    pub fn next_amount(&self) -> u64 {
        // 1 is the amount of a reward.
        self.transactions.last_key_value().map_or(2, |(last, _)| last + 1)
    }

    pub fn new_transaction(&mut self) -> u64 {
        let amount = self.next_amount();
        self.transactions.insert(amount, Fate::Unknown);
        amount
    }

    pub fn transaction_taken(&mut self, amount: u64) {
        self.tally.acknowledged();
        self.transactions.insert(amount, Fate::Acknowledged);
    }

    pub fn transaction_refused(&mut self, amount: u64) {
        self.transactions.insert(amount, Fate::Refused);
    }

    /// `block` was served to someone who had `asked` for it at that time.
    pub fn block_shown(&mut self, asked: Instant, block: Value) {
        let index = block["index"].as_u64().unwrap_or(0);
        self.length = self.length.max(index);
        self.tally.acknowledged();
        self.shown.push(Shown { index, block, asked });
    }

    /// A replacement took place, or may have, before now.
    pub fn replaced(&mut self) {
        self.replaced = Some(Instant::now());
    }

    pub fn peer_acknowledged(&mut self, peer: &str) {
        if self.peers.insert(peer.to_owned()) {
            self.tally.acknowledged();
        }
    }

    /// Every block that was shown is still in the chain, unless a replacement may have disconnected it.
    pub fn check_blocks(&mut self, chain: &Chain) {
        for Shown { index, block, asked } in self.shown.drain(..) {
            let may_be_disconnected = self.replaced.is_some_and(|until| asked < until);
            if chain.block(index) != Some(&block) && !may_be_disconnected {
                self.tally.lost(&format!("block {index} of a chain that now has {}: {block}", chain.length()));
            }
        }
        // The blocks are linked, so the last one identifies them all.
        self.shown.push(Shown { index: chain.length(), block: chain.tip().clone(), asked: Instant::now() });
        self.length = chain.length();
    }

    /// Every transaction is in the chain as often as it has to be. To be called when the mempool is empty and no request is open.
    pub fn check_transactions(&mut self, chain: &Chain) {
        let mut found = HashMap::<u64, u64>::new();
        for amount in chain.amounts(SENDER) {
            *found.entry(amount).or_default() += 1;
        }
        for (amount, fate) in &mut self.transactions {
            let times = found.remove(amount).unwrap_or(0);
            match (*fate, times) {
                (Fate::Acknowledged, 1) | (Fate::Refused, 0) => {}
                (Fate::Unknown, 0) => *fate = Fate::Refused,
                (Fate::Unknown, 1) => *fate = Fate::Acknowledged,
                (Fate::Acknowledged, 0) => self.tally.lost(&format!("payment {amount}")),
                (_, _) => self.tally.wrong(&format!("payment {amount}, {fate:?}, is in the chain {times} times")),
            }
        }
        for amount in found.keys() {
            self.tally.wrong(&format!("payment {amount} is in the chain, and nobody made it"));
        }
    }

    pub fn check_peers(&self, served: &[String]) {
        for peer in self.peers.iter().filter(|peer| !served.contains(peer)) {
            self.tally.lost(&format!("peer {peer}"));
        }
    }
}
