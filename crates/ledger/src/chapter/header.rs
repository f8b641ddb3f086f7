//! The part of a block that the rules look at, read from its canonical text without reading the rest: what a stored block's
//! hash covers need not be read again.

use crate::hash::BlockHash;

/// How many digits a hash has.
const HASH_DIGITS: usize = 64;

/// Index, link and proof of a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// Position in the chain, from 1.
    pub index: u64,
    /// Hash of the block before; `None` when its text is no hash, as in the first block.
    pub previous: Option<BlockHash>,
    /// Solution of the puzzle.
    pub proof: u64,
}

impl Header {
    /// Reads the beginning of a canonical text; `None` when it is not the beginning of one.
    pub fn from_canonical(text: &[u8]) -> Option<Self> {
        let (index, rest) = integer(text.strip_prefix(b"{\"index\": ")?)?;
        let rest = rest.strip_prefix(b", \"previous_hash\": \"")?;
        // All but the first block have a hash here, whose length is known.
        let hash = match rest.get(HASH_DIGITS) {
            Some(b'"') => BlockHash::from_lower_hex(&rest[..HASH_DIGITS]),
            _ => None,
        };
        let (previous, end) = match hash {
            Some(hash) => (Some(hash), HASH_DIGITS),
            None => (None, rest.iter().position(|byte| *byte == b'"')?),
        };
        let (proof, rest) = integer(rest[end..].strip_prefix(b"\", \"proof\": ")?)?;
        rest.starts_with(b", \"timestamp\": \"").then_some(Self { index, previous, proof })
    }
}

/// A decimal number at the beginning of a text, and what follows it.
fn integer(text: &[u8]) -> Option<(u64, &[u8])> {
    let digits = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (number, rest) = text.split_at(digits);
    let number =
        number.iter().try_fold(0_u64, |number, digit| number.checked_mul(10)?.checked_add(u64::from(digit - b'0')))?;
    (digits > 0).then_some((number, rest))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chapter::Block;

    #[test]
    fn a_header_is_that_of_its_block() {
        let hash = BlockHash::sha256("");
        for (index, proof, previous_hash, previous) in [
            (1, 1, "0".to_owned(), None),
            (2, 533, hash.to_string(), Some(hash)),
            (3, 533, hash.to_string().to_uppercase(), None),
            (3, 533, format!("{hash}00"), None),
            (i64::MAX as u64, i64::MAX as u64, String::new(), None),
        ] {
            let block = Block { index, proof, previous_hash, ..Block::genesis("t".into()) };
            let text = block.canonical();
            let header = Header { index, previous, proof };
            assert_eq!(Header::from_canonical(text.as_bytes()), Some(header));
            assert_eq!(block.header(), header);
        }
    }

    #[test]
    fn another_text_has_no_header() {
        let text = Block::genesis("t".into()).canonical();
        for other in [
            "",
            "{}",
            "{\"index\": ",
            &text[1..],
            &text.replace(": ", ":"),
            &text.replace("1", ""),
            &text.replace("1", "99999999999999999999"),
        ] {
            assert_eq!(Header::from_canonical(other.as_bytes()), None, "{other}");
        }
    }
}
