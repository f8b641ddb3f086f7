//! Searches of headers, held against the plain SHA-256 of the SHA-256.

use std::{
    sync::atomic::{AtomicUsize, Ordering},
    thread,
    time::Duration,
};

use bcoin_testkit::random::Random;

use super::*;
use crate::{
    chapter::puzzle,
    sound::{HEADER_BYTES, MerkleRoot, double_sha256},
};

const NEVER: fn() -> bool = || false;

fn kernels() -> Vec<Kernel> {
    let mut kernels = vec![Kernel::Portable, Kernel::fastest()];
    kernels.dedup();
    kernels
}

fn random_header(random: &mut Random) -> Header {
    let mut bytes = [0; HEADER_BYTES];
    bytes.fill_with(|| random.number() as u8);
    Header::decode(&bytes)
}

fn hash(header: &Header, nonce: u32) -> [u8; 32] {
    double_sha256(Header { nonce, ..*header }.encode())
}

fn meets(header: &Header, nonce: u32, target: Target) -> bool {
    hash(header, nonce).iter().rev().le(target.to_le_bytes().iter().rev())
}

fn plain(header: &Header, target: Target, mut nonces: Range<u64>) -> Option<u32> {
    nonces.find_map(|nonce| Some(nonce as u32).filter(|nonce| meets(header, *nonce, target)))
}

/// The largest target that this many hashes out of 2^`bits` meet: one.
fn one_in_two_to(bits: usize) -> Target {
    let mut target = [u8::MAX; 32];
    for bit in 0..bits {
        target[31 - bit / 8] >>= 1;
    }
    Target::from_le_bytes(target).unwrap()
}

fn assert_kernels_agree(header: &Header, target: Target, nonces: Range<u64>) -> bool {
    let expected = plain(header, target, nonces.clone());
    for kernel in kernels() {
        let found = first_in(kernel, header, target, nonces.clone());
        assert_eq!(found, expected, "{kernel:?} {header:?} {nonces:?} {target:?}");
    }
    expected.is_some()
}

#[test]
fn kernels_find_what_plain_hashing_finds_for_targets_of_all_sizes() {
    let mut random = Random::new(1, "targets of all sizes");
    let mut found = 0;
    for bits in (0..16).chain((16..256).step_by(20)) {
        for _ in 0..8 {
            let header = random_header(&mut random);
            let start = random.below(NONCES - 2000);
            found += usize::from(assert_kernels_agree(&header, one_in_two_to(bits), start..start + random.below(2000)));
        }
    }
    assert!((60..120).contains(&found), "{found}");
}

#[test]
fn kernels_stop_at_the_end_of_the_nonces() {
    let mut random = Random::new(2, "the last nonces");
    let header = random_header(&mut random);
    for start in NONCES - 9..=NONCES {
        for end in start..=NONCES {
            for bits in [0, 1, 2, 3, 200] {
                assert_kernels_agree(&header, one_in_two_to(bits), start..end);
            }
        }
    }
}

#[test]
fn a_hash_that_equals_the_target_meets_it_and_one_that_is_larger_by_one_does_not() {
    let mut random = Random::new(3, "equal words");
    for _ in 0..100 {
        let header = random_header(&mut random);
        let start = random.below(NONCES - 20);
        let nonce = start + random.below(20);
        let same = hash(&header, nonce as u32);
        // The number one below differs in the lowest word only, and that one word higher in the next word.
        for byte in [0, 4, 8, 28, 31] {
            let mut less = same;
            for byte in &mut less[byte..] {
                let borrows = *byte == 0;
                *byte = byte.wrapping_sub(1);
                if !borrows {
                    break;
                }
            }
            let [same, less] = [same, less].map(|target| Target::from_le_bytes(target).unwrap());
            for kernel in kernels() {
                assert_eq!(first_in(kernel, &header, same, nonce..nonce + 1), Some(nonce as u32));
                assert_eq!(first_in(kernel, &header, less, nonce..nonce + 1), None, "{byte}");
            }
            assert_kernels_agree(&header, same, start..start + 20);
            assert_kernels_agree(&header, less, start..start + 20);
        }
    }
}

#[test]
fn the_smallest_nonce_is_found_by_any_number_of_workers() {
    let mut random = Random::new(4, "the smallest nonce");
    for bits in [0, 4, 10, 14, 15] {
        let (header, target) = (random_header(&mut random), one_in_two_to(bits));
        let expected = plain(&header, target, 0..NONCES);
        for cores in [1, 2, 4] {
            let found = first_nonce_on(Workers::on(cores), &header, target, NEVER);
            assert_eq!(found, expected, "{cores} cores, {bits} bits");
        }
        assert_eq!(first_nonce(&header, target, NEVER), expected);
    }
}

/// Its Merkle root depends on the extranonce as a coinbase's does.
struct Stub {
    header: Header,
    target: Target,
}

impl Stub {
    fn new(name: &str, bits: usize) -> Arc<Self> {
        Arc::new(Self { header: random_header(&mut Random::new(5, name)), target: one_in_two_to(bits) })
    }

    fn is_met_by(&self, solution: Solution) -> bool {
        let header = Header { time: solution.time, ..self.header(solution.extranonce, 0) };
        meets(&header, solution.nonce, self.target)
    }
}

impl HeaderSource for Stub {
    fn header(&self, extranonce: u64, seconds: u32) -> Header {
        let merkle_root = MerkleRoot::from_hashed(double_sha256(extranonce.to_le_bytes()));
        Header { merkle_root, time: self.header.time.saturating_add(seconds), ..self.header }
    }

    fn target(&self) -> Target {
        self.target
    }
}

#[test]
fn the_extranonce_rolls_when_the_nonces_are_used_up() {
    let template = Stub::new("extranonce", 13);
    for cores in [1, 2, 4] {
        let start = Start { extranonce: u64::MAX, nonce: u32::MAX - 9 };
        let Found { solution, trials } = search(template.clone(), start, Workers::on(cores), NEVER).unwrap();
        assert_eq!(solution.extranonce, 0, "the one after the largest");
        assert!(template.is_met_by(solution));
        assert_eq!(trials, 10 + u64::from(solution.nonce) + 1);
    }
    let Found { solution, trials } =
        search(template.clone(), Start { extranonce: 7, nonce: 3 }, Workers::on(1), NEVER).unwrap();
    assert_eq!((solution.extranonce, trials), (7, u64::from(solution.nonce) - 2));
    assert!(template.is_met_by(solution));
}

#[test]
fn a_range_over_two_extranonces_finds_the_smallest_trial_under_each() {
    let template = Stub::new("two extranonces", 4);
    let headers = Headers::new(template.clone(), 40, Instant::now());
    let mut extranonces = Vec::new();
    let mut range = 3 * NONCES - 100..3 * NONCES + 100;
    while let Some((trial, solution)) = headers.first_in(range.clone()) {
        assert!(range.contains(&trial) && template.is_met_by(solution), "{trial}");
        assert_eq!(trial, (solution.extranonce - 40) * NONCES + u64::from(solution.nonce));
        extranonces.push(solution.extranonce);
        range.start = trial + 1;
    }
    assert!(extranonces.is_sorted() && extranonces.contains(&42) && extranonces.contains(&43), "{extranonces:?}");
}

#[test]
fn the_time_of_the_header_goes_on_while_the_search_lasts() {
    let template = Stub::new("time", 4);
    let began = Instant::now().checked_sub(Duration::from_secs(5)).unwrap();
    let (_, solution) = Headers::new(template.clone(), 0, began).first_in(0..1000).unwrap();
    assert!(solution.time >= template.header.time + 5);
    assert!(template.is_met_by(solution));

    let header = Header { time: u32::MAX - 4, ..template.header };
    let late = Arc::new(Stub { header, ..*template });
    let (_, solution) = Headers::new(late.clone(), 0, began).first_in(0..1000).unwrap();
    assert_eq!(solution.time, u32::MAX);
    assert!(late.is_met_by(solution));
}

#[test]
fn a_search_that_is_not_wanted_any_more_ends() {
    let impossible = Stub::new("cancelled", 255);
    for cores in [1, 2] {
        for asked in [0, 20] {
            let calls = AtomicUsize::new(0);
            let cancelled = || calls.fetch_add(1, Ordering::Relaxed) >= asked;
            let workers = Workers::on(cores);
            assert_eq!(search(impossible.clone(), Start::default(), workers, cancelled), None);
            calls.store(0, Ordering::Relaxed);
            assert_eq!(first_nonce_on(workers, &impossible.header, impossible.target, cancelled), None);
        }
    }
}

#[test]
fn searches_of_both_rules_side_by_side_do_not_mix() {
    let workers = Workers::on(4);
    thread::scope(|scope| {
        let proofs: Vec<_> = (1..9).map(|at| scope.spawn(move || puzzle::search_on(workers, at, NEVER))).collect();
        let nonces: Vec<_> = (1..9_u64)
            .map(|at| {
                let (header, target) = (random_header(&mut Random::new(at, "side by side")), one_in_two_to(13));
                let search = scope.spawn(move || first_nonce_on(workers, &header, target, NEVER));
                (search, plain(&header, target, 0..NONCES))
            })
            .collect();
        for (previous, proof) in (1..9).zip(proofs) {
            assert_eq!(proof.join().unwrap(), puzzle::search_on(Workers::on(1), previous, NEVER));
        }
        for (nonce, expected) in nonces {
            assert_eq!(nonce.join().unwrap(), expected);
        }
    });
}
