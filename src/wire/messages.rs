//! The texts of the six routes, exactly as in the listing.

/// `GET /mine_block`
pub const MINED: &str = "Congrats, you just mined a block!";
/// `GET /is_valid`, when every block is right.
pub const CHAIN_VALID: &str = "Everything is fine. The Blockchain is correct.";
/// `GET /is_valid`, when one is not.
pub const CHAIN_INVALID: &str = "Weve got an issue. The Blockchain isnt trustworthy..";
/// `POST /connect_node`
pub const CONNECTED: &str =
    "All of the nodes are now linked together. The node has now been added to the Bitcoin blockchain";
/// `GET /replace_chain`, when a peer's chain was longer.
pub const REPLACED: &str = "Because the nodes are different, the longest chain is used to replace the chain..";
/// `GET /replace_chain`, when none was.
pub const KEPT: &str = "Everything seems to be fine. It is the most extensive chain.";
/// `POST /add_transaction` without all three fields.
pub const COMPONENTS_MISSING: &str = "Some transactional components are missing.";
/// `POST /connect_node` without addresses.
pub const NO_NODE: &str = "No node";

/// `POST /add_transaction`: the index of the block that will hold the transaction.
pub fn will_be_added(index: u64) -> String {
    format!("This transaction will be added to the Block {index}")
}
