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

use bcoin_ledger::chapter::json_string;

/// A field of a transaction: a JSON text, number, `true`, `false` or `null`, as it stands in the block, digit by digit.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Field(Box<RawValue>);

impl Field {
    /// A text.
    pub fn text(text: &str) -> Self {
        Self(raw_json(json_string(text)))
    }

    /// A field from its canonical JSON.
    pub fn canonical(json: String) -> Self {
        Self(raw_json(json))
    }

    /// The field as JSON.
    pub fn json(&self) -> &str {
        self.0.get()
    }
}

/// A raw JSON value. Canonical texts are JSON. A text that is no JSON, which should not occur, becomes a JSON string.
pub fn raw_json(json: String) -> Box<RawValue> {
    RawValue::from_string(json.clone())
        .unwrap_or_else(|_| RawValue::from_string(json_string(&json)).unwrap_or_default())
}

/// The schema of a field.
fn field() -> Schema {
    let types = SchemaType::from_iter([Type::String, Type::Number, Type::Boolean, Type::Null]);
    let description = "A text, a number, true, false or null, as it stands in the block, digit by digit";
    ObjectBuilder::new().schema_type(types).description(Some(description)).into()
}

/// A payment, or the reward of a block.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = Transaction)]
pub struct TransactionJson {
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

/// A block with its hash.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = Block)]
pub struct BlockJson {
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
    pub transactions: Vec<TransactionJson>,
}

/// A page of the chain.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Blocks {
    /// The blocks, by rising index.
    #[schema(value_type = Vec<BlockJson>)]
    pub blocks: Vec<Box<RawValue>>,
    /// How many blocks the chain has.
    pub length: u64,
    /// Path and query of the next page; null on the last one.
    pub next: Option<String>,
}

/// A block as it is hashed: without its hash.
#[derive(Debug, ToSchema)]
pub struct PlainBlock {
    /// Place in the chain, from 1.
    #[schema(minimum = 1)]
    pub index: u64,
    /// Hash of the block before; `"0"` in the first block.
    pub previous_hash: String,
    /// Solution of the puzzle.
    #[schema(minimum = 1)]
    pub proof: u64,
    /// When the block was made, by its miner's clock.
    pub timestamp: String,
    /// Payments in the order they arrived, the miner's reward last.
    pub transactions: Vec<TransactionJson>,
}

/// The schema of a piece of the chain, which is written from the stored texts.
#[derive(Debug, ToSchema)]
pub struct ChainPiece {
    /// The blocks, by rising index.
    pub chain: Vec<PlainBlock>,
    /// How many blocks the piece has.
    pub length: u64,
}

/// What a block is without its transactions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = Header)]
pub struct HeaderJson {
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

/// A page of headers.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Headers {
    /// The headers, by rising index.
    pub headers: Vec<HeaderJson>,
    /// How many blocks the chain has.
    pub length: u64,
    /// Path and query of the next page; null on the last one.
    pub next: Option<String>,
}

/// A block that was mined on request.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = Mined)]
pub struct MinedJson {
    /// The block.
    #[schema(value_type = BlockJson)]
    pub block: Box<RawValue>,
    /// How many candidates were tried until the proof was found.
    pub tries: u64,
    /// How long the search took, in milliseconds.
    pub took_ms: f64,
}
