//! The core: the end of the chain, the payments that wait, and how a new block or a longer chain changes them.
//!
//! Block bodies are not here but in the store, so that memory does not grow with the chain. Each change comes in two
//! steps, so that it can be saved in between: one that only computes, and one that takes effect and cannot fail.

use std::collections::HashMap;

use super::{
    block::Block,
    pending::Pending,
    rules::{self, CheckedBlock, RuleError, Tip},
    transaction::Transaction,
};

/// A node's chain and pool, as far as judging and changing them needs.
#[derive(Clone, Debug)]
pub struct Blockchain {
    tip: Tip,
    pending: Pending,
}

impl Blockchain {
    /// The state of a chain that ends at `tip`, with the payments that wait.
    pub fn new(tip: Tip, pending: Pending) -> Self {
        Self { tip, pending }
    }

    /// The end of the chain.
    pub fn tip(&self) -> &Tip {
        &self.tip
    }

    /// The payments that wait for the next block.
    pub fn pending(&self) -> &Pending {
        &self.pending
    }

    /// Puts payments at the end of those that wait.
    pub fn add_transactions(&mut self, transactions: impl IntoIterator<Item = Transaction>) {
        self.pending.extend(transactions);
    }

    /// The next block: all payments that wait, in the order they arrived, then the reward. Changes nothing yet.
    ///
    /// # Errors
    /// When `proof` does not solve the puzzle: the block passes the same check as one from a peer.
    pub fn next_block(&self, proof: u64, timestamp: String, reward: Transaction) -> Result<CheckedBlock, RuleError> {
        let mut transactions = self.pending.transactions().to_vec();
        transactions.push(reward);
        let block = Block {
            index: self.tip.index + 1,
            previous_hash: self.tip.hash.to_string(),
            proof,
            timestamp,
            transactions,
        };
        rules::check_block(Some(&self.tip), block)
    }

    /// Lets a block of [`Blockchain::next_block`] take effect: it becomes the tip, and nothing waits any more.
    pub fn append(&mut self, block: &CheckedBlock) {
        debug_assert_eq!(block.block().index, self.tip.index + 1);
        self.tip = block.tip();
        self.pending = Pending::default();
    }

    /// Lets a longer chain take effect, with what [`pending_after_replacement`] found to be waiting then.
    pub fn replace(&mut self, tip: Tip, pending: Pending) {
        debug_assert!(tip.index > self.tip.index);
        *self = Self { tip, pending };
    }
}

/// What waits after a replacement, and how many of these payments, the first ones, were in blocks that are given up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AfterReplacement {
    /// All that waits.
    pub pending: Pending,
    /// How many of it wait again.
    pub returned: usize,
}

/// What waits after a replacement: the payments of the blocks that are given up, then those that waited already,
/// except for what the adopted blocks hold, counted as often as it occurs (contract section 4).
///
/// `displaced` and `adopted` are the payments, rewards aside, of the blocks after the last common one.
pub fn pending_after_replacement(
    displaced: impl IntoIterator<Item = Transaction>,
    pending: impl IntoIterator<Item = Transaction>,
    adopted: impl IntoIterator<Item = Transaction>,
) -> AfterReplacement {
    let mut paid = HashMap::<Transaction, usize>::new();
    for transaction in adopted {
        *paid.entry(transaction).or_default() += 1;
    }
    let mut still_waits = |transaction: &Transaction| match paid.get_mut(transaction) {
        Some(times) if *times > 0 => {
            *times -= 1;
            false
        }
        _ => true,
    };
    let mut waiting: Vec<_> = displaced.into_iter().filter(&mut still_waits).collect();
    let returned = waiting.len();
    waiting.extend(pending.into_iter().filter(&mut still_waits));
    AfterReplacement { pending: waiting.into_iter().collect(), returned }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::{Scalar, puzzle};

    fn payment(sender: &str) -> Transaction {
        Transaction { sender: Scalar::Text(sender.into()), ..Transaction::reward("", "Bob") }
    }

    fn fresh() -> Blockchain {
        let genesis = rules::check_block(None, Block::genesis("t".into())).unwrap();
        Blockchain::new(genesis.tip(), Pending::default())
    }

    #[test]
    fn a_block_takes_what_waits_in_order_and_the_reward_last() {
        let mut chain = fresh();
        chain.add_transactions([payment("a"), payment("b")]);
        let proof = puzzle::search(chain.tip().proof, || false).unwrap();
        let reward = Transaction::reward("node", "Bharathi");
        let block = chain.next_block(proof, "t".into(), reward.clone()).unwrap();
        assert_eq!(block.block().transactions, [payment("a"), payment("b"), reward]);
        assert_eq!(chain.tip().index, 1, "computing a block changes nothing");

        chain.append(&block);
        assert_eq!(chain.tip(), &block.tip());
        assert!(chain.pending().is_empty());
    }

    #[test]
    fn a_wrong_proof_makes_no_block() {
        let reward = Transaction::reward("node", "Bharathi");
        assert_eq!(fresh().next_block(2, "t".into(), reward).unwrap_err(), RuleError::Proof { index: 2 });
    }

    #[test]
    fn what_the_new_chain_lacks_goes_back_to_waiting_as_often_as_it_occurs() {
        let after = pending_after_replacement(
            [payment("a"), payment("b"), payment("a")],
            [payment("c"), payment("b"), payment("d")],
            [payment("a"), payment("d"), payment("x")],
        );
        assert_eq!(after.pending.transactions(), [payment("b"), payment("a"), payment("c"), payment("b")]);
        assert_eq!(after.returned, 2);
    }
}
