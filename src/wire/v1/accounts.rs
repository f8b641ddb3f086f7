//! Accounts: the sums that each name received and sent.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::chain::TransactionJson;

/// What the chain says of one name. Amounts are exact decimal numbers in plain notation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = Account)]
pub struct AccountJson {
    /// The name. A name of more than 256 characters is shortened; one that is no text stands for its JSON.
    pub name: String,
    /// Sum of all amounts received.
    #[schema(pattern = "^-?[0-9]+(\\.[0-9]+)?$")]
    pub received: String,
    /// Sum of all amounts sent.
    #[schema(pattern = "^-?[0-9]+(\\.[0-9]+)?$")]
    pub sent: String,
    /// Received less sent. Nothing in the chapter's rules keeps it above zero.
    #[schema(pattern = "^-?[0-9]+(\\.[0-9]+)?$")]
    pub balance: String,
    /// How many payments of the chain name it; one to itself counts once.
    pub payments: u64,
    /// How many of them have an amount that is no number, and are not in the sums.
    pub uncounted: u64,
}

/// A page of accounts.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Accounts {
    /// The accounts, sorted by name.
    pub accounts: Vec<AccountJson>,
    /// How many there are in all.
    pub total: u64,
    /// Path and query of the next page; null on the last one.
    pub next: Option<String>,
}

/// A transaction and where it stands.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct BookedTransaction {
    /// Index of the block.
    pub block: u64,
    /// Place in the block, from 1.
    #[schema(minimum = 1)]
    pub position: u64,
    /// The transaction.
    pub transaction: TransactionJson,
}

/// An account and a page of its transactions.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct AccountPage {
    /// The account.
    pub account: AccountJson,
    /// Its transactions, the latest first.
    pub transactions: Vec<BookedTransaction>,
    /// Path and query of the next page; null on the last one.
    pub next: Option<String>,
}
