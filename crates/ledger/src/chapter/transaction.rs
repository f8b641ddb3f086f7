//! Transactions: three JSON scalars, and what one that is submitted has to look like.

use serde::Deserialize;
use serde_json::value::RawValue;
use thiserror::Error;

use super::{
    canonical,
    json::Object,
    scalar::{Number, Scalar, ScalarError},
};

/// A transaction in a block, or the coinbase: what its miner receives. A block from a peer may hold any scalar in each field (docs/contract.md section 3).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Transaction {
    /// How much.
    pub amount: Scalar,
    /// Who gets it.
    pub receiver: Scalar,
    /// Who gives it.
    pub sender: Scalar,
}

/// Why a transaction is not taken, or a JSON value is none.
#[derive(Debug, Error)]
pub enum TransactionError {
    /// A name is no text of 1 to 256 characters.
    #[error("`{field}` has to be a name: text of 1 to {} characters", Transaction::MAX_NAME)]
    Name {
        /// `sender` or `receiver`.
        field: &'static str,
    },
    /// The amount is no number above 0.
    #[error("`amount` has to be a number greater than 0, or text that holds one, such as 10 or \"10\"")]
    Amount,
    /// The amount has more digits than a node of the listing can read.
    #[error("`amount` is too long: at most {} characters", Transaction::MAX_AMOUNT)]
    AmountTooLong,
    /// The bytes are no text.
    #[error("a transaction is JSON in UTF-8, and this is not UTF-8")]
    NotUtf8,
    /// The value is no JSON object with the three fields.
    #[error("a transaction is an object with the three fields amount, receiver and sender: {0}")]
    Shape(#[from] serde_json::Error),
    /// One of the three fields is no scalar.
    #[error("`{field}` of a transaction: {source}")]
    Field {
        /// The field's name.
        field: &'static str,
        /// What is wrong with it.
        source: ScalarError,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawTransaction<'a> {
    #[serde(borrow)]
    amount: &'a RawValue,
    #[serde(borrow)]
    receiver: &'a RawValue,
    #[serde(borrow)]
    sender: &'a RawValue,
}

impl Transaction {
    /// The most characters a sender's or receiver's name may have.
    pub const MAX_NAME: usize = 256;
    /// The most characters an amount may have: as many as an integer may have digits.
    pub const MAX_AMOUNT: usize = Number::MAX_DIGITS;

    /// A transaction as `/add_transaction` takes it (docs/contract.md section 2); everything is kept as it was sent.
    ///
    /// # Errors
    /// When a name is no text of 1 to 256 characters, or the amount is no number above 0 and no text that holds one.
    pub fn submitted(sender: Scalar, receiver: Scalar, amount: Scalar) -> Result<Self, TransactionError> {
        let transaction = Self { amount, receiver, sender };
        transaction.check_submitted()?;
        Ok(transaction)
    }

    /// Judges whether `/add_transaction` would take it.
    ///
    /// # Errors
    /// As [`Transaction::submitted`].
    pub fn check_submitted(&self) -> Result<(), TransactionError> {
        check_name("sender", &self.sender)?;
        check_name("receiver", &self.receiver)?;
        check_amount(&self.amount)
    }

    /// Refuses integers that a node of the listing cannot read.
    pub(super) fn check_digits(&self) -> Result<(), TransactionError> {
        let fields = [("amount", &self.amount), ("receiver", &self.receiver), ("sender", &self.sender)];
        fields.into_iter().try_for_each(|(field, scalar)| {
            scalar.check_digits().map_err(|source| TransactionError::Field { field, source })
        })
    }

    /// What the miner of a block receives: 1, from the node's own address.
    pub fn coinbase(node_address: &str, miner: &str) -> Self {
        Self {
            amount: Scalar::Number(Number::from(1)),
            receiver: Scalar::Text(miner.to_owned()),
            sender: Scalar::Text(node_address.to_owned()),
        }
    }

    /// Whether the amount is a coinbase's. A coinbase is known by its position as well: it ends its block, see
    /// [`Block::non_coinbase`](super::Block::non_coinbase).
    pub(super) fn has_coinbase_amount(&self) -> bool {
        matches!(&self.amount, Scalar::Number(number) if number.as_str() == "1")
    }

    /// Reads a transaction from a raw JSON value.
    ///
    /// # Errors
    /// When it is no object with exactly the three fields, each once and each a scalar.
    pub fn from_raw(raw: &RawValue) -> Result<Self, TransactionError> {
        Self::from_json(raw.get())
    }

    /// Reads a transaction from JSON text.
    ///
    /// # Errors
    /// As [`Transaction::from_raw`].
    pub fn from_json(json: &str) -> Result<Self, TransactionError> {
        let Object(raw) = serde_json::from_str::<Object<RawTransaction<'_>>>(json)?;
        let scalar = |field, raw| Scalar::from_raw(raw).map_err(|source| TransactionError::Field { field, source });
        Ok(Self {
            amount: scalar("amount", raw.amount)?,
            receiver: scalar("receiver", raw.receiver)?,
            sender: scalar("sender", raw.sender)?,
        })
    }

    /// As [`Transaction::from_json`], from bytes.
    ///
    /// # Errors
    /// As [`Transaction::from_json`], and when the bytes are not UTF-8.
    pub fn from_json_bytes(json: &[u8]) -> Result<Self, TransactionError> {
        Self::from_json(std::str::from_utf8(json).map_err(|_| TransactionError::NotUtf8)?)
    }

    /// The canonical text: the JSON that is hashed, stored and served.
    pub fn canonical(&self) -> String {
        let mut text = String::with_capacity(self.canonical_len());
        self.write_canonical(&mut text);
        text
    }

    pub(super) fn write_canonical(&self, out: &mut String) {
        out.push_str("{\"amount\": ");
        self.amount.write_canonical(out);
        out.push_str(", \"receiver\": ");
        self.receiver.write_canonical(out);
        out.push_str(", \"sender\": ");
        self.sender.write_canonical(out);
        out.push('}');
    }

    /// How many bytes the canonical text has.
    pub fn canonical_len(&self) -> usize {
        const KEYS: usize = r#"{"amount": , "receiver": , "sender": }"#.len();
        KEYS + self.amount.canonical_len() + self.receiver.canonical_len() + self.sender.canonical_len()
    }
}

fn check_name(field: &'static str, name: &Scalar) -> Result<(), TransactionError> {
    match name {
        Scalar::Text(text) if (1..=Transaction::MAX_NAME).contains(&text.chars().count()) => Ok(()),
        _ => Err(TransactionError::Name { field }),
    }
}

fn check_amount(amount: &Scalar) -> Result<(), TransactionError> {
    let number = match amount {
        Scalar::Number(number) => number.clone(),
        Scalar::Text(text) if text.len() > Transaction::MAX_AMOUNT => return Err(TransactionError::AmountTooLong),
        Scalar::Text(text) => Number::from_json(text).map_err(|_| TransactionError::Amount)?,
        Scalar::Null | Scalar::Bool(_) => return Err(TransactionError::Amount),
    };
    if number.as_str().len() > Transaction::MAX_AMOUNT {
        return Err(TransactionError::AmountTooLong);
    }
    if number.is_positive() { Ok(()) } else { Err(TransactionError::Amount) }
}

/// Writes a list of transactions in canonical text.
pub(super) fn write_list(transactions: &[Transaction], out: &mut String) {
    out.push('[');
    for (at, transaction) in transactions.iter().enumerate() {
        if at > 0 {
            out.push_str(canonical::ITEM_SEPARATOR);
        }
        transaction.write_canonical(out);
    }
    out.push(']');
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(value: &str) -> Scalar {
        Scalar::Text(value.into())
    }

    fn number(json: &str) -> Scalar {
        Scalar::Number(Number::from_json(json).unwrap())
    }

    fn amount(amount: Scalar) -> Result<Transaction, TransactionError> {
        Transaction::submitted(text("Alice"), text("Bob"), amount)
    }

    #[test]
    fn an_amount_is_a_positive_number_or_text_that_holds_one() {
        for good in [number("10"), number("0.5"), number("1e300"), text("10"), text("12.50"), text("1e3")] {
            assert!(amount(good.clone()).is_ok(), "{good:?}");
        }
        for bad in
            [number("0"), number("-1"), number("1e-400"), text(""), text("0"), text("-3"), text("ten"), text("1e400")]
        {
            assert!(matches!(amount(bad.clone()), Err(TransactionError::Amount)), "{bad:?}");
        }
        for bad in [text(" 10"), text("[1]"), text("\"1\""), text("NaN"), Scalar::Null, Scalar::Bool(true)] {
            assert!(matches!(amount(bad.clone()), Err(TransactionError::Amount)), "{bad:?}");
        }
    }

    #[test]
    fn an_amount_is_kept_as_it_was_sent() {
        assert_eq!(amount(text("12.50")).unwrap().amount, text("12.50"));
        assert!(amount(number("12.50")).unwrap().canonical().starts_with("{\"amount\": 12.5, "));
    }

    #[test]
    fn the_length_of_the_canonical_text_is_known_before_writing() {
        for scalar in [Scalar::Null, Scalar::Bool(true), Scalar::Bool(false), number("1e16"), text("é\"😀")] {
            let transaction = Transaction { amount: scalar.clone(), receiver: scalar.clone(), sender: scalar };
            assert_eq!(transaction.canonical_len(), transaction.canonical().len());
        }
    }

    #[test]
    fn an_amount_has_at_most_as_many_digits_as_cpython_reads() {
        assert!(amount(number(&"1".repeat(4_300))).is_ok());
        assert!(matches!(amount(number(&"1".repeat(4_301))), Err(TransactionError::AmountTooLong)));
        assert!(matches!(amount(text(&"1".repeat(4_301))), Err(TransactionError::AmountTooLong)));
    }

    #[test]
    fn names_are_text_of_1_to_256_characters() {
        let pay = |sender, receiver| Transaction::submitted(sender, receiver, number("1"));
        assert!(pay(text(&"漢".repeat(256)), text("x")).is_ok());
        assert!(matches!(pay(text(&"漢".repeat(257)), text("x")), Err(TransactionError::Name { field: "sender" })));
        assert!(matches!(pay(text("x"), text("")), Err(TransactionError::Name { field: "receiver" })));
        assert!(matches!(pay(number("1"), text("x")), Err(TransactionError::Name { field: "sender" })));
        assert!(matches!(pay(text("x"), Scalar::Null), Err(TransactionError::Name { field: "receiver" })));
    }

    #[test]
    fn a_list_of_three_values_is_no_transaction() {
        assert!(Transaction::from_json(r#"[1,"b","a"]"#).is_err());
        assert!(Transaction::from_json(r#"{"amount":1,"receiver":"b","sender":"a"}"#).is_ok());
    }
}
