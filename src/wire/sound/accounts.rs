//! Accounts: what an address has in the chain.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::transactions::{TransactionJson, TransferJson};

/// What the chain says of one address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = Account)]
pub struct AccountJson {
    /// The address.
    #[schema(pattern = "^bco1[02-9ac-hj-np-z]{59}$")]
    pub address: String,
    /// How many units it can spend: 100,000,000 are 1 coin.
    #[schema(maximum = 2_100_000_000_000_000_u64)]
    pub balance: u64,
    /// How many transfers it has sent.
    pub nonce: u64,
}

/// A page of accounts.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Accounts {
    /// The accounts, in the order of their keys.
    pub accounts: Vec<AccountJson>,
    /// How many there are in all.
    pub total: u64,
    /// Path and query of the next page; null on the last one.
    pub next: Option<String>,
}

/// A transaction and where it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BookedTransaction {
    /// Index of the block.
    #[schema(minimum = 1)]
    pub block: u64,
    /// Place in the block, from 1.
    #[schema(minimum = 1)]
    pub position: u32,
    /// The transaction.
    pub transaction: TransactionJson,
}

/// An account and a page of its transactions.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct AccountPage {
    /// What the chain says of it; zeros when no block names the address.
    #[serde(flatten)]
    pub account: AccountJson,
    /// How many units of rewards it will be able to spend within the next ten blocks.
    #[schema(maximum = 2_100_000_000_000_000_u64)]
    pub immature: u64,
    /// The nonce of its next transfer, after those that wait.
    pub next_nonce: u64,
    /// Its transfers that wait, in the order of their nonces.
    pub waiting: Vec<TransferJson>,
    /// What a transfer should pay for each byte now, in units, so that it enters the mempool and stays.
    #[schema(minimum = 1)]
    pub fee_per_byte: u64,
    /// Its transactions, the latest first.
    pub transactions: Vec<BookedTransaction>,
    /// Path and query of the next page; null on the last one.
    pub next: Option<String>,
}
