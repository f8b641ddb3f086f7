//! A chain of a million blocks of the sound rules: opening it, checking it, and asking for an account beside a chain of a hundred.

use std::{path::Path, sync::Arc, time::Instant};

use bcoin_ledger::{
    Rules as _, Workers,
    sound::{
        Address, CheckedBlock, HeaderChain, Note, PublicKey, Receiver, SecretKey, Sound, mempool::Mempool,
        search::search,
    },
};
use bcoin_node::now;
use bcoin_testkit::{
    Process, process,
    sound::{instant, key},
};

use crate::{
    folder::Folder,
    load::Load,
    process::{sound_node, verify_sound},
    room::ROOM,
    rounds::{Measure, medians},
    stage::Stage,
    table::{Rate, Row},
};

const LONG: usize = 1_000_000;
const SHORT: usize = 100;
/// How many blocks are written in one commit.
const BATCH: usize = 100_000;
/// How many keys are paid, in turn, for nine of ten blocks.
const PAYEES: usize = 100_000;
/// One key is paid for the first of so many blocks, and the account that is asked for.
const ITS_BLOCKS: usize = 10;
const CONNECTIONS: usize = 16;
const ROUNDS: usize = 7;
const OPENINGS: usize = 3;

pub fn rows(stage: &Stage) -> Vec<Row> {
    let (long, short) = (stage.new_folder(), stage.new_folder());
    let begun = Instant::now();
    let payees = Payees::new();
    payees.write(&long, LONG);
    payees.write(&short, SHORT);
    eprintln!("  made in {:.0?}", begun.elapsed());
    let mut rows = opening(&long);
    let (long, short) = (sound_node(ROOM, &long), sound_node(ROOM, &short));
    let [at_long, at_short] = medians(ROUNDS, [&long, &short].map(|node| Some(asking(node))));
    let rate = |rate: f64| Rate::new(rate, "requests");
    rows.push(Row::rates(
        "an account at 1,000,000 blocks",
        rate(at_long.unwrap_or_default()),
        "at 100 blocks",
        at_short.map(rate),
        0.9,
    ));
    rows
}

fn opening(folder: &Path) -> Vec<Row> {
    let mut most = 0;
    let [seconds] = medians(
        OPENINGS,
        [Some(Box::new(|| {
            let begun = Instant::now();
            let node = sound_node(ROOM, folder);
            let seconds = begun.elapsed().as_secs_f64();
            most = most.max(process::memory(node.id(), "VmHWM").unwrap_or_default());
            node.terminate().expect("the node ends");
            seconds
        }) as _)],
    );
    let begun = Instant::now();
    assert!(verify_sound(ROOM, folder), "nothing is wrong");
    eprintln!("  bcoin verify: {:.1?}", begun.elapsed());
    vec![
        Row::bound("opening 1,000,000 blocks", seconds.unwrap_or_default(), 10.0, "s"),
        Row::bound("the same, most resident memory", most as f64 / f64::from(1 << 20), 150.0, "MiB"),
    ]
}

fn asking(node: &Process) -> Measure<'_> {
    let path = format!("/api/v1/accounts/{}?limit=10", Address::from(its_key()));
    let load = Load::get(node.address(), &path, CONNECTIONS);
    Box::new(move || load.round())
}

fn its_key() -> PublicKey {
    key(1)
}

/// A network, and those who are paid for its blocks.
struct Payees {
    rules: Sound,
    keys: Vec<PublicKey>,
}

impl Payees {
    fn new() -> Self {
        let key = |number: usize| {
            let mut bytes = [2; 32];
            bytes[24..].copy_from_slice(&(number as u64).to_be_bytes());
            SecretKey::from_bytes(bytes).expect("a key").public_key()
        };
        Self { rules: instant(ROOM), keys: (0..PAYEES).map(key).collect() }
    }

    /// Writes a chain with so many blocks after the genesis block into a folder.
    fn write(&self, folder: &Path, blocks: usize) {
        let mut data = Folder::open(&self.rules, folder);
        let mut ancestors = *data.blockchain.ancestors();
        for begin in (0..blocks).step_by(BATCH) {
            let numbers = begin..blocks.min(begin + BATCH);
            data.extend(numbers.map(|number| self.next(&mut ancestors, number)));
        }
    }

    fn next(&self, ancestors: &mut HeaderChain, number: usize) -> CheckedBlock {
        let key = if number.is_multiple_of(ITS_BLOCKS) { its_key() } else { self.keys[number % PAYEES] };
        let (receiver, now) = (Receiver { key, note: Note::default(), extranonce: 0 }, now());
        let nothing = Mempool::default();
        let job = self.rules.job(ancestors, &nothing, &receiver, now);
        // Every second header is a solution: no second core is worth its start.
        let found = search(Arc::new(job.clone()), job.start(), Workers::on(1), || false).expect("a solution");
        let block = self.rules.seal(job, found.solution, &nothing, now);
        let block = self.rules.check(Some(ancestors), block, now).expect("a right block");
        *ancestors = self.rules.extend(Some(ancestors), &block);
        block
    }
}
