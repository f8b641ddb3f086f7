//! The disk format: which tables there are, their keys and their values (docs/disk-format.md).
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

/// Number of a chain that a replacement gave up, counted upwards, to what is known of it as JSON.
pub(super) const GIVEN_UP: TableDefinition<'_, u64, &[u8]> = TableDefinition::new("given_up");

/// Number of such a chain and index of a block after its fork, to the canonical text.
pub(super) const GIVEN_UP_BLOCKS: TableDefinition<'_, (u64, u64), &[u8]> = TableDefinition::new("given_up_blocks");

/// Hash of a block to its index.
pub(super) const BLOCK_HASHES: TableDefinition<'_, [u8; 32], u64> = TableDefinition::new("block_hashes");

/// Name of an account to what is known of it as JSON.
pub(super) const ACCOUNTS: TableDefinition<'_, &[u8], &[u8]> = TableDefinition::new("accounts");

/// Number of an account, index of a block and place in it, from 1: the payments that name the account.
pub(super) const ACCOUNT_PAYMENTS: TableDefinition<'_, (u64, u64, u32), ()> = TableDefinition::new("account_payments");

/// The names in the table [`META`].
pub(super) mod meta {
    /// The node's address.
    pub(in crate::store) const NODE_ADDRESS: &str = "node_address";
    /// The 32 bytes of the last block's hash: nothing else in the file would notice a change in that block.
    pub(in crate::store) const TIP_HASH: &str = "tip_hash";
    /// The hash of the block with which the chain ended when the index was written: another one makes the index worthless.
    pub(in crate::store) const INDEX_TIP: &str = "index_tip";
    /// The number that the next new account gets: 8 bytes, little-endian.
    pub(in crate::store) const NEXT_ACCOUNT: &str = "next_account";
}
