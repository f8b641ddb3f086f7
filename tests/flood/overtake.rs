//! A long branch that is sent block by block, and overtakes a chain of 20.

use std::time::Instant;

use bcoin_testkit::cheap::End;

use crate::{attacker::Attacker, besieged::Besieged};

/// How many blocks the node has mined before.
const OWN: u64 = 20;
/// The most bytes on the disk.
const MAX_DISK: u64 = 64 << 20;

/// Returns whether it overtook, and the memory and the disk stayed within their bounds.
pub async fn a_long_branch_block_by_block(long: bool) -> bool {
    let blocks = if long { 10_000 } else { 1_000 };
    println!("a branch of {blocks} blocks, block by block");
    let mut besieged = Besieged::start();
    let http = besieged.process.http();
    for _ in 0..OWN {
        http.mine().await;
    }
    let mut attacker = Attacker::new(besieged.process.address(), &besieged.rules, 2);
    let mut end = End::genesis(&besieged.rules);
    let began = Instant::now();
    for _ in 0..blocks {
        let number = attacker.next_number();
        let block = end.next(&besieged.rules, number, &[]);
        attacker.extend(&block).await;
        end = block.end;
    }
    println!("  taken in                    {:.1?}", began.elapsed());
    let status = http.get("/api/v1/status").await.json();
    let overtook = status["tip"]["hash"] == end.hash.to_string() && status["length"] == blocks + 1;
    let good = besieged.is_within(MAX_DISK);
    let (_, found) = besieged.restart();
    // What it has overtaken stays beside it.
    good && overtook && found.blocks == OWN
}
