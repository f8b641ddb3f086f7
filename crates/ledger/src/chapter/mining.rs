//! From a template to a block: the work of the listing does not cover what the block holds, so the block takes what waits when
//! it is sealed.

use super::{
    block::Block, canonical::ITEM_SEPARATOR, check::Ancestors, mempool::Mempool, scalar::Scalar,
    transaction::Transaction,
};
use crate::tip::Tip;

/// Who is paid for blocks that are mined here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receiver {
    /// The node's address, which sends the coinbase.
    pub node_address: String,
    /// The name that receives it.
    pub miner: String,
}

impl Receiver {
    /// Whether this coinbase came from this node, whoever its miner was.
    pub(super) fn has_sent(&self, coinbase: &Transaction) -> bool {
        matches!(&coinbase.sender, Scalar::Text(sender) if *sender == self.node_address)
    }
}

/// What a miner searches for: the successor of a proof.
#[derive(Clone, Debug)]
pub struct Job {
    parent: Ancestors,
    coinbase: Transaction,
}

/// A solution of the puzzle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Proof(pub u64);

impl Job {
    pub(super) fn new(parent: Ancestors, receiver: &Receiver) -> Self {
        Self { parent, coinbase: Transaction::coinbase(&receiver.node_address, &receiver.miner) }
    }

    pub(super) fn previous_proof(&self) -> u64 {
        self.parent.proof
    }

    /// The block: what waits, in the order it arrived, up to the first transaction that does not fit into `max_bytes` of
    /// canonical text; then the coinbase.
    pub(super) fn seal(self, Proof(proof): Proof, mempool: &Mempool, timestamp: String, max_bytes: usize) -> Block {
        let Tip { height, hash, .. } = self.parent.tip;
        let (previous_hash, transactions) = (hash.to_string(), vec![self.coinbase]);
        let mut block = Block { index: height + 1, previous_hash, proof, timestamp, transactions };
        let mut room = max_bytes.saturating_sub(block.canonical_len());
        let fits = |transaction: &&Transaction| {
            let left = room.checked_sub(transaction.canonical_len() + ITEM_SEPARATOR.len());
            room = left.unwrap_or(room);
            left.is_some()
        };
        let count = mempool.transactions().iter().take_while(fits).count();
        block.transactions.splice(0..0, mempool.transactions()[..count].iter().cloned());
        block
    }
}

/// The end of the chain that the block is for.
impl AsRef<Tip> for Job {
    fn as_ref(&self) -> &Tip {
        &self.parent.tip
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;
    use crate::{
        chapter::{Chapter, check::check_first},
        rules::{CheckedBlock as _, Reorganisation as _, Rules as _},
    };

    fn job() -> Job {
        let parent = check_first(Block::genesis("t".into())).unwrap().ancestors();
        Job::new(parent, &Receiver { node_address: "n".into(), miner: "m".into() })
    }

    /// Its text escapes each character of the sender's name with six.
    fn payment(number: usize) -> Transaction {
        let sender = format!("{number:03}{}", "\u{7f}".repeat(number % 7));
        Transaction { sender: Scalar::Text(sender), ..Transaction::coinbase("", "b") }
    }

    fn sealed(mempool: &Mempool, max_bytes: usize) -> Block {
        job().seal(Proof(533), mempool, "t".into(), max_bytes)
    }

    #[test]
    fn a_block_is_its_nodes_by_the_sender_of_its_coinbase() {
        let block =
            Chapter.check(Some(&job().parent), sealed(&Mempool::default(), usize::MAX), DateTime::default()).unwrap();
        let is_mined_for = |node_address: &str, miner: &str| {
            Chapter.is_mined_for(&block, &Receiver { node_address: node_address.into(), miner: miner.into() })
        };
        assert!(is_mined_for("n", "m") && is_mined_for("n", "another name"));
        assert!(!is_mined_for("m", "m"));
        let genesis = check_first(Block::genesis("t".into())).unwrap();
        assert!(!Chapter.is_mined_for(&genesis, &Receiver { node_address: "n".into(), miner: "m".into() }));
    }

    #[test]
    fn a_block_takes_what_fits_to_the_byte() {
        let mempool: Mempool = (0..9).map(payment).collect();
        let whole = sealed(&mempool, usize::MAX);
        let bytes = whole.canonical().len();
        assert_eq!(whole.transactions.len(), 10);
        assert_eq!(sealed(&mempool, bytes), whole);
        let shorter = sealed(&mempool, bytes - 1);
        assert_eq!(shorter.transactions[..8], mempool.transactions()[..8]);
        assert_eq!(shorter.transactions.len(), 9, "the coinbase is there");
        assert_eq!(sealed(&mempool, 0).transactions.len(), 1);
    }

    #[test]
    fn what_does_not_fit_waits_for_the_next_block_in_its_order() {
        const MAX_BYTES: usize = 1_000;
        let all: Vec<_> = (0..50).map(payment).collect();
        let mut mempool: Mempool = all.iter().cloned().collect();
        let (mut taken, mut blocks) = (Vec::new(), 0);
        while !mempool.transactions().is_empty() {
            let block = sealed(&mempool, MAX_BYTES);
            assert!(block.canonical().len() <= MAX_BYTES);
            let checked = Chapter.check(Some(&job().parent), block, DateTime::default()).unwrap();
            assert_eq!(checked.encoding().len(), checked.block().canonical_len());
            let mut change = crate::chapter::Reorganisation::default();
            change.connected(&checked, &mempool);
            taken.extend_from_slice(checked.block().non_coinbase());
            mempool = change.finish(&crate::chapter::reorganisation::tests::NoAccounts, &mempool).unwrap().mempool;
            blocks += 1;
        }
        assert!(blocks > 3, "{blocks}");
        assert_eq!(taken, all);
    }
}
