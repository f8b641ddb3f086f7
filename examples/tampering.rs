//! Which changes of a chain the printed rules detect, and which they do not.
//!
//! `cargo run --example tampering` ends by itself and checks what it says.

use bcoin_ledger::chapter::{Block, BlockError, ChainCheck, Number, RuleError, Scalar, Transaction, puzzle};
use bcoin_node::now;

fn main() {
    let honest = honest_chain(6);
    println!("An honest chain of {} blocks: {}.", honest.len(), verdict(&honest));
    assert_eq!(check(&honest), Ok(()));

    println!("\n1. Someone changes a payment in block 3.");
    let mut changed = honest.clone();
    pay_more(&mut changed[2]);
    println!("   {}.", verdict(&changed));
    println!("   Block 3 has another hash now, and block 4 still names the old one.");
    assert_eq!(check(&changed), Err(RuleError::Link { index: 4 }));

    println!("\n2. Someone changes a payment in the last block.");
    let mut changed = honest.clone();
    pay_more(&mut changed[5]);
    println!("   {}.", verdict(&changed));
    println!("   Nothing links to the last block yet, so the printed rules cannot see it.");
    assert_eq!(check(&changed), Ok(()));

    println!("\n3. Someone changes block 3 and links every later block anew.");
    let mut forged = honest.clone();
    pay_more(&mut forged[2]);
    let tries = relink(&mut forged);
    println!("   {}.", verdict(&forged));
    println!("   It took {tries} tries at the puzzle: the old proofs still fit, because the puzzle asks only for the");
    println!("   proof before and not for what stands in the block. A real proof of work covers the whole block.");
    assert_eq!(check(&forged), Ok(()));
    assert_eq!(tries, 0);
    assert!(forged.iter().zip(&honest).all(|(forged, honest)| forged.proof == honest.proof));
    assert_ne!(forged[5].hash(), honest[5].hash());

    println!("\n4. Every chain follows the same proofs.");
    let (proofs, repeats) = proofs_until_they_repeat();
    println!("   {}, ... and after {} of them they repeat from block {repeats} on.", first_five(&proofs), proofs.len());
    println!("   Whoever knows the list need not search at all.");
    assert_eq!((proofs.len(), repeats), (225, 68));
}

/// A chain of `length` blocks, mined as a node mines it.
fn honest_chain(length: u64) -> Vec<Block> {
    let mut chain = vec![Block::genesis("2026-11-22 19:41:17.215595".into())];
    while let Some(last) = chain.last().filter(|last| last.index < length) {
        let proof = puzzle::search(last.proof, || false).expect("every puzzle so far has a solution");
        let block = Block {
            index: last.index + 1,
            previous_hash: last.hash().to_string(),
            proof,
            timestamp: format!("2026-11-22 19:42:{:02}", last.index),
            transactions: vec![transaction(10), Transaction::coinbase("0123456789abcdef0123456789abcdef", "Bharathi")],
        };
        chain.push(block);
    }
    chain
}

fn transaction(amount: u64) -> Transaction {
    let name = |text: &str| Scalar::Text(text.into());
    Transaction { sender: name("Alice"), receiver: name("Mallory"), amount: Scalar::Number(Number::from(amount)) }
}

fn pay_more(block: &mut Block) {
    block.transactions[0] = transaction(1_000_000);
}

/// Repairs every link; returns how many nonces had to be tried for that.
fn relink(chain: &mut [Block]) -> u64 {
    let mut tries = 0;
    for at in 1..chain.len() {
        chain[at].previous_hash = chain[at - 1].hash().to_string();
        if !puzzle::solves(chain[at - 1].proof, chain[at].proof) {
            chain[at].proof = puzzle::search(chain[at - 1].proof, || false).expect("a solution");
            tries += chain[at].proof;
        }
    }
    tries
}

fn check(chain: &[Block]) -> Result<(), RuleError> {
    let mut check = ChainCheck::default();
    chain.iter().try_for_each(|block| match check.push(block.clone(), now()) {
        Ok(_) => Ok(()),
        Err(BlockError::Rule(error)) => Err(error),
        Err(BlockError::Decode(error)) => unreachable!("these blocks are read already: {error}"),
    })
}

fn verdict(chain: &[Block]) -> String {
    match check(chain) {
        Ok(()) => "The rules find nothing wrong".into(),
        Err(error) => format!("Refused: {error}"),
    }
}

/// The proofs of the first blocks, and the block whose proof comes again after them.
fn proofs_until_they_repeat() -> (Vec<u64>, usize) {
    let mut proofs = vec![1];
    loop {
        let next = puzzle::search(proofs[proofs.len() - 1], || false).expect("a solution");
        if let Some(at) = proofs.iter().position(|proof| *proof == next) {
            return (proofs, at + 1);
        }
        proofs.push(next);
    }
}

fn first_five(proofs: &[u64]) -> String {
    proofs.iter().take(5).map(u64::to_string).collect::<Vec<_>>().join(", ")
}
