//! The sound rules: a block travels as hexadecimal digits, and its chain's headers are judged before any block is asked for.

use bcoin_ledger::{
    BlockHash, Rules as _,
    sound::{Block, BlockError, Invalidity, MAX_BLOCK_BYTES, Sound},
};
use bcoin_node::{CandidateBuilder, CandidateError, NodeHandle};

use super::{Exchange, Fetch, Goal, OwnNetwork};
use crate::peers::{
    chain_decoder::ChainError,
    error::{BrokenRule, PeerError},
    headers_first,
    observer::LastBlock,
    peer_status::PeerTip,
    refusals::note_refusal,
};

/// What is said of a block that is no text.
const NO_TEXT: &str =
    "a block is text of hexadecimal digits, as `bcoin export` writes it; what /get_chain serves cannot be read back";

impl Exchange for Sound {
    // Two digits for each byte, the quotes, and the room that the JSON around it takes.
    const MAX_BLOCK_TEXT: u64 = 2 * MAX_BLOCK_BYTES as u64 + 1024;
    const MEETS_LISTINGS: bool = false;
    const TELLS_WORK: bool = true;

    fn own_network(&self) -> OwnNetwork {
        OwnNetwork::of(self, Some(self.network().parameters().name()), read_last_block)
    }

    fn read_block(&self, json: &str) -> Result<Block, BrokenRule> {
        let digits: &str = serde_json::from_str(json).map_err(|_| BrokenRule::new(NO_TEXT))?;
        let bytes = hex::decode(digits).map_err(BrokenRule::new)?;
        self.decode(&bytes).map_err(BrokenRule::new)
    }

    fn take(
        &self,
        builder: &mut CandidateBuilder<Self>,
        block: Block,
        node: Option<&NodeHandle<Self>>,
    ) -> Result<(), ChainError> {
        let header = block.header;
        builder.push(block).map_err(|error| match error {
            CandidateError::Rule(error) if error.invalidity() == Invalidity::MissingParent => ChainError::Changed,
            CandidateError::Rule(error) => {
                if let Some(node) = node {
                    note_refusal(self, node, &header, &error);
                }
                ChainError::from_candidate(CandidateError::Rule(error))
            }
            error => ChainError::from_candidate(error),
        })
    }

    fn note_refusal(node: &NodeHandle<Self>, hash: BlockHash, error: &BlockError) {
        node.note_refusal(hash, error);
    }

    async fn goal(fetch: &Fetch<'_, Self>, theirs: PeerTip, common: u64) -> Result<Goal, PeerError> {
        headers_first::judge(fetch, theirs, common).await
    }
}

fn read_last_block(encoding: &[u8]) -> Result<LastBlock, BrokenRule> {
    let block = Block::decode(encoding).map_err(BrokenRule::new)?;
    Ok(LastBlock::at(block.header.time.into(), block.transactions.len() as u64))
}

#[cfg(test)]
mod tests {
    use bcoin_ledger::CheckedBlock as _;
    use bcoin_node::now;

    use super::*;
    use crate::peers::testing::rules;

    #[test]
    fn a_block_is_read_as_digits_and_an_object_is_refused_with_what_to_do() {
        let rules = rules();
        let genesis = rules.genesis(now());
        let digits = format!("\"{}\"", hex::encode(genesis.encoding()));
        assert_eq!(rules.read_block(&digits).unwrap().header.hash(), genesis.tip().hash);
        for other in [r#"{"index": 1, "hash": "00"}"#, "null", "7"] {
            assert!(
                rules.read_block(other).is_err_and(|error| error.to_string().contains("`bcoin export`")),
                "{other}"
            );
        }
    }
}
