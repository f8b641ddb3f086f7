//! A network of the sound rules whose senders have money.

use bcoin_ledger::sound::{CheckedBlock, mempool::MAX_PER_SENDER};
use bcoin_node::now;
use bcoin_testkit::sound::{Branch, secret};
use chrono::TimeDelta;

use crate::room::Room;

/// The number of the key that gets the first rewards and gives a coin to each sender.
const BANK: u8 = 1;
/// How many blocks come before those with its transfers: two of their rewards have matured by then.
const EMPTY_BLOCKS: usize = 12;

/// The network, and its chain after the genesis block.
pub struct Funded {
    pub room: Room,
    pub blocks: Vec<CheckedBlock>,
    pub branch: Branch,
}

impl Funded {
    /// A network with so many senders, and as many other keys that receive.
    pub fn new(senders: usize) -> Self {
        let room = Room::new(senders);
        let mut branch = Branch::new(&room.rules, BANK, now() - TimeDelta::hours(1));
        let mut blocks: Vec<_> = (0..EMPTY_BLOCKS).map(|_| branch.mine(&[])).collect();
        let funding = room.funding(&secret(BANK));
        // A template takes no more of one sender.
        blocks.extend(funding.chunks(MAX_PER_SENDER).map(|transfers| branch.mine(transfers)));
        Self { room, blocks, branch }
    }
}
