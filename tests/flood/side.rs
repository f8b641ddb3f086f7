//! Cheap blocks beside the chain: by one who sends more than one may have there, and by twenty who together send more than there may
//! be.

use std::time::{Duration, Instant};

use bcoin_node::{MAX_SIDE_BLOCKS, MAX_SIDE_BLOCKS_OF_SOURCE};
use tokio::{task::JoinSet, time::sleep};

use crate::{
    attacker::{Answers, Attacker},
    besieged::Besieged,
    customer::{self, Customer},
};

/// How many send together.
const SOURCES: u8 = 20;
/// The most bytes on the disk: the bound of the blocks, each with what the tables keep of it, and what they leave free.
const MAX_DISK: u64 = 512 << 20;

/// Returns whether the blocks, the memory and the disk stayed within their bounds.
pub async fn cheap_blocks_beside_the_chain(long: bool) -> bool {
    let (alone, each) = if long { (40_000, 16_000) } else { (3_000, 350) };
    println!("cheap blocks beside the chain: {alone} of one source, then {} of {SOURCES}", each * u64::from(SOURCES));
    let mut besieged = Besieged::with_a_chain().await;
    customer::quiet(besieged.process.address(), &besieged.rules).await;
    flood(&mut besieged, 1, alone).await;
    let mut good = besieged.is_within(MAX_DISK);
    let (mut besieged, found) = besieged.restart();
    good &= found.blocks == alone.min(MAX_SIDE_BLOCKS_OF_SOURCE);

    flood(&mut besieged, SOURCES, each).await;
    good &= besieged.is_within(MAX_DISK);
    let sent = found.blocks + each * u64::from(SOURCES);
    let (_, found) = besieged.restart();
    good && found.blocks == sent.min(MAX_SIDE_BLOCKS)
}

/// Floods the node from so many sources, while a customer goes on.
async fn flood(besieged: &mut Besieged, sources: u8, each: u64) {
    let (address, rules) = (besieged.process.address(), besieged.rules.clone());
    let customer = Customer::start(besieged.process.address(), &rules);
    let began = Instant::now();
    let mut attackers = JoinSet::new();
    for number in 0..sources {
        // 127.0.0.1 is the customer's address, and 127.0.0.2 that of whoever comes alone.
        let number = if sources == 1 { 2 } else { 3 + number };
        attackers.spawn(Attacker::new(address, &rules, number).flood(each));
    }
    let mut answers = Answers::default();
    while !attackers.is_empty() {
        while let Some(ended) = attackers.try_join_next() {
            answers += ended.unwrap();
        }
        besieged.look();
        sleep(Duration::from_millis(100)).await;
    }
    let took = began.elapsed();
    let Answers { judged, aside, busy } = answers;
    println!("  sent                        {judged} judged, {aside} aside, {busy} refused with 503, in {took:.1?}");
    customer.end("under the flood ");
}
