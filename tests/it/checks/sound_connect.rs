//! Blocks with payments on a chain of the sound rules, valid ones and invalid ones, connected and disconnected.

use std::{collections::BTreeMap, slice, sync::LazyLock};

use bcoin_ledger::{
    CheckedBlock as _, Rules as _,
    sound::{Account, BlockError, Invalidity, Sound},
};

use super::{
    block_script::{GENESIS_TIME, Maker, Offer, Script},
    chain::{Chain, late},
    plain_accounts::{PlainAccounts, PlainBlock, accounts, subsidy},
};

/// So many blocks stand before the script begins, so that there is money to pay with.
const BEFORE: usize = 16;
/// More blocks than this make a run slow and reach nothing more.
const MOST: usize = 48;

/// The bytes are a script of blocks to offer and to take off. A block is taken exactly when a plain model says so, and refused for
/// one of the rules that it breaks; the balances are always those of the model, and all money is accounted for; a block that is
/// connected and disconnected leaves no trace.
pub fn sound_connect(data: &[u8]) -> bool {
    static BEGINNING: LazyLock<Both> = LazyLock::new(|| {
        let mut both = Both { chain: Chain::new(Sound::new(Maker::network())), blocks: Vec::new() };
        for height in 0..BEFORE {
            let empty = [height as u8 % 4, 0];
            assert!(both.offer(&mut Script(&empty)), "an empty block is valid");
        }
        both
    });
    let mut script = Script(data);
    let mut both = BEGINNING.clone();
    for _ in 0..script.byte() % 32 {
        both.pop();
    }
    let mut taken = false;
    while !script.0.is_empty() && both.blocks.len() < MOST {
        match script.byte() % 8 {
            0 => both.pop(),
            1 => {
                for _ in 0..script.byte() % 16 {
                    taken |= both.offer(&mut Script(&[0, 0]));
                }
            }
            _ => taken |= both.offer(&mut script),
        }
    }
    // Down to the beginning, everything is undone.
    while !both.blocks.is_empty() {
        both.pop();
    }
    assert!(both.chain.state.0.is_empty());
    taken
}

/// A chain under the rules, and what the plain model knows of it.
#[derive(Clone)]
struct Both {
    chain: Chain,
    blocks: Vec<PlainBlock>,
}

impl Both {
    /// Offers the next block of the script; returns whether it is taken.
    fn offer(&mut self, script: &mut Script<'_>) -> bool {
        let time = self.chain.blocks.last().map_or(GENESIS_TIME, |last| last.header().header().time);
        let before = accounts(&self.blocks).expect("these blocks were taken");
        let maker = Maker { parent: self.chain.tip().hash, time, height: self.blocks.len() + 1, accounts: &before };
        let Offer { honest, plain, broken, changed } = maker.offer(script);
        if let Some((bytes, why)) = changed {
            // Whatever else is wrong with the block, one of the rules that it breaks is named.
            let mut whys = broken.clone();
            whys.extend(why);
            self.is_refused(&bytes, &whys, &plain);
        }
        if !broken.is_empty() || accounts(&self.with(&plain)).is_err() {
            self.is_refused(&honest, &broken, &plain);
            return false;
        }
        self.is_taken(&honest, plain);
        true
    }

    /// The blocks of the model with one more.
    fn with(&self, plain: &PlainBlock) -> Vec<PlainBlock> {
        [&self.blocks[..], slice::from_ref(plain)].concat()
    }

    /// The block is refused for one of these rules, or for what its payments do to the accounts, and changes nothing.
    fn is_refused(&mut self, bytes: &[u8], whys: &[&str], plain: &PlainBlock) {
        let before = (self.chain.tip(), self.chain.state.clone());
        let error = self.chain.push(bytes).expect_err("the block breaks a rule");
        let by_accounts = accounts(&self.with(plain)).err();
        let why = error.why();
        assert!(whys.contains(&why) || by_accounts == Some(why), "{error}, and not {whys:?} or {by_accounts:?}");
        assert_eq!((self.chain.tip(), self.chain.state.clone()), before);
        assert_eq!(error.invalidity(), expected_heals(&error), "{error}");
    }

    /// The block is taken, and what it does is undone when it is taken off.
    fn is_taken(&mut self, bytes: &[u8], plain: PlainBlock) {
        let before = (self.chain.tip(), self.chain.state.clone());
        self.chain.push(bytes).unwrap_or_else(|error| panic!("a block is refused that breaks no rule: {error}"));
        let after = (self.chain.tip(), self.chain.state.clone());
        let block = self.chain.pop();
        assert_eq!((self.chain.tip(), self.chain.state.clone()), before);
        assert_eq!(block.encoding(), bytes);
        let restored = self.chain.rules.restore(block.tip(), bytes.to_vec()).expect("the bytes were written");
        assert_eq!((restored.transfers(), restored.coinbase()), (block.transfers(), block.coinbase()));
        let rechecked = self.chain.rules.recheck(self.chain.ancestors.last(), bytes).expect("the bytes are the same");
        assert_eq!(rechecked.tip(), after.0);
        self.chain.connect(restored).expect("the block was connected before");
        assert_eq!((self.chain.tip(), self.chain.state.clone()), after);
        self.blocks.push(plain);
        self.check_money();
    }

    fn pop(&mut self) {
        if self.blocks.pop().is_some() {
            self.chain.pop();
            self.check_money();
        }
    }

    /// Each account is as in the model, and nothing is lost or made.
    fn check_money(&self) {
        let plain: PlainAccounts = accounts(&self.blocks).expect("these blocks were taken");
        let numbers = |account: &Account| (account.balance.units(), account.nonce);
        let found: BTreeMap<_, _> =
            self.chain.state.0.iter().map(|(key, account)| (key.clone(), numbers(account))).collect();
        let expected: BTreeMap<_, _> =
            plain.into_iter().map(|(key, account)| (Maker::key_bytes(key).to_vec(), account)).collect();
        assert_eq!(found, expected);
        let made: u64 = (1..=self.blocks.len()).map(subsidy).sum();
        let balances: u64 = found.values().map(|(balance, _)| balance).sum();
        let immature: u64 = self.chain.blocks.iter().rev().take(10).map(|block| block.coinbase().amount).sum();
        assert_eq!(balances + immature, made);
        assert_eq!(self.chain.tip().height, self.blocks.len() as u64 + 1);
        assert!(self.chain.blocks.iter().all(|block| block.header().header().time <= late().timestamp() as u32));
    }
}

/// What can make a block pass, by the name of the rule that it breaks.
fn expected_heals(error: &BlockError) -> Invalidity {
    match error.why() {
        "previous" => Invalidity::MissingParent,
        "encoding" | "kind" | "note" | "size" | "merkle" | "mutated" => Invalidity::Body,
        "time" if error.to_string().contains("set the clocks") => Invalidity::Early,
        _ => Invalidity::Permanent,
    }
}
