//! The reader of blocks.

use bcoin_ledger::chapter::{Block, MAX_INTEGER};

/// No text makes the reader panic. The canonical text of an accepted block reads back as the same block.
pub fn block_reader(data: &[u8]) -> bool {
    let Ok(json) = std::str::from_utf8(data) else { return false };
    let Ok(block) = Block::from_json(json) else { return false };
    for value in [block.index, block.proof] {
        assert!((1..=MAX_INTEGER).contains(&value), "{value} is outside 1 to 2^63-1");
    }
    let canonical = block.canonical();
    assert!(canonical.bytes().all(|byte| (b' '..=b'~').contains(&byte)), "not printable ASCII: {canonical:?}");
    let again = Block::from_json(&canonical).unwrap_or_else(|error| panic!("{canonical} does not read back: {error}"));
    assert_eq!(again, block, "another block reads back");
    assert_eq!(again.canonical(), canonical, "its text is no fixed point");
    assert_eq!(again.hash(), block.hash(), "its hash changes");
    true
}
