//! Compares the canonical writer with the plain one.

use bcoin_ledger::chapter::{Block, Number, json_string};

use super::{
    plain_float,
    plain_json::{self, Value},
    plain_writer,
};

/// Both readers take the same blocks and the same numbers, and both writers write the same text for them; for any text as
/// a string too, and for any float that the first eight bytes are.
pub fn canonical_writer(data: &[u8]) -> bool {
    let mut taken = false;
    if let Ok(text) = std::str::from_utf8(data) {
        let block = Block::from_json(text).ok().map(|block| block.canonical());
        assert_eq!(block, plain_canonical_block(text), "the block {text:?}");
        let number = Number::from_json(text).ok().map(|number| number.as_str().to_owned());
        assert_eq!(number, plain_number(text), "the number {text:?}");
        assert_eq!(json_string(text), plain_writer::dumps(&Value::Text(text.to_owned())), "the string {text:?}");
        taken = block.is_some() || number.is_some();
    }
    if let Some(bytes) = data.first_chunk() {
        taken |= float_is_written_the_same(f64::from_bits(u64::from_le_bytes(*bytes)));
    }
    taken
}

/// The canonical text of a block, found the plain way; `None` when the text is no block.
pub fn plain_canonical_block(json: &str) -> Option<String> {
    let value = plain_json::loads(json)?;
    plain_json::is_block(&value).then(|| plain_writer::dumps(&value))
}

fn plain_number(json: &str) -> Option<String> {
    let blank = |c| matches!(c, ' ' | '\t' | '\n' | '\r');
    match plain_json::loads(json)? {
        // A number stands alone: blanks around it are for the JSON text that holds it.
        value @ (Value::Integer(_) | Value::Float(_)) if !json.contains(blank) => Some(plain_writer::dumps(&value)),
        _ => None,
    }
}

fn float_is_written_the_same(value: f64) -> bool {
    // The text always has an exponent, so it is read as a float and not as an integer.
    let json = format!("{value:e}");
    let number = Number::from_json(&json).ok().map(|number| number.as_str().to_owned());
    assert_eq!(number, value.is_finite().then(|| plain_float::repr(value)), "the float {json}");
    number.is_some()
}
