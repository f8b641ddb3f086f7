//! The disk format: which tables there are, their keys and their values (docs/disk-format.md).
//!
//! Values are bytes and not redb's own text type, which panics on damaged text instead of reporting it.

use redb::TableDefinition;

/// The bytes of a hash, or of an amount of work.
type Bytes32 = [u8; 32];

/// What [`BLOCK_INDEX`] tells of a block: its number, the hash of its parent, its height, and the work of the chain that ends
/// with it.
pub(super) type IndexRecord = (u64, Bytes32, u64, Bytes32);

/// What [`CHAIN`] tells of a block: its number and its hash.
pub(super) type ChainEntry = (u64, &'static Bytes32);

/// One value for each name in [`meta`].
pub(super) const META: TableDefinition<'_, &str, &[u8]> = TableDefinition::new("meta");

/// Number of a block, counted in the order they were written down, to its encoding. Numbers keep the blocks of a chain next to
/// each other, as hashes would not.
pub(super) const BLOCKS: TableDefinition<'_, u64, &[u8]> = TableDefinition::new("blocks");

/// Hash of a block to what is known of it.
pub(super) const BLOCK_INDEX: TableDefinition<'_, &Bytes32, IndexRecord> = TableDefinition::new("block_index");

/// Height, from 1 without gaps, to number and hash of the block there: the active chain.
pub(super) const CHAIN: TableDefinition<'_, u64, ChainEntry> = TableDefinition::new("chain");

/// Number of a stale branch, counted upwards, to the height of the last block that it shares with the chain that replaced it,
/// the hash of its own last block, and the time when it was replaced.
pub(super) const STALE: TableDefinition<'_, u64, (u64, Bytes32, &[u8])> = TableDefinition::new("stale");

/// Number of a stale branch to whether it holds a block that this node has mined. One without a record was kept by an earlier
/// program.
pub(super) const STALE_OWN: TableDefinition<'_, u64, bool> = TableDefinition::new("stale_own");

/// Order of arrival to the encoding of a transaction that waits.
pub(super) const MEMPOOL: TableDefinition<'_, u64, &[u8]> = TableDefinition::new("mempool");

/// Order of arrival to the address of a peer.
pub(super) const PEERS: TableDefinition<'_, u64, &[u8]> = TableDefinition::new("peers");

/// Name of an account to its number, 8 bytes little-endian, and its encoding.
pub(super) const ACCOUNTS: TableDefinition<'_, &[u8], &[u8]> = TableDefinition::new("accounts");

/// Number of an account, height of a block and position in it, from 1: the transactions that name the account.
pub(super) const ACCOUNT_TRANSACTIONS: TableDefinition<'_, (u64, u64, u32), ()> =
    TableDefinition::new("account_transactions");

// The tables from here on are those of rules under which blocks come one by one and transactions have ids; under others
// they are not made.

/// Hash of a side block, a block that is stored and not in the chain, to the length of its encoding and the key of who has sent
/// it; 0 stands for this node's own chain, which it was part of.
pub(super) const SIDE: TableDefinition<'_, &Bytes32, (u64, u64)> = TableDefinition::new("side");

/// Hash of a block and of a side block that follows it.
pub(super) const SIDE_CHILDREN: TableDefinition<'_, (&Bytes32, &Bytes32), ()> = TableDefinition::new("side_children");

/// Work, big-endian, and number of a side block that no side block follows, to its hash: the one that has to go first comes
/// first.
pub(super) const SIDE_LEAVES: TableDefinition<'_, (&Bytes32, u64), &Bytes32> = TableDefinition::new("side_leaves");

/// The same for each key of who has sent them.
pub(super) const SIDE_LEAVES_BY_SOURCE: TableDefinition<'_, (u64, &Bytes32, u64), &Bytes32> =
    TableDefinition::new("side_leaves_by_source");

/// Key of who has sent side blocks to how many there are and how many bytes they have; none to those of all together.
pub(super) const SIDE_COUNTS: TableDefinition<'_, Option<u64>, (u64, u64)> = TableDefinition::new("side_counts");

/// The first 8 bytes of a transaction's id, big-endian, height of its block and position in it, from 1.
pub(super) const TRANSACTION_IDS: TableDefinition<'_, (u64, u64, u32), ()> = TableDefinition::new("transaction_ids");

/// The first 8 bytes of the id of a transaction that waits, big-endian, and its order of arrival.
pub(super) const MEMPOOL_IDS: TableDefinition<'_, (u64, u64), ()> = TableDefinition::new("mempool_ids");

/// Number of a transaction that has left, counted upwards, to its id, why it has left, and when: Unix time in seconds. Those that were
/// replaced are in [`REPLACED`].
pub(super) const DEPARTURES: TableDefinition<'_, u64, (&Bytes32, u8, u64)> = TableDefinition::new("departures");

/// The same of transactions that were replaced. A number is in one of the two only.
pub(super) const REPLACED: TableDefinition<'_, u64, (&Bytes32, u8, u64)> = TableDefinition::new("replaced");

/// Id of a transaction that has left to its number in [`DEPARTURES`] or [`REPLACED`].
pub(super) const DEPARTURE_NUMBERS: TableDefinition<'_, &Bytes32, u64> = TableDefinition::new("departure_numbers");

/// The names in the table [`META`].
pub(super) mod meta {
    /// The format of the tables.
    pub(in crate::store) const FORMAT: &str = "format";
    /// The name of the rules that the blocks follow.
    pub(in crate::store) const RULES: &str = "rules";
    /// The node's address.
    pub(in crate::store) const NODE_ADDRESS: &str = "node_address";
    /// The number that the next new account gets: 8 bytes, little-endian.
    pub(in crate::store) const NEXT_ACCOUNT: &str = "next_account";
    /// The number that the next stale branch gets: 8 bytes, little-endian.
    pub(in crate::store) const NEXT_STALE: &str = "next_stale";
    /// How many bytes the encodings of all blocks have together that are stored and not in the chain: 8 bytes, little-endian.
    /// Then the hash of the last block of the chain for which that was counted: an earlier program goes on without counting.
    pub(in crate::store) const STALE_BYTES: &str = "stale_bytes";
}
