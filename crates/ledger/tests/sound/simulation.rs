//! How the target of a class follows its power: blocks are found at random moments, and nothing is hashed.

use bcoin_ledger::{
    BlockHash, Tip, Work,
    sound::{CheckedHeader, Header, HeaderChain, MerkleRoot, Profile},
};
use bcoin_testkit::random::Random;

const PROFILE: Profile = Profile::Classroom;
/// The clock when a simulation begins: Unix time in seconds.
const START: u32 = 1_795_305_600;
/// How many seconds a block shall take.
const INTERVAL: f64 = 10.0;
/// Hashes per second of a small class.
const POWER: f64 = 3_000_000.0;
/// How many blocks the long simulations have.
const BLOCKS: u32 = 60_000;

/// What time a miner writes into a block that is found at `now`, when `earliest` is the lowest that is allowed.
type Clock = fn(now: u32, earliest: u32) -> u32;

fn honest(now: u32, earliest: u32) -> u32 {
    now.max(earliest)
}

fn as_late_as_allowed(now: u32, earliest: u32) -> u32 {
    (now + PROFILE.max_seconds_ahead()).max(earliest)
}

fn a_minute_early(now: u32, earliest: u32) -> u32 {
    (now - PROFILE.max_seconds_ahead()).max(earliest)
}

fn as_early_as_allowed(_now: u32, earliest: u32) -> u32 {
    earliest
}

struct Simulation {
    random: Random,
    chain: HeaderChain,
    /// Seconds since the beginning.
    now: f64,
}

impl Simulation {
    /// A new room: its genesis block is old.
    fn new(seed: u64, name: &str) -> Self {
        let genesis = header_after(None, START - 1_000_000);
        Self { random: Random::new(seed, name), chain: HeaderChain::extend(None, &genesis), now: 0.0 }
    }

    /// A number above 0 and at most 1.
    fn fraction(&mut self) -> f64 {
        ((self.random.number() >> 11) + 1) as f64 / (1_u64 << 53) as f64
    }

    /// Finds one block. `powers` are the moments from which on each number of hashes per second counts, the first one 0.
    fn mine(&mut self, powers: &[(f64, f64)], clock: Clock) {
        let mut hashes = -self.fraction().ln() * expected_hashes(&self.chain);
        let mut at = powers.partition_point(|&(from, _)| from <= self.now) - 1;
        while let Some(&(change, _)) = powers.get(at + 1)
            && (change - self.now) * powers[at].1 < hashes
        {
            hashes -= (change - self.now) * powers[at].1;
            self.now = change;
            at += 1;
        }
        self.now += hashes / powers[at].1;
        let time = clock(START + self.now as u32, self.chain.earliest_time(PROFILE));
        let header = header_after(Some(&self.chain), time);
        self.chain = HeaderChain::extend(Some(&self.chain), &header);
    }

    /// The seconds that a block took on average, over `blocks` of them.
    fn mean_interval(&self, blocks: u32) -> f64 {
        self.now / f64::from(blocks)
    }
}

/// A header with this time, as if it had been checked.
fn header_after(chain: Option<&HeaderChain>, time: u32) -> CheckedHeader {
    let bits = chain.map_or(PROFILE.genesis_bits(), |chain| chain.next_bits(PROFILE));
    let tip = Tip {
        height: chain.map_or(1, |chain| chain.tip().height + 1),
        hash: BlockHash::ZERO,
        work: chain.map_or(Work::default(), |chain| chain.tip().work),
    };
    let merkle_root = MerkleRoot::from_hashed([0; 32]);
    let header = Header { version: Header::VERSION, previous: BlockHash::ZERO, merkle_root, time, bits, nonce: 0 };
    CheckedHeader::restore(tip, header).unwrap()
}

/// How many hashes the next block takes on average.
fn expected_hashes(chain: &HeaderChain) -> f64 {
    let work = chain.next_bits(PROFILE).decode().unwrap().work().to_be_bytes();
    work.into_iter().fold(0.0, |number, byte| number * 256.0 + f64::from(byte))
}

fn assert_in_time(mean: f64, what: &str) {
    assert!((mean / INTERVAL - 1.0).abs() < 0.01, "{what}: a block took {mean} seconds on average");
}

#[test]
fn blocks_keep_their_interval_while_the_power_changes() {
    for changes in [1, 5, 15, 30] {
        let mut network = Simulation::new(changes, "power");
        let mut moments: Vec<f64> = (0..changes).map(|_| network.fraction() * INTERVAL * f64::from(BLOCKS)).collect();
        moments.push(0.0);
        moments.sort_unstable_by(f64::total_cmp);
        let powers: Vec<(f64, f64)> =
            moments.into_iter().map(|from| (from, POWER * (1.0 + 29.0 * network.fraction()))).collect();
        for _ in 0..BLOCKS {
            network.mine(&powers, honest);
        }
        let mean = network.mean_interval(BLOCKS);
        assert_in_time(mean, &format!("{changes} changes of power"));
    }
}

#[test]
fn a_class_that_comes_back_after_a_day_does_not_mine_the_day_at_once() {
    let mut counts: Vec<u32> = (0..20)
        .map(|seed| {
            let mut network = Simulation::new(seed, "pause");
            let powers = [(0.0, POWER)];
            for _ in 0..300 {
                network.mine(&powers, honest);
            }
            network.now += 86_400.0;
            let end = network.now + 600.0;
            let mut blocks = 0;
            loop {
                network.mine(&powers, honest);
                if network.now > end {
                    return blocks;
                }
                blocks += 1;
            }
        })
        .collect();
    counts.sort_unstable();
    let (median, most) = (counts[10], counts[19]);
    // Without a pause it is 60.
    assert!((60..=95).contains(&median), "half of the classes mined {median} blocks in ten minutes: {counts:?}");
    assert!(most <= 110, "a class mined {most} blocks in ten minutes: {counts:?}");
}

/// What a block is ahead of the clock is not handed on to those after it.
#[test]
fn few_blocks_are_ahead_because_of_a_few_clocks_that_are() {
    let mut network = Simulation::new(5, "lead");
    let mut ahead = 0;
    for _ in 0..BLOCKS / 2 {
        let clock = if network.random.below(100) < 5 { as_late_as_allowed } else { honest };
        network.mine(&[(0.0, POWER)], clock);
        let lead = i64::from(network.chain.earliest_time(PROFILE)) - i64::from(START) - network.now as i64;
        ahead += u32::from(lead > 50);
    }
    // 5 % of the blocks are themselves.
    assert!((1500..4500).contains(&ahead), "{ahead} of {} blocks are more than 50 s ahead", BLOCKS / 2);
}

#[test]
fn clocks_that_lie_as_far_as_allowed_do_not_change_the_interval() {
    let lies: [(&str, [Clock; 2], u64); 4] = [
        ("late", [as_late_as_allowed; 2], 90),
        ("a minute early", [a_minute_early; 2], 90),
        ("late or early", [as_late_as_allowed, as_early_as_allowed], 90),
        // More than about 70 % that let the time stand still make blocks slower: from one honest time to the next it is often
        // more than the 300 seconds that count. Who has so much of the power can stop a class in simpler ways.
        ("early", [as_early_as_allowed; 2], 60),
    ];
    for (what, clocks, most) in lies {
        for percent in [10, 35, most] {
            let mut network = Simulation::new(percent, what);
            for _ in 0..BLOCKS / 2 {
                let lies = network.random.below(100) < percent;
                let clock = if lies { clocks[network.random.below(2) as usize] } else { honest };
                network.mine(&[(0.0, POWER)], clock);
            }
            let mean = network.mean_interval(BLOCKS / 2);
            assert_in_time(mean, &format!("{percent} % write {what} times"));
        }
    }
}
