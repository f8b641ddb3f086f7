//! Examples for the six routes in the OpenAPI document: a chain of two blocks, as a node of the chapter has it after the first
//! payment and the first mined block.

use serde_json::{Value, json};

/// Both blocks.
pub(super) fn chain() -> Value {
    json!([
        {"index": 1, "previous_hash": "0", "proof": 1, "timestamp": "2026-11-22 19:41:03.001284", "transactions": []},
        second_block()
    ])
}

/// The answer to `/mine_block` that made the second block.
pub(super) fn mined(message: &str) -> Value {
    let mut answer = second_block();
    answer["message"] = message.into();
    answer
}

fn second_block() -> Value {
    json!({
        "index": 2,
        "previous_hash": "7168d1f1f8cbddb9705ffb4fc65db2f5687ec1b95c7b564bfa785af0f43da4b1",
        "proof": 533,
        "timestamp": "2026-11-22 19:41:17.215595",
        "transactions": [
            {"amount": 10, "receiver": "Bob", "sender": "Alice"},
            {"amount": 1, "receiver": "Bharathi", "sender": "b6ad83c85ea94bb29d432e72e0d30cbd"}
        ]
    })
}
