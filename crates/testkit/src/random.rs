//! Repeatable random numbers: the same seed gives the same numbers.

use std::time::Duration;

use rand::{Rng as _, RngExt as _, SeedableRng as _, rngs::Xoshiro256PlusPlus};
use sha2::{Digest as _, Sha256};

/// A stream of random numbers.
pub struct Random(Xoshiro256PlusPlus);

impl Random {
    /// Each `name` has its own stream, so that a fault that is run alone gets the same numbers.
    pub fn new(seed: u64, name: &str) -> Self {
        let digest = Sha256::new().chain_update(seed.to_le_bytes()).chain_update(name).finalize();
        Self(Xoshiro256PlusPlus::from_seed(digest.into()))
    }

    /// Any number.
    pub fn number(&mut self) -> u64 {
        self.0.next_u64()
    }

    /// A number from 0 to `limit` - 1.
    pub fn below(&mut self, limit: u64) -> u64 {
        self.0.random_range(..limit)
    }

    /// True in one of `times` calls on average.
    pub fn one_in(&mut self, times: u64) -> bool {
        self.below(times) == 0
    }

    /// A time between these two, in milliseconds, to the microsecond.
    pub fn milliseconds(&mut self, from: u64, to: u64) -> Duration {
        Duration::from_micros(self.0.random_range(from * 1000..to * 1000))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(seed: u64, name: &str) -> [u64; 3] {
        let mut random = Random::new(seed, name);
        [random.number(), random.below(1000), random.below(1000)]
    }

    /// A seed that a failed run has printed has to mean the same after an update of the libraries.
    #[test]
    fn a_seed_means_these_numbers() {
        assert_eq!(numbers(7, "kill -9 under load"), [12_321_109_716_768_748_502, 435, 724]);
    }

    #[test]
    fn each_seed_and_each_name_has_a_stream_of_its_own() {
        assert_ne!(numbers(7, "a"), numbers(7, "b"));
        assert_ne!(numbers(7, "a"), numbers(8, "a"));
    }

    #[test]
    fn numbers_stay_within_their_limits() {
        let mut random = Random::new(7, "limits");
        let mut hits = 0;
        for _ in 0..1000 {
            assert!(random.below(3) < 3);
            assert!((5..400).contains(&random.milliseconds(5, 400).as_millis()));
            hits += u32::from(random.one_in(4));
        }
        assert!((150..350).contains(&hits), "{hits}");
    }
}
