//! What waits after blocks have changed (docs/contract.md section 4): the transactions of disconnected blocks, then those that
//! waited already, except for what the connected blocks hold, counted as often as it occurs. Coinbases are gone, and so is what
//! `/add_transaction` would refuse: a block from a peer may hold any scalars.

use std::collections::HashMap;

use super::{account::Account, check::CheckedBlock, mempool::Mempool, transaction::Transaction};
use crate::rules::{self, AfterReorganisation, ReadAccounts};

/// Gathers what may wait again. Of connected blocks only counts are kept, so that memory does not grow with a chain that is
/// adopted.
#[derive(Debug, Default)]
pub struct Reorganisation {
    /// The transactions of each disconnected block, the latest block first.
    disconnected: Vec<Vec<Transaction>>,
    /// How many of the first that wait are the transactions of the connected blocks, one after the other: usually all.
    taken: usize,
    /// How often connected blocks hold what may wait; made when a block holds something else than what waits next.
    connected: Option<HashMap<Transaction, usize>>,
}

impl Reorganisation {
    /// Everything that may wait, with a count of 0.
    fn may_wait(&self, waiting: &[Transaction]) -> HashMap<Transaction, usize> {
        let disconnected = self.disconnected.iter().flatten();
        disconnected.chain(waiting).map(|transaction| (transaction.clone(), 0)).collect()
    }
}

impl rules::Reorganisation for Reorganisation {
    type Block = CheckedBlock;
    type Account = Account;
    type Mempool = Mempool;
    type Transaction = Transaction;

    fn disconnected(&mut self, block: CheckedBlock) {
        self.disconnected.push(block.into_block().into_non_coinbase());
    }

    fn connected(&mut self, block: &CheckedBlock, mempool: &Mempool) {
        let transactions = block.block().non_coinbase();
        let waiting = &mempool.transactions()[self.taken..];
        if self.connected.is_none() {
            if self.disconnected.is_empty() && waiting.starts_with(transactions) {
                self.taken += transactions.len();
                return;
            }
            self.connected = Some(self.may_wait(waiting));
        }
        for transaction in transactions {
            if let Some(count) = self.connected.as_mut().and_then(|connected| connected.get_mut(transaction)) {
                *count += 1;
            }
        }
    }

    fn finish<A: ReadAccounts<Account>>(
        self,
        _: &A,
        mempool: &Mempool,
    ) -> Result<AfterReorganisation<Mempool, Transaction>, A::Error> {
        let mut connected = self.connected.unwrap_or_default();
        let mut still_waits = |transaction: &Transaction| match connected.get_mut(transaction) {
            Some(count) if *count > 0 => {
                *count -= 1;
                false
            }
            _ => true,
        };
        let disconnected = self.disconnected.into_iter().rev().flatten().filter(&mut still_waits);
        let (mut waiting, refused): (Vec<_>, Vec<_>) = disconnected.partition(|one| one.check_submitted().is_ok());
        let (returned, not_returned) = (waiting.len(), refused.len());
        waiting.extend(mempool.transactions()[self.taken..].iter().filter(|one| still_waits(one)).cloned());
        Ok(AfterReorganisation { mempool: waiting.into_iter().collect(), returned, not_returned, left: Vec::new() })
    }
}

#[cfg(test)]
pub(super) mod tests {
    use std::convert::Infallible;

    use super::*;
    use crate::{
        chapter::{Block, Number, Scalar, check},
        rules::Reorganisation as _,
    };

    /// These rules ask no account anything.
    pub(in crate::chapter) struct NoAccounts;

    impl ReadAccounts<Account> for NoAccounts {
        type Error = Infallible;

        fn read(&self, _: &[u8]) -> Result<Account, Infallible> {
            unreachable!("no account is read")
        }
    }

    fn transaction(sender: &str) -> Transaction {
        Transaction { receiver: Scalar::Text("b".into()), ..strange(sender) }
    }

    /// One that `/add_transaction` refuses.
    fn strange(sender: &str) -> Transaction {
        let amount = Scalar::Number(Number::from(2));
        Transaction { sender: Scalar::Text(sender.into()), receiver: Scalar::Null, amount }
    }

    /// Capital letters send what is refused.
    fn pool(senders: &str) -> Mempool {
        let one = |sender: char| match sender {
            'A'..='Z' => strange(&sender.to_string()),
            _ => transaction(&sender.to_string()),
        };
        senders.chars().map(one).collect()
    }

    /// A block with a transaction of each of these senders and a coinbase.
    fn block(senders: &str) -> CheckedBlock {
        let mut transactions = pool(senders).transactions().to_vec();
        transactions.push(Transaction::coinbase("node", "miner"));
        let block = Block { transactions, ..Block::genesis("t".into()) };
        check::restore(block.hash(), block.canonical().into_bytes()).unwrap()
    }

    fn waiting(disconnected: &[&str], mempool: &str, connected: &[&str]) -> (String, usize) {
        let (waiting, returned, not_returned) = after(disconnected, mempool, connected);
        assert_eq!(not_returned, 0);
        (waiting, returned)
    }

    fn after(disconnected: &[&str], mempool: &str, connected: &[&str]) -> (String, usize, usize) {
        let mempool = pool(mempool);
        let mut change = Reorganisation::default();
        for senders in disconnected.iter().rev() {
            change.disconnected(block(senders));
        }
        for senders in connected {
            change.connected(&block(senders), &mempool);
        }
        let Ok(after) = change.finish(&NoAccounts, &mempool);
        let senders = after.mempool.transactions().iter().map(|one| one.sender.canonical().replace('"', ""));
        (senders.collect(), after.returned, after.not_returned)
    }

    #[test]
    fn a_block_that_takes_what_waits_leaves_the_rest() {
        assert_eq!(waiting(&[], "abc", &["abc"]), (String::new(), 0));
        assert_eq!(waiting(&[], "abc", &["ab"]), ("c".into(), 0));
        assert_eq!(waiting(&[], "abca", &["ab", "c"]), ("a".into(), 0));
        assert_eq!(waiting(&[], "abc", &[""]), ("abc".into(), 0));
    }

    #[test]
    fn what_the_new_chain_lacks_waits_again_as_often_as_it_occurs() {
        assert_eq!(waiting(&["ab", "a"], "cbd", &["ad", "x"]), ("bacb".into(), 2));
        assert_eq!(waiting(&[], "abab", &["a", "xa"]), ("bb".into(), 0));
        assert_eq!(waiting(&["a"], "a", &["aaa"]), (String::new(), 0));
        assert_eq!(waiting(&["a", "b"], "", &[]), ("ab".into(), 2));
    }
    #[test]
    fn what_would_be_refused_does_not_wait_again_and_is_counted() {
        assert_eq!(after(&["aX", "Yb"], "c", &[""]), ("abc".into(), 2, 2));
        assert_eq!(after(&["aXXY"], "", &["X"]), ("a".into(), 1, 2));
        assert_eq!(after(&["X"], "X", &["XX"]), (String::new(), 0, 0));
    }
}
