//! Invalid blocks of peers, which a node under the sound rules remembers.

use bcoin_ledger::{
    SingleBlocks as _,
    sound::{BlockError, Header, Sound},
};
use bcoin_node::NodeHandle;

/// Lets the node remember an invalid block by its hash. Without work, hashes are too many for that.
pub(super) fn note_refusal(rules: &Sound, node: &NodeHandle<Sound>, header: &Header, error: &BlockError) {
    if rules.check_least_work(header).is_ok() {
        node.note_refusal(header.hash(), error);
    }
}
