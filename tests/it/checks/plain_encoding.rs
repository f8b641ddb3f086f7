//! The encodings of docs/sound-rules.md sections 1 and 2, taken apart by their offsets alone.

use sha2::{Digest as _, Sha256};

/// How many bytes the shortest transaction has.
const SHORTEST: usize = 86;

/// The SHA-256 of the SHA-256.
pub fn double_sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(Sha256::digest(bytes)).into()
}

/// The hash with a tag (BIP 340).
pub fn tagged(tag: &str, message: &[u8]) -> [u8; 32] {
    let tag = Sha256::digest(tag);
    Sha256::digest([&tag[..], &tag[..], message].concat()).into()
}

/// The transactions of a block, each with the bytes of its encoding; else the rule that is broken.
pub fn transactions(block: &[u8]) -> Result<Vec<&[u8]>, &'static str> {
    if block.len() > 1_000_000 {
        return Err("size");
    }
    let (_, rest) = block.split_at_checked(80).ok_or("encoding")?;
    let (count, mut rest) = count(rest).ok_or("encoding")?;
    if count == 0 || count > (rest.len() / SHORTEST) as u64 {
        return Err("encoding");
    }
    let mut found = Vec::new();
    for _ in 0..count {
        let (transaction, after) = rest.split_at_checked(transaction_length(rest)?).ok_or("encoding")?;
        found.push(transaction);
        rest = after;
    }
    if rest.is_empty() { Ok(found) } else { Err("encoding") }
}

/// How many bytes the transaction has that these bytes begin with.
pub fn transaction_length(bytes: &[u8]) -> Result<usize, &'static str> {
    let (note_at, after_note) = match bytes.first() {
        None => return Err("encoding"),
        Some(0) => (1 + 4 + 32 + 8 + 32 + 8, 0),
        Some(1) => (1 + 32 + 32 + 8 + 8 + 8, 64),
        Some(_) => return Err("kind"),
    };
    match bytes.get(note_at) {
        None => Err("encoding"),
        Some(81..) => Err("note"),
        Some(note) => Ok(note_at + 1 + usize::from(*note) + after_note),
    }
}

/// Whether the bytes are one transaction, from the first to the last; else the rule that is broken.
pub fn is_transaction(bytes: &[u8]) -> Result<(), &'static str> {
    if transaction_length(bytes)? == bytes.len() { Ok(()) } else { Err("encoding") }
}

/// A CompactSize in its shortest form, and what follows it.
fn count(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let (first, rest) = bytes.split_first()?;
    let (width, least) = match first {
        0xfd => (2, 0xfd),
        0xfe => (4, 1 << 16),
        0xff => (8, 1 << 32),
        _ => return Some((u64::from(*first), rest)),
    };
    let (digits, rest) = rest.split_at_checked(width)?;
    let count = digits.iter().rev().fold(0, |count, digit| count << 8 | u64::from(*digit));
    (count >= least).then_some((count, rest))
}

/// The root of the tree over these hashes, and whether it is mutated.
pub fn merkle(level: &[[u8; 32]]) -> ([u8; 32], bool) {
    if let [root] = level {
        return (*root, false);
    }
    let is_pair_of_equals = |pair: &[[u8; 32]]| pair.len() == 2 && pair[0] == pair[1];
    let above: Vec<_> = level.chunks(2).map(|pair| double_sha256(&[pair[0], *pair.last().unwrap()].concat())).collect();
    let (root, mutated) = merkle(&above);
    (root, mutated || level.chunks(2).any(is_pair_of_equals))
}

/// A little-endian number in a field.
pub fn number(bytes: &[u8]) -> u64 {
    bytes.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte))
}
