//! Verifying transfers, compared with libsecp256k1 alone, on one thread and on two.

use std::{hint::black_box, thread};

use bcoin_ledger::sound::{Transaction, Transfer, check_transfers};
use secp256k1::{XOnlyPublicKey, schnorr};

use crate::{
    room::{FULL_BLOCK, Room},
    rounds::{medians, rate},
    table::{Rate, Row},
};

const ROUNDS: usize = 15;
/// In a block of many transfers keys occur often: this is less than half of what may wait of one sender.
const TRANSFERS_PER_SENDER: usize = 10;

pub fn rows() -> Vec<Row> {
    let [one, two] = beside_bare(&Room::new(FULL_BLOCK / TRANSFERS_PER_SENDER));
    let [one_distinct, two_distinct] = beside_bare(&Room::new(FULL_BLOCK));
    let transfers = |rate: Option<f64>| rate.map(|rate| Rate::new(rate, "transfers"));
    let row = |work, [ours, bare]: [Option<f64>; 2]| {
        let ours = transfers(ours).unwrap_or(Rate::new(0.0, "transfers"));
        Row::rates(work, ours, "bare libsecp256k1", transfers(bare), 0.9)
    };
    vec![
        row("transfers verified on one thread, ten of each sender", one),
        row("the same on two threads", two),
        row("transfers verified on one thread, no key twice", one_distinct),
        row("the same on two threads", two_distinct),
    ]
}

/// The rate of the check and that of libsecp256k1, on one thread and on two.
fn beside_bare(room: &Room) -> [[Option<f64>; 2]; 2] {
    let transfers = room.transfers(FULL_BLOCK);
    let bare = Bare::new(room, &transfers);
    let raw: Vec<Transaction> = transfers.into_iter().map(Transaction::Transfer).collect();
    let check = |threads| {
        let checked = check_transfers(room.rules.network().sighash_engine(), black_box(&raw).clone(), threads);
        black_box(checked.expect("signed transfers")).len() as u64
    };
    let [one, bare_one, two, bare_two] = medians(
        ROUNDS,
        [
            Some(Box::new(|| rate(1, || check(1))) as _),
            Some(Box::new(|| rate(1, || bare.verify(1))) as _),
            Some(Box::new(|| rate(1, || check(2))) as _),
            Some(Box::new(|| rate(1, || bare.verify(2))) as _),
        ],
    );
    [[one, bare_one], [two, bare_two]]
}

/// What libsecp256k1 needs to verify the signatures of transfers: keys, messages and signatures.
pub struct Bare(Vec<([u8; 32], [u8; 32], [u8; 64])>);

impl Bare {
    /// Hashes the messages.
    pub fn new(room: &Room, transfers: &[Transfer]) -> Self {
        let signing = room.rules.network().sighash_engine();
        let parts = |transfer: &Transfer| {
            (transfer.sender.to_bytes(), transfer.sighash(signing), transfer.signature.to_bytes())
        };
        Self(transfers.iter().map(parts).collect())
    }

    /// Reads every key and verifies its signature, on so many threads; returns how many there are.
    pub fn verify(&self, threads: usize) -> u64 {
        let all_fit = thread::scope(|scope| {
            let mut parts = self.0.chunks(self.0.len().div_ceil(threads));
            let first = parts.next();
            let others: Vec<_> = parts.map(|part| scope.spawn(|| all_fit(part))).collect();
            let first = first.is_none_or(all_fit);
            others.into_iter().all(|part| part.join().expect("no panic")) && first
        });
        assert!(all_fit, "signed transfers");
        self.0.len() as u64
    }
}

fn all_fit(part: &[([u8; 32], [u8; 32], [u8; 64])]) -> bool {
    part.iter().all(|(key, message, signature)| {
        let key = XOnlyPublicKey::from_byte_array(*key).expect("a key");
        schnorr::verify(&schnorr::Signature::from_byte_array(*signature), black_box(message), &key).is_ok()
    })
}
