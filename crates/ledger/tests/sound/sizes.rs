//! The largest block, and blocks that say that they are larger than they are.

use std::sync::LazyLock;

use bcoin_ledger::{
    Rules as _,
    sound::{
        Block, BlockError, Coinbase, MAX_BLOCK_BYTES, Note, Signature, Transaction, Transfer, TransferError, XOnlyKey,
        check_transfers,
    },
};

use crate::{
    chain::{Chain, late, units},
    random::{Miner, mine, name_transactions},
};

/// How many transfers the blocks here have.
const TRANSFERS: u64 = 6_400;

/// A chain, and a block after it of exactly as many bytes as a block may have.
static LARGEST: LazyLock<(Chain, Block)> = LazyLock::new(|| {
    let mut miner = Miner::new(1, "sizes", "instant/50000/210/sizes");
    let mut chain = miner.chain();
    for _ in 0..12 {
        let block = miner.block(&chain, 0);
        chain.push(&block.encode()).unwrap();
    }
    let sender = chain.blocks[1].coinbase().receiver;
    assert!(chain.state.of(sender).balance >= units(TRANSFERS * 3));
    let mut transfers: Vec<_> = (0..TRANSFERS).map(|nonce| transfer(sender, miner.key(), nonce)).collect();
    let mut block = miner.block_of(&chain, transfers.clone());
    coinbase(&mut block).note = Note::default();
    // Longer notes fill what is left.
    let mut left = MAX_BLOCK_BYTES - block.encode().len();
    for transfer in &mut transfers {
        let length = left.min(Note::MAX_BYTES);
        transfer.note = Note::new(&[7; Note::MAX_BYTES][..length]).unwrap();
        left -= length;
        miner.sign(transfer);
    }
    block.transactions.splice(1.., transfers.into_iter().map(Transaction::Transfer));
    (chain, sealed(block))
});

fn transfer(sender: XOnlyKey, receiver: XOnlyKey, nonce: u64) -> Transfer {
    let signature = Signature::from_bytes([0; 64]);
    Transfer { sender, receiver, amount: 1, fee: 2, nonce, note: Note::default(), signature }
}

/// With the root of its transactions and work.
fn sealed(mut block: Block) -> Block {
    name_transactions(&mut block);
    mine(&mut block.header);
    block
}

fn coinbase(block: &mut Block) -> &mut Coinbase {
    match &mut block.transactions[0] {
        Transaction::Coinbase(coinbase) => coinbase,
        _ => panic!("a coinbase comes first"),
    }
}

#[test]
fn a_block_of_a_million_bytes_passes() {
    let (mut chain, block) = LARGEST.clone();
    let raw = block.encode();
    assert_eq!((raw.len(), block.encoded_len()), (1_000_000, 1_000_000));
    let before = chain.state.clone();
    chain.push(&raw).unwrap();
    assert_eq!(chain.blocks.last().unwrap().transfers().len() as u64, TRANSFERS);
    chain.pop();
    assert_eq!(chain.state, before);
}

#[test]
fn one_byte_more_is_refused() {
    let (mut chain, mut block) = LARGEST.clone();
    let coinbase = coinbase(&mut block);
    let longer = [coinbase.note.as_bytes(), &[7]].concat();
    coinbase.note = Note::new(&longer).unwrap();
    let block = sealed(block);
    let raw = block.encode();
    assert_eq!(raw.len(), 1_000_001);
    let error = chain.push(&raw).unwrap_err();
    assert_eq!((error.why(), error.to_string().as_str()), ("size", "a block has at most 1000000 bytes, not 1000001"));
    // Nor does it pass when it was never encoded.
    let error = chain.rules.check(chain.ancestors.last(), block, late()).unwrap_err();
    assert_eq!(error.why(), "size");
}

#[test]
fn a_count_of_more_transactions_than_the_bytes_can_hold_is_refused_before_any_is_read() {
    let (chain, block) = &*LARGEST;
    let read = |count: &[u8], bytes: usize| {
        // No transaction begins like that.
        let raw = [&block.header.encode()[..], count, &vec![0xff; bytes]].concat();
        chain.rules.decode(&raw).unwrap_err().why()
    };
    for (count, held) in [(&[1][..], 1), (&[0xfc], 0xfc), (&[0xfd, 0xfd, 0], 0xfd), (&[0xfd, 0x00, 0x2d], 0x2d00)] {
        assert_eq!(read(count, held * 86), "kind", "{count:?}");
        assert_eq!(read(count, held * 86 - 1), "encoding", "{count:?}");
    }
    // Room for so many cannot be had.
    for count in [&[0xfe, 0xff, 0xff, 0xff, 0xff][..], &[0xff; 9], &[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0]]
    {
        assert_eq!(read(count, 900_000), "encoding", "{count:?}");
    }
}

#[test]
fn however_many_threads_check_a_block_the_result_is_the_same() {
    let (chain, block) = &*LARGEST;
    let signing = chain.rules.network().sighash_engine();
    let transactions = &block.transactions[1..];
    for threads in [1, 2, 7] {
        let checked = check_transfers(signing, transactions.to_vec(), threads).unwrap();
        let checked: Vec<_> = checked.into_iter().map(Transaction::Checked).collect();
        assert!(checked.iter().map(Transaction::encode).eq(transactions.iter().map(Transaction::encode)));
    }
}

#[test]
fn however_many_threads_check_a_block_the_first_wrong_transaction_is_named() {
    let (chain, block) = &*LARGEST;
    let signing = chain.rules.network().sighash_engine();
    let right = &block.transactions[1..];
    // Places among these, of which the first one is at position 2 of the block.
    for count in [1, 8, 9, 17, 1000] {
        for wrong in [vec![0], vec![count - 1], vec![count / 2], vec![count - 1, count / 2], vec![count - 1, 0]] {
            let mut transactions = right[..count].to_vec();
            for at in &wrong {
                if let Transaction::Transfer(transfer) = &mut transactions[*at] {
                    transfer.fee += 1;
                }
            }
            let position = *wrong.iter().min().unwrap() as u32 + 2;
            let expected = BlockError::Transfer { position, error: TransferError::Signature };
            for threads in [0, 1, 2, 7] {
                let error = check_transfers(signing, transactions.clone(), threads).unwrap_err();
                assert_eq!(error, expected, "{count} transfers on {threads} threads");
            }
            transactions[position as usize - 2] = block.transactions[0].clone();
            for threads in [1, 2] {
                let error = check_transfers(signing, transactions.clone(), threads).unwrap_err();
                assert_eq!(error, BlockError::SecondCoinbase { position });
            }
        }
    }
}

#[test]
fn the_largest_block_with_one_wrong_signature_names_it() {
    let (chain, block) = LARGEST.clone();
    for at in [1, block.transactions.len() / 2, block.transactions.len() - 1] {
        let mut wrong = block.clone();
        if let Transaction::Transfer(transfer) = &mut wrong.transactions[at] {
            transfer.nonce += 1;
        }
        let error = chain.clone().push(&sealed(wrong).encode()).unwrap_err();
        let position = at as u32 + 1;
        assert_eq!(error, BlockError::Transfer { position, error: TransferError::Signature });
        assert!(
            error.to_string().starts_with(&format!("transaction {position}: the signature does not fit")),
            "{error}"
        );
    }
}
