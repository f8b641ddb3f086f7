//! Blocks that have to wait: orphans and early blocks, as many and as long as twenty sources may send. Nobody checks what they hold,
//! so they are the cheapest way to a node's memory.

use std::{sync::Arc, time::Instant};

use bcoin_node::now;
use tokio::task::JoinSet;

use crate::{
    attacker::{Answers, Attacker},
    besieged::Besieged,
    customer::Customer,
    full,
};

/// How many send.
const SOURCES: u8 = 20;
/// How far ahead of the clock an early block is, in seconds.
const AHEAD: u32 = 600;
/// The most bytes on the disk: nothing of all this is written down.
const MAX_DISK: u64 = 64 << 20;

/// Returns whether the memory and the disk stayed within their bounds, and whether the customer's blocks got in.
pub async fn blocks_that_have_to_wait(long: bool) -> bool {
    let each = if long { 40 } else { 3 };
    println!("orphans and early blocks: {each} full ones of each of {SOURCES} sources");
    let mut besieged = Besieged::with_a_chain().await;
    let (rules, address) = (besieged.rules.clone(), besieged.process.address());
    let transfers = Arc::new(full::transfers(&besieged));
    let customer = Customer::start(besieged.process.address(), &rules);
    let began = Instant::now();
    let mut attackers = JoinSet::new();
    for number in 0..SOURCES {
        let mut attacker = Attacker::new(address, &rules, 2 + number);
        let (rules, transfers) = (rules.clone(), transfers.clone());
        attackers.spawn(async move {
            let mut answers = Answers::default();
            for turn in 0..each {
                let (known, number) = (attacker.fork().await, attacker.next_number());
                let block = if turn % 2 == 0 {
                    // Nobody ever gets its parent.
                    known.next(&rules, number, &[]).end.next(&rules, number, &transfers)
                } else {
                    known.next_at(&rules, number, now().timestamp() as u32 + AHEAD, &transfers)
                };
                answers += attacker.offer(&block).await;
            }
            answers
        });
    }
    let mut answers = Answers::default();
    while let Some(ended) = attackers.join_next().await {
        answers += ended.unwrap();
        besieged.look();
    }
    let Answers { judged, aside, busy } = answers;
    println!("  sent                        {aside} aside, {busy} refused with 503, in {:.1?}", began.elapsed());
    customer.end("under the flood ");
    let good = besieged.is_within(MAX_DISK) && judged == 0;
    let (_, found) = besieged.restart();
    good && found.blocks == 0
}
