//! Blocks beside the chain that are as long as a block may be: each holds thousands of transfers that nobody could pay, which shows
//! only when a block enters the chain. Their signatures have to be right, so they cost the node more than their maker.

use std::time::Instant;

use bcoin_ledger::sound::{MAX_BLOCK_BYTES, Transfer};
use bcoin_node::MAX_SIDE_BYTES;
use bcoin_testkit::sound::{FEE, transfer};

use crate::{
    attacker::{Answers, Attacker},
    besieged::Besieged,
    customer::Customer,
};

/// How many of the shortest transfers a block has room for, beside its header and its reward.
pub const TRANSFERS: u64 = (MAX_BLOCK_BYTES as u64 - 400) / FEE;
/// The most bytes on the disk: twice the bound of the blocks, because the file grows by doubling, and what the tables take.
const MAX_DISK: u64 = 3 * MAX_SIDE_BYTES;

/// Transfers of somebody who has nothing, that fill a block.
pub fn transfers(besieged: &Besieged) -> Vec<Transfer> {
    (0..TRANSFERS).map(|nonce| transfer(&besieged.rules, 7, 8, 1, FEE, nonce)).collect()
}

/// Returns whether the blocks, the memory and the disk stayed within their bounds.
pub async fn full_blocks_beside_the_chain(long: bool) -> bool {
    let count = if long { 300 } else { 5 };
    println!("full blocks beside the chain: {count}");
    let mut besieged = Besieged::with_a_chain().await;
    let transfers = transfers(&besieged);
    let customer = Customer::start(besieged.process.address(), &besieged.rules);
    let began = Instant::now();
    let mut attacker = Attacker::new(besieged.process.address(), &besieged.rules, 2);
    let mut answers = Answers::default();
    for _ in 0..count {
        let (parent, number) = (attacker.fork().await, attacker.next_number());
        let block = parent.next(&besieged.rules, number, &transfers);
        assert!(block.encoding.len() > MAX_BLOCK_BYTES - 1000);
        answers += attacker.offer(&block).await;
        besieged.look();
    }
    println!("  sent                        {} judged, in {:.1?}", answers.judged, began.elapsed());
    customer.end("under the flood ");
    let good = besieged.is_within(MAX_DISK);
    let (_, found) = besieged.restart();
    let fitting = MAX_SIDE_BYTES / MAX_BLOCK_BYTES as u64;
    good && found.bytes <= MAX_SIDE_BYTES && found.blocks >= answers.judged.min(fitting)
}
