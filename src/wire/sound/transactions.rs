//! Transactions, as blocks hold them and as they wait.

use bcoin_ledger::{
    CheckedBlock as _, Departure,
    sound::{CheckedBlock, CheckedTransfer, Coinbase, MerkleProof, Txid, XOnlyKey},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A transaction of a block: a transfer, or the reward of its miner, which is always the first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(untagged)]
#[schema(as = Transaction)]
pub enum TransactionJson {
    /// A payment from one address to another.
    Transfer(TransferJson),
    /// What the miner gets.
    Reward(RewardJson),
}

/// A signed payment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = Transfer)]
pub struct TransferJson {
    /// Its id: the hash of the whole encoding, signature included. It is no receipt before it is in a block.
    #[schema(pattern = "^[0-9a-f]{64}$")]
    pub id: String,
    /// Address of who pays.
    #[schema(pattern = "^bco1[02-9ac-hj-np-z]{59}$")]
    pub sender: String,
    /// Address of who is paid.
    #[schema(pattern = "^bco1[02-9ac-hj-np-z]{59}$")]
    pub receiver: String,
    /// How many units the receiver gets: 100,000,000 are 1 coin.
    #[schema(minimum = 1, maximum = 2_100_000_000_000_000_u64)]
    pub amount: u64,
    /// How many units the miner gets.
    #[schema(maximum = 2_100_000_000_000_000_u64)]
    pub fee: u64,
    /// How many transfers of the sender come before it.
    pub nonce: u64,
    /// What the sender has to say: up to 80 bytes in hexadecimal digits.
    #[schema(pattern = "^([0-9a-f]{2}){0,80}$")]
    pub note: String,
    /// The sender's signature (BIP 340).
    #[schema(pattern = "^[0-9a-f]{128}$")]
    pub signature: String,
}

/// The reward of a block.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = Reward)]
pub struct RewardJson {
    /// Its id: the hash of the whole encoding.
    #[schema(pattern = "^[0-9a-f]{64}$")]
    pub id: String,
    /// Address of who is paid; null in the first block, which pays nobody.
    #[schema(pattern = "^bco1[02-9ac-hj-np-z]{59}$")]
    pub receiver: Option<String>,
    /// How many units: the block's subsidy and the fees of its transfers. They can be spent from the 11th block after this one on.
    #[schema(maximum = 2_100_000_000_000_000_u64)]
    pub amount: u64,
    /// What the miner has to say: up to 80 bytes in hexadecimal digits.
    #[schema(pattern = "^([0-9a-f]{2}){0,80}$")]
    pub note: String,
    /// Eight bytes that the miner was free to choose.
    #[schema(pattern = "^[0-9a-f]{16}$")]
    pub extranonce: String,
}

/// The address of whoever is paid for a block; none for the first one.
pub(super) fn receiver(key: XOnlyKey) -> Option<String> {
    (key != XOnlyKey::ZERO).then(|| key.to_string())
}

impl From<&CheckedTransfer> for TransferJson {
    fn from(checked: &CheckedTransfer) -> Self {
        let transfer = checked.transfer();
        Self {
            id: checked.id().to_string(),
            sender: transfer.sender.to_string(),
            receiver: transfer.receiver.to_string(),
            amount: transfer.amount,
            fee: transfer.fee,
            nonce: transfer.nonce,
            note: hex::encode(transfer.note.as_bytes()),
            signature: hex::encode(transfer.signature.to_bytes()),
        }
    }
}

impl From<&Coinbase> for RewardJson {
    fn from(coinbase: &Coinbase) -> Self {
        Self {
            id: coinbase.id().to_string(),
            receiver: receiver(coinbase.receiver),
            amount: coinbase.amount,
            note: hex::encode(coinbase.note.as_bytes()),
            extranonce: hex::encode(coinbase.extranonce),
        }
    }
}

impl From<&CheckedTransfer> for TransactionJson {
    fn from(checked: &CheckedTransfer) -> Self {
        Self::Transfer(checked.into())
    }
}

impl From<&Coinbase> for TransactionJson {
    fn from(coinbase: &Coinbase) -> Self {
        Self::Reward(coinbase.into())
    }
}

/// A page of the transfers that wait, in the order they arrived.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Pending {
    /// The transfers.
    pub transactions: Vec<TransferJson>,
    /// How many wait in all.
    pub total: usize,
    /// Path and query of the next page; null on the last one.
    pub next: Option<String>,
}

/// A transfer that was taken.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Accepted {
    /// Its id.
    pub id: String,
    /// Index of the next block, which may hold it.
    pub block: u64,
}

/// What has become of a transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TransactionState {
    /// A block of the chain holds it.
    Confirmed,
    /// It waits for a block.
    Waiting,
    /// It waits no more, and no block of the chain holds it.
    Gone,
}

/// Why a transfer waits no more, although no block of the chain holds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = Departure)]
pub enum DepartureJson {
    /// Another one of the same sender took its place.
    Replaced,
    /// Too many waited, and others pay more.
    Evicted,
    /// It is not valid after the blocks that have come.
    Invalid,
    /// Its block has left the chain, and it is not valid after the blocks that came instead.
    Undone,
}

impl From<Departure> for DepartureJson {
    fn from(departure: Departure) -> Self {
        match departure {
            Departure::Replaced => Self::Replaced,
            Departure::Evicted => Self::Evicted,
            Departure::Invalid => Self::Invalid,
            Departure::Undone => Self::Undone,
        }
    }
}

/// A transaction, and what has become of it.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct TransactionStatus {
    /// Its id.
    pub id: String,
    /// What has become of it.
    pub state: TransactionState,
    /// Index of the block that holds it.
    pub index: Option<u64>,
    /// Place in that block, from 1.
    #[schema(minimum = 1)]
    pub position: Option<u32>,
    /// How many blocks of the chain confirm it, its own among them; 0 while no block holds it.
    pub confirmations: u64,
    /// Why it is gone.
    pub why: Option<DepartureJson>,
    /// The transaction; null when it is gone.
    pub transaction: Option<TransactionJson>,
}

/// That a transaction stands in a block. Whoever checks it hashes `raw` twice with SHA-256, then up along the branch, and compares
/// the result with the Merkle root in the header.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = Proof)]
pub struct ProofJson {
    /// The whole encoding of the transaction.
    #[schema(pattern = "^([0-9a-f]{2})+$")]
    pub raw: String,
    /// The hashes beside the way from the transaction to the root, the lowest first. Their bytes are reversed as those of all hashes.
    pub branch: Vec<String>,
    /// How many transactions of the block stand before it: its bits say on which side each hash of the branch stands, 0 for right.
    pub position: u32,
    /// The 80 bytes of the header.
    #[schema(pattern = "^[0-9a-f]{160}$")]
    pub header: String,
    /// Index of the block.
    #[schema(minimum = 1)]
    pub index: u64,
}

impl ProofJson {
    /// The proof for the transaction that has so many others of its block before it; none when there is no such one.
    pub fn new(block: &CheckedBlock, position: u32) -> Option<Self> {
        let raw = match usize::try_from(position).ok()?.checked_sub(1) {
            None => block.coinbase().encode(),
            Some(place) => block.transfers().get(place)?.transfer().encode(),
        };
        let proof = MerkleProof::new(block.transaction_ids().map(Txid::from_hashed), position)?;
        Some(Self {
            raw: hex::encode(raw),
            branch: proof.branch().iter().map(|hash| Txid::from_hashed(*hash).to_string()).collect(),
            position,
            header: hex::encode(block.header().header().encode()),
            index: block.tip().height,
        })
    }
}
