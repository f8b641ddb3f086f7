//! How long a block may become.

use bcoin_ledger::{
    CheckedBlock as _, Rules as _,
    chapter::{Chapter, CheckedBlock, Scalar, Transaction},
};
use bcoin_node::AddTransactionError;

use bcoin::app::RuledNode;

use crate::support::TestNode;

/// A payment with a long text: DEL takes six bytes of canonical text, and each amount is another one.
fn long_payment(number: usize) -> Transaction {
    let name = || Scalar::Text("\u{7f}".repeat(Transaction::MAX_NAME));
    let amount = format!("{number}.{}", "0".repeat(Transaction::MAX_AMOUNT - 10));
    Transaction::submitted(name(), name(), Scalar::Text(amount)).unwrap()
}

#[tokio::test]
async fn what_does_not_fit_into_a_block_waits_for_the_next_in_its_order() {
    let node = TestNode::start().await;
    let RuledNode::Chapter(node) = node.running.ruled() else { panic!("it follows the printed rules") };
    let mut sent = Vec::new();
    loop {
        let payment = long_payment(sent.len() + 1);
        match node.add_transaction(payment.clone()).await {
            Ok(_) => sent.push(payment),
            Err(AddTransactionError::Refused(_)) => break,
            Err(error) => panic!("{error}"),
        }
    }
    let waiting = sent.iter().map(Transaction::canonical_len).sum::<usize>();
    assert!(waiting > Chapter::MAX_BLOCK_BYTES - (8 << 10), "the mempool is full: {waiting}");

    let first = node.mine().await.unwrap().block;
    let left = node.view().waiting;
    assert!(first.encoding().len() <= Chapter::MAX_BLOCK_BYTES);
    assert!(left > 0, "separators and the reward leave no room for the last ones");
    let second = node.mine().await.unwrap().block;
    assert_eq!(node.view().waiting, 0);
    let taken = |block: CheckedBlock| block.into_block().into_non_coinbase();
    let (first, second) = (taken(first), taken(second));
    assert_eq!(second.len(), left);
    assert!(first.into_iter().chain(second).eq(sent), "none is lost, and they stay in order");
}
