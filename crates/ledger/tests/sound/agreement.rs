//! The rules and a plain model of them judge the same random blocks.

use std::collections::BTreeMap;

use bcoin_ledger::{
    CheckedBlock as _, Work,
    sound::{Account, BlockError, Header, Invalidity},
};

use crate::{
    chain::{Chain, LATE},
    model::{Accounts, Model, Why, hash},
    random::{LATEST, Miner},
};

const STEPS: usize = 10_000;
/// Rewards halve often, and are odd numbers of units from the ninth halving on.
const GENESIS: &str = "instant/3/7/a plain model";
/// Chains of this many blocks get shorter.
const LONG: usize = 40;

/// The rules and the model side by side.
struct Pair {
    chain: Chain,
    model: Model,
    /// How many blocks were taken (`""`), and refused for each reason.
    outcomes: BTreeMap<Why, usize>,
}

impl Pair {
    fn new(miner: &Miner) -> Self {
        let chain = miner.chain();
        let model = Model::new(chain.blocks[0].encoding().to_vec(), LATE.into());
        Self { chain, model, outcomes: BTreeMap::new() }
    }

    /// Offers a block to both, and returns whether they take it.
    fn offer(&mut self, raw: &[u8]) -> bool {
        let broken = self.model.broken(raw);
        let result = self.chain.push(raw);
        let why = result.as_ref().err().map_or("", BlockError::why);
        *self.outcomes.entry(why).or_default() += 1;
        match result {
            Ok(()) => {
                assert!(broken.is_empty(), "only the model finds broken {broken:?}: {}", hex::encode(raw));
                self.model.blocks.push(raw.to_vec());
                true
            }
            Err(error) => {
                assert!(broken.contains(why), "{error}; the model finds broken {broken:?}: {}", hex::encode(raw));
                assert_eq!(error.invalidity(), invalidity(why, raw), "{error}");
                false
            }
        }
    }

    fn pop(&mut self) -> Vec<u8> {
        self.chain.pop();
        self.model.blocks.pop().unwrap()
    }

    fn assert_equal(&self) {
        let (tip, last) = (self.chain.tip(), self.model.blocks.last().unwrap());
        assert_eq!(tip.hash.to_hashed(), hash(&last[..80]));
        assert_eq!(tip.height, self.model.blocks.len() as u64);
        assert_eq!(tip.work, Work::from(2 * tip.height));
        let plain = |account: &Account| (account.balance.units(), account.nonce);
        let state: Accounts = self.chain.state.0.iter().map(|(key, account)| (key.clone(), plain(account))).collect();
        assert_eq!(state, self.model.accounts());
    }
}

/// What may make a block pass that was refused for this reason.
fn invalidity(why: Why, raw: &[u8]) -> Invalidity {
    match why {
        "previous" => Invalidity::MissingParent,
        "size" | "encoding" | "kind" | "note" | "merkle" | "mutated" => Invalidity::Body,
        "time" if Header::decode(raw[..80].try_into().unwrap()).time > LATEST => Invalidity::Early,
        _ => Invalidity::Permanent,
    }
}

#[test]
fn the_rules_and_a_plain_model_agree_on_random_blocks() {
    let mut miner = Miner::new(1, "agreement", GENESIS);
    let mut pair = Pair::new(&miner);
    let mut branch = Vec::new();
    for _ in 0..STEPS {
        let length = pair.chain.blocks.len();
        match miner.below(20) {
            0..=8 => {
                let block = miner.block(&pair.chain, 4);
                assert!(pair.offer(&block.encode()));
            }
            9..=16 => {
                let raw = miner.spoiled(&pair.chain);
                pair.offer(&raw);
            }
            17 | 18 => {
                let most = if length > LONG { length } else { length.min(5) };
                branch = (0..miner.below(most)).map(|_| pair.pop()).collect();
            }
            // Back to the branch before, as far as it fits.
            _ => while branch.pop().is_some_and(|raw| pair.offer(&raw)) {},
        }
        pair.assert_equal();
    }
    for why in [
        "",
        "encoding",
        "kind",
        "note",
        "amount",
        "key",
        "signature",
        "nonce",
        "funds",
        "previous",
        "bits",
        "work",
        "time",
        "merkle",
        "mutated",
        "coinbase",
        "reward",
        "size",
    ] {
        let count = pair.outcomes.get(why).copied().unwrap_or_default();
        assert!(count >= 5, "{count} times {why:?}: {:?}", pair.outcomes);
    }
}
