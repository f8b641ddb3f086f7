//! Connecting a full block, from its bytes to the accounts, compared with its signatures alone.

use std::{hint::black_box, thread, time::Instant};

use bcoin_ledger::Rules as _;
use bcoin_node::now;

use crate::{
    room::{FULL_BLOCK, Room, trusted},
    rounds::medians,
    signatures::Bare,
    table::Row,
};

const ROUNDS: usize = 15;
/// The block may take 1.3 times as long as its signatures.
const LEAST: f64 = 0.77;

pub fn rows() -> Vec<Row> {
    let room = Room::new(FULL_BLOCK);
    let transfers = room.transfers(FULL_BLOCK);
    let bytes = room.block(&trusted(&transfers).into_iter().collect()).encode();
    let bare = Bare::new(&room, &transfers);
    let threads = thread::available_parallelism().map_or(1, Into::into);
    let [block, bare] = medians(
        ROUNDS,
        [
            Some(Box::new(|| connect(&room, &bytes)) as _),
            Some(Box::new(|| {
                let begun = Instant::now();
                bare.verify(threads);
                begun.elapsed().as_secs_f64()
            }) as _),
        ],
    );
    vec![Row::times(
        "connecting a block of 6,000 transfers",
        block.unwrap_or_default(),
        "bare libsecp256k1, on as many threads",
        bare,
        LEAST,
    )]
}

/// Seconds from the bytes of the next block to the accounts after it.
fn connect(room: &Room, bytes: &[u8]) -> f64 {
    let mut accounts = room.accounts();
    let begun = Instant::now();
    let block = room.rules.decode(black_box(bytes)).expect("a block");
    let checked = room.rules.check(Some(&room.ancestors), block, now()).expect("a right block");
    room.rules.connect(&mut accounts, &checked, None).expect("transfers that are covered");
    let seconds = begun.elapsed().as_secs_f64();
    assert_eq!(checked.transfers().len(), FULL_BLOCK);
    seconds
}
