//! Who received and sent how much. The printed rules ask no account anything, so accounts may be below zero.

use super::{amount::Sum, block::Block, scalar::Scalar, transaction::Transaction};
use crate::{
    hash::BlockHash,
    rules::{self, Accounts},
};

/// How much of a name that is too long is kept, in characters; its hash follows.
const LONG_NAME_PREFIX: usize = 190;

/// What a name adds up to. Amounts are never rounded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Account {
    /// Sum of all amounts received.
    pub received: Sum,
    /// Sum of all amounts sent.
    pub sent: Sum,
    /// How many transactions name it; one to itself counts once.
    pub transactions: u64,
    /// How many of them have an amount that is no number, and are not in the sums.
    pub uncounted: u64,
}

impl Account {
    /// The name under which a sender or a receiver has its account: a text as it is, any other scalar as its JSON. A name of
    /// more than 256 characters, which only blocks of other nodes can hold, is cut and followed by the SHA-256 of its
    /// canonical text.
    pub fn name(scalar: &Scalar) -> String {
        let name = match scalar {
            Scalar::Text(text) => text.clone(),
            other => other.canonical(),
        };
        if name.chars().count() <= Transaction::MAX_NAME {
            return name;
        }
        let prefix: String = name.chars().take(LONG_NAME_PREFIX).collect();
        format!("{prefix}…{}", BlockHash::sha256(scalar.canonical()))
    }

    /// Received less sent.
    pub fn balance(&self) -> Sum {
        self.received.less(&self.sent)
    }

    fn book(&mut self, part: &Part<'_>, direction: Direction) {
        let count = |number: &mut u64| match direction {
            Direction::Connect => *number += 1,
            Direction::Disconnect => *number = number.saturating_sub(1),
        };
        count(&mut self.transactions);
        let Some(amount) = part.amount else { return count(&mut self.uncounted) };
        let add = |sum: &mut Sum| match direction {
            Direction::Connect => sum.add(amount),
            Direction::Disconnect => sum.subtract(amount),
        };
        if part.receives {
            add(&mut self.received);
        }
        if part.sends {
            add(&mut self.sent);
        }
    }
}

/// Four fields with a blank between: received, sent, transactions, uncounted.
impl rules::Account for Account {
    fn encode(&self) -> Vec<u8> {
        format!("{} {} {} {}", self.received, self.sent, self.transactions, self.uncounted).into_bytes()
    }

    fn decode(bytes: &[u8]) -> Option<Self> {
        let mut fields = std::str::from_utf8(bytes).ok()?.split(' ');
        let account = Self {
            received: Sum::read(fields.next()?)?,
            sent: Sum::read(fields.next()?)?,
            transactions: fields.next()?.parse().ok()?,
            uncounted: fields.next()?.parse().ok()?,
        };
        fields.next().is_none().then_some(account)
    }
}

/// Whether a block comes or goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Direction {
    Connect,
    Disconnect,
}

/// One account's part in a transaction.
struct Part<'a> {
    amount: Option<&'a Sum>,
    receives: bool,
    sends: bool,
}

/// Books every transaction of a block at each account that it names: once where one pays itself.
pub(super) fn book<A: Accounts<Account>>(
    accounts: &mut A,
    block: &Block,
    direction: Direction,
) -> Result<(), A::Error> {
    for (position, transaction) in (1..).zip(&block.transactions) {
        let amount = Sum::of(&transaction.amount);
        let mut book = |name: &str, receives, sends| {
            let part = Part { amount: amount.as_ref(), receives, sends };
            accounts.update(name.as_bytes(), Some(position), |account| account.book(&part, direction))
        };
        let (sender, receiver) = (Account::name(&transaction.sender), Account::name(&transaction.receiver));
        if sender == receiver {
            book(&sender, true, true)?;
        } else {
            book(&sender, false, true)?;
            book(&receiver, true, false)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::{collections::HashMap, convert::Infallible};

    use super::*;
    use crate::rules::Account as _;

    #[derive(Default)]
    struct Plain(HashMap<Vec<u8>, Account>);

    impl Accounts<Account> for Plain {
        type Error = Infallible;

        fn update<T>(
            &mut self,
            name: &[u8],
            _: Option<u32>,
            change: impl FnOnce(&mut Account) -> T,
        ) -> Result<T, Infallible> {
            Ok(change(self.0.entry(name.to_owned()).or_default()))
        }
    }

    fn block(transactions: &str) -> Block {
        let json =
            format!(r#"{{"index":2,"previous_hash":"0","proof":1,"timestamp":"t","transactions":[{transactions}]}}"#);
        Block::from_json(&json).unwrap()
    }

    #[test]
    fn what_was_booked_is_booked_back() {
        let block = block(
            r#"{"amount":10.5,"receiver":"b","sender":"a"},{"amount":"1e2","receiver":"a","sender":"a"},
               {"amount":null,"receiver":true,"sender":"a"}"#,
        );
        let mut accounts = Plain::default();
        book(&mut accounts, &block, Direction::Connect).unwrap();
        let a = &accounts.0[&b"a"[..]];
        assert_eq!((a.transactions, a.uncounted), (3, 1));
        assert_eq!([&a.received, &a.sent, &a.balance()].map(Sum::to_string), ["100", "110.5", "-10.5"]);
        assert_eq!(accounts.0[&b"true"[..]].uncounted, 1);
        book(&mut accounts, &block, Direction::Disconnect).unwrap();
        assert!(accounts.0.values().all(|account| *account == Account::default()));
    }

    #[test]
    fn an_account_is_kept_and_read_back() {
        let mut accounts = Plain::default();
        book(&mut accounts, &block(r#"{"amount":1e300,"receiver":"b","sender":"a"}"#), Direction::Connect).unwrap();
        for account in accounts.0.values() {
            assert_eq!(Account::decode(&account.encode()).as_ref(), Some(account));
        }
        for bytes in [&b""[..], b"1 2 3", b"1 2 3 4 5", b"x 2 3 4", b"1 2 -3 4", b"\xff 2 3 4"] {
            assert_eq!(Account::decode(bytes), None);
        }
    }
}
