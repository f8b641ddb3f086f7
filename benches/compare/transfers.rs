//! Sending signed transfers. B-Coin answers when a transfer is on the disk; the bare handler verifies the signature and forgets it.

use bcoin_ledger::sound::Transfer;
use bcoin_testkit::{Process, sound::transfer_json};

use crate::{
    folder::Folder,
    funded::Funded,
    load, once,
    process::{bare, sound_node},
    room::ROOM,
    rounds::medians,
    stage::Stage,
    table::{Rate, Row},
};

const ROUNDS: usize = 7;
const CONNECTIONS: usize = 128;
/// Of each sender, all transfers go over one connection: their nonces have to arrive in order.
const SENDERS_PER_CONNECTION: usize = 15;
const SENDERS: usize = CONNECTIONS * SENDERS_PER_CONNECTION;
/// How many transfers each sender sends in a round. No more than 25 of one sender may wait.
const NONCES_PER_ROUND: usize = 10;
const PER_ROUND: usize = SENDERS * NONCES_PER_ROUND;
/// More than the blocks that hold what is sent in a round.
const MAX_BLOCKS: usize = 20;

pub fn rows(stage: &Stage) -> Vec<Row> {
    let funded = Funded::new(SENDERS);
    let folder = stage.new_folder();
    Folder::open(&funded.room.rules, &folder).extend(funded.blocks);
    // One round more than is counted.
    let transfers = funded.room.transfers(PER_ROUND * (ROUNDS + 1));
    let (node, bare) = (sound_node(ROOM, &folder), bare(&stage.short_chain()));
    let (mut rounds, mut same_rounds) = (transfers.chunks(PER_ROUND), transfers.chunks(PER_ROUND));
    let [bcoin, bare] = medians(
        ROUNDS,
        [
            Some(Box::new(|| {
                let rate = send(&node, "/add_transaction", rounds.next().expect("a round"));
                mine_all(&node);
                rate
            }) as _),
            Some(Box::new(|| send(&bare, "/add_transfer", same_rounds.next().expect("a round"))) as _),
        ],
    );
    let rate = |rate: f64| Rate::new(rate, "transfers");
    vec![Row::rates(
        "durable signed transfers, 128 connections",
        rate(bcoin.unwrap_or_default()),
        "bare axum handler, verified and not kept",
        bare.map(rate),
        0.5,
    )]
}

/// Sends transfers that come one sender after the other, from the first one on again when all have sent.
fn send(server: &Process, path: &str, transfers: &[Transfer]) -> f64 {
    let mut connections = vec![Vec::new(); CONNECTIONS];
    for (number, transfer) in transfers.iter().enumerate() {
        connections[number % SENDERS / SENDERS_PER_CONNECTION].push(transfer_json(transfer).to_string());
    }
    load::post_all(server.address(), path, &connections)
}

/// Mines until nothing waits, so that the mempool never gets full.
fn mine_all(node: &Process) {
    for _ in 0..MAX_BLOCKS {
        once::request(node.address(), "GET", "/mine_block", "");
        let pending = once::request(node.address(), "GET", "/api/v1/pending?limit=1", "").text;
        if pending.contains("\"total\": 0") || pending.contains("\"total\":0") {
            return;
        }
    }
    panic!("transfers wait after {MAX_BLOCKS} blocks");
}
