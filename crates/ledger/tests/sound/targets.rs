//! Compact targets, work, and the next target, against golden data and another implementation.

use std::num::NonZeroU32;

use bcoin_ledger::{
    BlockHash, Tip, Work,
    sound::{
        BadTarget, CheckedHeader, CompactTarget, Header, HeaderChain, Height, MerkleRoot, Profile, Target,
        difficulty::{Anchor, Asert, retarget},
    },
};
use bcoin_testkit::random::Random;
use bitcoin::{hashes::Hash as _, params::MAINNET};
use serde_json::Value;

use crate::support::{list, vectors};

/// How many random values are compared.
const RANDOM: usize = 10_000;

fn bits(value: &Value) -> CompactTarget {
    value.as_str().unwrap().parse().unwrap()
}

fn time(value: &Value) -> u32 {
    value.as_u64().unwrap().try_into().unwrap()
}

/// A target of any length.
fn any_target(random: &mut Random) -> Target {
    loop {
        let mut bytes = [0; 32];
        for byte in &mut bytes[..=random.below(32) as usize] {
            *byte = random.number() as u8;
        }
        if let Some(target) = Target::from_le_bytes(bytes) {
            return target;
        }
    }
}

fn theirs(target: Target) -> bitcoin::Target {
    bitcoin::Target::from_le_bytes(target.to_le_bytes())
}

#[test]
fn compact_forms_are_those_of_bitcoin_core() {
    let data = vectors("compact");
    let (cases, encoded) = (list(&data["cases"]), list(&data["encode"]));
    assert_eq!((cases.len(), encoded.len()), (20, 1));
    for case in cases {
        let decoded = bits(&case["bits"]).decode();
        if case["negative"] == true {
            assert_eq!(decoded, Err(BadTarget::Negative), "{case}");
        } else if case["overflow"] == true {
            assert_eq!(decoded, Err(BadTarget::Overflow), "{case}");
        } else if case["back"] == "00000000" {
            assert_eq!(decoded, Err(BadTarget::Zero), "{case}");
        } else {
            let target = decoded.unwrap();
            assert_eq!(target.to_string(), case["magnitude"], "{case}");
            assert_eq!(target.to_compact(), bits(&case["back"]), "{case}");
        }
    }
    for case in encoded {
        let number = u64::from_str_radix(case["target"].as_str().unwrap(), 16).unwrap();
        let mut bytes = [0; 32];
        bytes[..8].copy_from_slice(&number.to_le_bytes());
        assert_eq!(Target::from_le_bytes(bytes).unwrap().to_compact(), bits(&case["bits"]), "{case}");
    }
}

#[test]
fn targets_and_work_are_those_of_the_ledger() {
    let ledger = vectors("ledger");
    let cases = list(&ledger["targets"]);
    assert_eq!(cases.len(), 19);
    for case in cases {
        let decoded = bits(&case["bits"]).decode().ok();
        assert_eq!(decoded.map(|target| target.to_string()).as_deref(), case["target"].as_str(), "{case}");
        assert_eq!(decoded.map(|target| target.work().to_string()).as_deref(), case["work"].as_str(), "{case}");
    }
}

#[test]
fn random_bits_stand_for_the_same_targets_elsewhere() {
    let mut random = Random::new(1, "compact targets");
    let mut targets = 0;
    for _ in 0..RANDOM {
        // Every size that a target can have, and some that are too large.
        let bits = (random.below(36) as u32) << 24 | random.below(1 << 24) as u32;
        let Ok(target) = CompactTarget::from_consensus(bits).decode() else { continue };
        targets += 1;
        let other = bitcoin::Target::from_compact(bitcoin::CompactTarget::from_consensus(bits));
        assert_eq!(target.to_le_bytes(), other.to_le_bytes(), "{bits:08x}");
        assert_eq!(target.to_compact().to_consensus(), other.to_compact_lossy().to_consensus(), "{bits:08x}");
    }
    assert!(targets > RANDOM / 4, "{targets}");
}

#[test]
fn random_targets_have_the_same_compact_form_and_work_elsewhere() {
    let mut random = Random::new(1, "targets");
    for _ in 0..RANDOM {
        let target = any_target(&mut random);
        let other = theirs(target);
        assert_eq!(target.to_compact().to_consensus(), other.to_compact_lossy().to_consensus(), "{target}");
        assert_eq!(target.work().to_be_bytes(), other.to_work().to_be_bytes(), "{target}");
        let hash = any_target(&mut random).to_le_bytes();
        let met = other.is_met_by(bitcoin::BlockHash::from_byte_array(hash));
        assert_eq!(target.is_met_by(BlockHash::from_hashed(hash)), met, "{target}");
    }
}

#[test]
fn retargets_are_those_of_bitcoin_core() {
    let data = vectors("retarget");
    let cases = list(&data["cases"]);
    assert_eq!(cases.len(), 4);
    for case in cases {
        let target = bits(&case["bits"]).decode().unwrap();
        let next = retarget(target, time(&case["first_time"]), time(&case["last_time"]), Profile::Bitcoin.limit());
        assert_eq!(next, bits(&case["next"]), "{case}");
    }
}

#[test]
fn random_retargets_are_the_same_elsewhere() {
    let mut random = Random::new(1, "retargets");
    for _ in 0..RANDOM {
        // The other implementation knows a target of zero.
        let target = any_target(&mut random).min(Profile::Bitcoin.limit());
        let bits = target.to_compact();
        let target = bits.decode().unwrap();
        let span = random.below(6_000_000) as u32;
        let first = random.below(1 << 31) as u32;
        let next = retarget(target, first, first + span, Profile::Bitcoin.limit());
        let last = bitcoin::CompactTarget::from_consensus(bits.to_consensus());
        let other = bitcoin::CompactTarget::from_next_work_required(last, span.into(), &MAINNET);
        let least = if other.to_consensus() == 0 { 0x0101_0000 } else { other.to_consensus() };
        assert_eq!(next.to_consensus(), least, "{bits} {span}");
    }
}

#[test]
fn the_published_runs_of_asert_come_out() {
    const RULE: Asert =
        Asert { interval: 600, half_life: NonZeroU32::new(172_800).unwrap(), limit: Profile::Bitcoin.limit() };
    let data = vectors("asert");
    let runs = list(&data["runs"]);
    let mut rows = 0;
    for run in runs {
        let anchor = Anchor {
            height: Height::new(time(&run["anchor_height"])),
            parent_time: time(&run["anchor_parent_time"]),
            target: bits(&run["anchor_bits"]).decode().unwrap(),
        };
        for row in list(&run["rows"]) {
            let next = RULE.absolute(&anchor, Height::new(time(&row[0])), time(&row[1]));
            assert_eq!(next, bits(&row[2]), "run {}, {row}", run["run"]);
            rows += 1;
        }
    }
    assert_eq!((runs.len(), rows), (8, 2980));
}

#[test]
fn next_bits_are_those_of_the_ledger() {
    let ledger = vectors("ledger");
    let runs = list(&ledger["next_bits"]);
    assert_eq!(runs.len(), 6);
    for run in runs {
        let (times, all_bits) = (list(&run["times"]), list(&run["bits"]));
        assert_eq!((times.len(), all_bits.len()), (301, 301));
        let profile: Profile = run["profile"].as_str().unwrap().parse().unwrap();
        let mut chain: Option<HeaderChain> = None;
        for (at, (found, required)) in times.iter().zip(all_bits).enumerate() {
            let bits = bits(required);
            assert_eq!(chain.map_or(profile.genesis_bits(), |chain| chain.next_bits(profile)), bits, "height {at}");
            let tip = Tip { height: at as u64 + 1, hash: BlockHash::ZERO, work: Work::default() };
            let header = Header {
                version: Header::VERSION,
                previous: BlockHash::ZERO,
                merkle_root: MerkleRoot::from_hashed([0; 32]),
                time: time(found),
                bits,
                nonce: 0,
            };
            chain = Some(HeaderChain::extend(chain.as_ref(), &CheckedHeader::restore(tip, header).unwrap()));
        }
    }
}
