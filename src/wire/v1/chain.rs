//! Blocks, their headers and their transactions.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::{
    ToSchema,
    openapi::{
        ObjectBuilder,
        schema::{Schema, SchemaType, Type},
    },
};

use crate::ledger;

/// A field of a transaction: a JSON text, number, `true`, `false` or `null`, as it stands in the block, digit by digit.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Field(Box<RawValue>);

impl Field {
    /// A text.
    pub fn text(text: &str) -> Self {
        Self(raw(ledger::json_string(text)))
    }

    /// The field as JSON.
    pub fn json(&self) -> &str {
        self.0.get()
    }
}

/// What a field may be, for the OpenAPI document.
fn field() -> Schema {
    let types = SchemaType::from_iter([Type::String, Type::Number, Type::Boolean, Type::Null]);
    let description = "A text, a number, true, false or null, as it stands in the block, digit by digit";
    ObjectBuilder::new().schema_type(types).description(Some(description)).into()
}

/// A payment, or the reward of a block.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Transaction {
    /// How much.
    #[schema(schema_with = field)]
    pub amount: Field,
    /// Who receives it.
    #[schema(schema_with = field)]
    pub receiver: Field,
    /// Who pays it.
    #[schema(schema_with = field)]
    pub sender: Field,
}

impl Transaction {
    /// About how many bytes it takes as JSON.
    pub fn json_bytes(&self) -> usize {
        self.amount.json().len() + self.receiver.json().len() + self.sender.json().len()
    }
}

impl From<&ledger::Transaction> for Transaction {
    fn from(transaction: &ledger::Transaction) -> Self {
        let field = |scalar: &ledger::Scalar| Field(raw(scalar.canonical()));
        Self {
            amount: field(&transaction.amount),
            receiver: field(&transaction.receiver),
            sender: field(&transaction.sender),
        }
    }
}

/// A block with its hash.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Block {
    /// SHA-256 of the block's canonical text, which `/blocks/{id}/text` serves.
    pub hash: String,
    /// Place in the chain, from 1.
    #[schema(minimum = 1)]
    pub index: u64,
    /// Hash of the block before; `"0"` in the first block.
    pub previous_hash: String,
    /// Solution of the puzzle.
    #[schema(minimum = 1)]
    pub proof: u64,
    /// When the block was made, by its miner's clock: the text that was hashed.
    pub timestamp: String,
    /// Payments in the order they arrived, the miner's reward last.
    pub transactions: Vec<Transaction>,
}

impl Block {
    /// A block's JSON from its canonical text: the hash goes in front, everything else stays as it is stored.
    pub fn of_canonical(text: &str) -> Box<RawValue> {
        let hash = ledger::BlockHash::of(text);
        raw(format!("{{\"hash\": \"{hash}\", {}", text.get(1..).unwrap_or_default()))
    }
}

/// Canonical texts are JSON; whatever else gets here becomes a JSON text that shows it.
fn raw(json: String) -> Box<RawValue> {
    RawValue::from_string(json.clone()).unwrap_or_else(|_| {
        let shown = ledger::json_string(&json);
        RawValue::from_string(shown).unwrap_or_default()
    })
}

/// A page of the chain.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Blocks {
    /// The blocks, by rising index.
    #[schema(value_type = Vec<Block>)]
    pub blocks: Vec<Box<RawValue>>,
    /// How many blocks the chain has.
    pub length: u64,
    /// Path and query of the next page; null on the last one.
    pub next: Option<String>,
}

/// What a block is without its transactions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Header {
    /// Place in the chain, from 1.
    #[schema(minimum = 1)]
    pub index: u64,
    /// SHA-256 of the block's canonical text.
    pub hash: String,
    /// Hash of the block before; `"0"` in the first block.
    pub previous_hash: String,
    /// Solution of the puzzle.
    #[schema(minimum = 1)]
    pub proof: u64,
    /// When the block was made, by its miner's clock.
    pub timestamp: String,
    /// How many transactions the block holds, the reward among them.
    pub transactions: usize,
}

impl Header {
    /// The header of a block, from its canonical text.
    ///
    /// # Errors
    /// When the text is no block.
    pub fn of_canonical(text: &str) -> Result<Self, ledger::BlockError> {
        Ok(Self::new(&ledger::Block::from_json(text)?, ledger::BlockHash::of(text)))
    }

    /// The header of a block whose hash is known.
    pub fn new(block: &ledger::Block, hash: ledger::BlockHash) -> Self {
        Self {
            index: block.index,
            hash: hash.to_string(),
            previous_hash: block.previous_hash.clone(),
            proof: block.proof,
            timestamp: block.timestamp.clone(),
            transactions: block.transactions.len(),
        }
    }
}

/// A page of headers.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Headers {
    /// The headers, by rising index.
    pub headers: Vec<Header>,
    /// How many blocks the chain has.
    pub length: u64,
    /// Path and query of the next page; null on the last one.
    pub next: Option<String>,
}

/// A block that was mined on request.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Mined {
    /// The block.
    #[schema(value_type = Block)]
    pub block: Box<RawValue>,
    /// How many candidates were tried until the proof was found.
    pub tries: u64,
    /// How long the search took, in milliseconds.
    pub took_ms: f64,
}
