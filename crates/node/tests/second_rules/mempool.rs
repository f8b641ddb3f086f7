//! What waits under these rules.

use bcoin_ledger::{self as ledger, AfterReorganisation, Departure, ReadAccounts, Size};

use crate::rules::{Balance, CheckedBlock, Transaction};

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Mempool(pub Vec<Transaction>);

impl ledger::Mempool<Transaction> for Mempool {
    fn len(&self) -> usize {
        self.0.len()
    }

    fn bytes(&self) -> usize {
        self.0.iter().map(Size::size).sum()
    }

    fn transactions<'a>(&'a self) -> impl Iterator<Item = &'a Transaction>
    where
        Transaction: 'a,
    {
        self.0.iter()
    }
}

/// Transactions that enter together. None leaves for them.
#[derive(Clone, Debug, Default)]
pub struct Admission(pub Vec<Transaction>);

impl ledger::Admission<Transaction> for Admission {
    fn added(&self) -> &[Transaction] {
        &self.0
    }

    fn removed(&self) -> &[Transaction] {
        &[]
    }

    fn left(&self) -> &[(Transaction, Departure)] {
        &[]
    }
}

impl FromIterator<Transaction> for Mempool {
    fn from_iter<I: IntoIterator<Item = Transaction>>(transactions: I) -> Self {
        Self(transactions.into_iter().collect())
    }
}

/// The transactions of disconnected blocks wait again where the accounts still cover them.
#[derive(Debug, Default)]
pub struct Reorganisation {
    disconnected: Vec<Vec<Transaction>>,
    connected: Vec<Transaction>,
}

impl ledger::Reorganisation for Reorganisation {
    type Block = CheckedBlock;
    type Account = Balance;
    type Mempool = Mempool;
    type Transaction = Transaction;

    fn disconnected(&mut self, block: CheckedBlock) {
        self.disconnected.push(block.transactions);
    }

    fn connected(&mut self, block: &CheckedBlock, _: &Mempool) {
        self.connected.extend(&block.transactions);
    }

    fn finish<A: ReadAccounts<Balance>>(
        self,
        accounts: &A,
        mempool: &Mempool,
    ) -> Result<AfterReorganisation<Mempool, Transaction>, A::Error> {
        let mut waiting = Vec::new();
        let (mut returned, mut not_returned) = (0, 0);
        let disconnected: Vec<_> = self.disconnected.into_iter().rev().flatten().collect();
        for (at, transaction) in disconnected.iter().chain(&mempool.0).enumerate() {
            let covered = spent(&waiting, transaction.from) + u64::from(transaction.amount)
                <= accounts.read(&[transaction.from])?.0;
            if self.connected.contains(transaction) {
                continue;
            }
            let was_in_a_block = usize::from(at < disconnected.len());
            if covered {
                waiting.push(*transaction);
                returned += was_in_a_block;
            } else {
                not_returned += was_in_a_block;
            }
        }
        Ok(AfterReorganisation { mempool: Mempool(waiting), returned, not_returned, left: Vec::new() })
    }
}

/// What an account pays in these transactions.
pub fn spent(transactions: &[Transaction], from: u8) -> u64 {
    let own = transactions.iter().filter(|transaction| transaction.from == from);
    own.map(|transaction| u64::from(transaction.amount)).sum()
}
