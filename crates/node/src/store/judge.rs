//! Judging the own chain wholly, as if its blocks came from elsewhere.

use std::collections::HashMap;

use bcoin_ledger::{CheckedBlock as _, Rules};
use redb::ReadableTable as _;

use super::{
    accounts::read_record,
    error::StoreError,
    read::Snapshot,
    tables::ACCOUNTS,
    verify::{Expected, after_all_blocks, shown},
};

impl Snapshot {
    /// Judges every block of the chain from the first one on, everything in it, and compares the accounts with those that the blocks
    /// make. One block and all accounts are in memory meanwhile.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] names the first block that breaks a rule, or an account; others when the database fails.
    pub fn judge_chain<R: Rules>(&self, rules: &R) -> Result<(), StoreError> {
        let mut ancestors: Option<R::Ancestors> = None;
        let mut expected = Expected::<R::Account>::default();
        let length = self.length()?;
        if length == 0 {
            return Err(StoreError::no_block());
        }
        for height in 1..=length {
            let (tip, bytes) = self.stored(height)?;
            let block = rules.decode_stored(&bytes).map_err(|error| StoreError::damaged_block(height, &error))?;
            let block = rules.check(ancestors.as_ref(), block, after_all_blocks());
            let block = block.map_err(|error| StoreError::damaged_block(height, &error))?;
            if block.encoding() != bytes || block.tip() != tip {
                return Err(StoreError::damaged_block(height, &"it is not the one that was written"));
            }
            let delayed = R::delayed_height(height).map(|earlier| {
                let (_, bytes) = self.stored(earlier)?;
                rules.delayed(&bytes).map_err(|error| StoreError::damaged_block(earlier, &error))
            });
            let connected = rules.connect(&mut expected, &block, delayed.transpose()?.as_ref());
            connected.map_err(|error| StoreError::damaged_block(height, &error))?;
            expected.end_block();
            ancestors = Some(rules.extend(ancestors.as_ref(), &block));
        }
        self.compare_accounts::<R>(expected.accounts)
    }

    fn compare_accounts<R: Rules>(&self, mut expected: HashMap<Vec<u8>, R::Account>) -> Result<(), StoreError> {
        for entry in self.open(ACCOUNTS)?.iter()? {
            let (name, record) = entry?;
            let (_, account) = read_record::<R::Account>(record.value())?;
            if expected.remove(name.value()) != Some(account) {
                let name = shown(name.value());
                return Err(StoreError::Damaged(format!("the account {name} is another one than the blocks make")));
            }
        }
        match expected.keys().next() {
            Some(name) => Err(StoreError::Damaged(format!("the account {} is missing", shown(name)))),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use bcoin_ledger::{
        Blockchain, MempoolLimits, Rules as _, Tip,
        sound::{Block, Merkle, Sound, Transaction},
    };
    use bcoin_testkit::sound::{Branch, instant};
    use chrono::TimeDelta;

    use super::{
        super::{Contents, FirstContent, Location, Opened},
        *,
    };
    use crate::clock::now;

    /// What is said of a chain whose block 13 is this one, written down without being judged.
    fn judged(rules: &Sound, change: impl Fn(&mut Block)) -> Result<(), String> {
        let first = FirstContent { node_address: "n".into(), genesis: rules.genesis(now()) };
        let opened = Opened::open(rules.clone(), &Location::Memory, first, &|_, _| ()).unwrap();
        let Contents { ancestors, mempool, .. } = opened.contents;
        let limits = MempoolLimits { count: 100, bytes: 1 << 20 };
        let mut chain = Blockchain::new(rules.clone(), ancestors, mempool, limits);
        let mut branch = Branch::new(rules, 1, now() - TimeDelta::hours(1));
        for height in 2..=13 {
            let mut block = branch.mine(&[]);
            if height == 13 {
                let mut changed = Block::decode(block.encoding()).unwrap();
                change(&mut changed);
                changed.header.merkle_root = Merkle::of(changed.ids()).unwrap().root;
                let target = changed.header.bits.decode().unwrap();
                while !target.is_met_by(changed.header.hash()) {
                    changed.header.nonce = changed.header.nonce.wrapping_add(1);
                }
                let tip = Tip { hash: changed.header.hash(), ..block.tip() };
                block = rules.restore(tip, changed.encode()).unwrap();
            }
            opened.store.append(&chain, &block, now().to_utc()).unwrap();
            let after = rules.extend(Some(chain.ancestors()), &block);
            chain.advance(after, Default::default());
        }
        let snapshot = opened.store.reader().snapshot().unwrap();
        assert!(snapshot.check_chain(rules, &|_, _| ()).is_ok(), "the bytes are those that were written");
        snapshot.judge_chain(rules).map_err(|error| error.to_string())
    }

    #[test]
    fn every_block_of_the_chain_is_judged_again_and_every_account_compared() {
        let rules = instant("judging");
        assert_eq!(judged(&rules, |_| ()), Ok(()));
        let greedy = judged(&rules, |block| {
            let Some(Transaction::Coinbase(reward)) = block.transactions.first_mut() else { panic!("no reward") };
            reward.amount += 1;
        });
        assert!(greedy.as_ref().is_err_and(|error| error.contains("block 13")), "{greedy:?}");
    }

    #[test]
    fn an_account_that_the_blocks_do_not_make_is_named() {
        let rules = instant("judging");
        let first = FirstContent { node_address: "n".into(), genesis: rules.genesis(now()) };
        let store = Opened::open(rules.clone(), &Location::Memory, first, &|_, _| ()).unwrap().store;
        let write = store.shared.begin_durable_write().unwrap();
        write.open_table(ACCOUNTS).unwrap().insert([7; 32].as_slice(), [0; 24].as_slice()).unwrap();
        write.commit().unwrap();
        let judged = store.reader().snapshot().unwrap().judge_chain(&rules);
        assert!(judged.is_err_and(|error| error.to_string().contains("is another one than the blocks make")));
    }
}
