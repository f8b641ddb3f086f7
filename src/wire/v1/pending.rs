//! The mempool: transactions that wait for the next block.

use bcoin_ledger::chapter;
use serde::{Deserialize, Serialize};
use utoipa::{
    ToSchema,
    openapi::{
        ObjectBuilder, OneOfBuilder,
        schema::{Schema, Type},
    },
};

use super::chain::{Field, TransactionJson};

/// A page of the payments that wait, in the order they arrived.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Pending {
    /// The payments.
    pub transactions: Vec<TransactionJson>,
    /// How many wait in all.
    pub total: usize,
    /// Path and query of the next page; null on the last one.
    pub next: Option<String>,
}

/// A payment as it is sent.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Payment {
    /// Who pays.
    #[schema(min_length = 1, max_length = 256)]
    pub sender: String,
    /// Who receives it.
    #[schema(min_length = 1, max_length = 256)]
    pub receiver: String,
    /// How much: a number above 0, or a text that holds one.
    #[schema(schema_with = amount)]
    pub amount: Field,
}

fn amount() -> Schema {
    let number = ObjectBuilder::new().schema_type(Type::Number).exclusive_minimum(Some(0));
    let text = ObjectBuilder::new()
        .schema_type(Type::String)
        .max_length(Some(chapter::Transaction::MAX_AMOUNT))
        .pattern(Some(r"^([1-9][0-9]*(\.[0-9]+)?|0\.[0-9]*[1-9][0-9]*)([eE][+-]?[0-9]{1,2})?$"));
    OneOfBuilder::new().item(number).item(text).into()
}

/// A payment that was taken.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Waiting {
    /// The payment.
    pub transaction: TransactionJson,
    /// Index of the next block, which will hold it.
    pub block: u64,
}
