//! The node that this program runs.

/// A node under the printed rules.
pub type Node = bcoin_node::NodeHandle<bcoin_ledger::chapter::Chapter>;
