//! The disk format: which tables there are, their keys and their values.
//!
//! Values are bytes and not redb's own text type, which panics on damaged text instead of reporting it.

use redb::TableDefinition;

/// One value for each name in [`meta`].
pub(super) const META: TableDefinition<'_, &str, &[u8]> = TableDefinition::new("meta");

/// Index of a block, from 1 without gaps, to its canonical text.
pub(super) const BLOCKS: TableDefinition<'_, u64, &[u8]> = TableDefinition::new("blocks");

/// Order of arrival to the canonical text of a transaction that waits.
pub(super) const PENDING: TableDefinition<'_, u64, &[u8]> = TableDefinition::new("pending");

/// Order of arrival to the address of a peer.
pub(super) const PEERS: TableDefinition<'_, u64, &[u8]> = TableDefinition::new("peers");

/// The names in the table [`META`].
pub(super) mod meta {
    /// Version of the disk format, in decimal.
    pub(in crate::store) const FORMAT: &str = "format";
    /// The node's address.
    pub(in crate::store) const NODE_ADDRESS: &str = "node_address";
    /// The 32 bytes of the last block's hash: nothing else in the file would notice a change in that block.
    pub(in crate::store) const TIP_HASH: &str = "tip_hash";
}

/// The version of the format that this program reads and writes.
pub(super) const FORMAT_VERSION: &str = "1";
