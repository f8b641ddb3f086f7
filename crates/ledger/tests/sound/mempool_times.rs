//! How long operations take with 50,000 transfers that wait. Run with `--ignored --nocapture`.

use std::{convert::Infallible, time::Instant};

use bcoin_ledger::{
    ReadAccounts, Reorganisation as _, Rules as _,
    sound::{
        Account, CheckedTransfer,
        mempool::{MEMPOOL_LIMITS, Mempool, Reorganisation},
    },
};

use crate::{
    chain::{Chain, late},
    pool::{self, Terms, of_many, terms},
};

/// Everyone has money.
struct AllRich;

impl ReadAccounts<Account> for AllRich {
    type Error = Infallible;

    fn read(&self, _: &[u8]) -> Result<Account, Infallible> {
        Ok(Account { balance: 1_000_000_000, nonce: 0 })
    }
}

fn timed<T>(what: &str, count: usize, work: impl FnOnce() -> T) -> T {
    let began = Instant::now();
    let result = work();
    println!("  {what}: {:?}", began.elapsed() / u32::try_from(count).unwrap());
    result
}

fn with_fee(fee: u64) -> impl Fn(u64, u64) -> Terms {
    move |_, nonce| Terms { fee, ..terms(0, nonce) }
}

#[test]
#[ignore = "a measurement"]
fn times_with_a_full_pool() {
    let chain = Chain::new(pool::rules());
    let rules = &chain.rules;
    for (senders, of_each) in [(50_000, 1), (2_000, 25)] {
        println!("{senders} senders");
        let full = of_many(0..senders, of_each, |sender, nonce| with_fee(200 + sender % 1000)(sender, nonce));
        let mut mempool: Mempool = timed("read from a store", 1, || full.into_iter().collect());
        let admit = |mempool: &mut Mempool, group: &[CheckedTransfer], is_taken: bool, what: &str| {
            timed(what, group.len(), || {
                let mut admission = rules.admission(mempool, MEMPOOL_LIMITS);
                for transfer in group {
                    let answer = rules.admit(&AllRich, mempool, &mut admission, transfer.clone());
                    assert_eq!(answer.is_ok(), is_taken, "{answer:?}");
                }
                rules.enter(mempool, admission);
            });
        };
        admit(&mut mempool, &of_many(100_000..101_024, 1, with_fee(154)), false, "refused, in a group of 1024");
        admit(&mut mempool, &of_many(101_024..102_048, 1, with_fee(5000)), true, "taken, in a group of 1024");
        let rising = of_many(103_000..104_024, 1, |at, nonce| with_fee(at)(at, nonce));
        admit(&mut mempool, &rising, true, "taken, in a group of 1024 that pay more and more");
        for one in of_many(105_000..105_003, 1, with_fee(5000)) {
            admit(&mut mempool, &[one], true, "taken alone");
        }
        let copy = timed("copied", 1, || mempool.clone());
        timed("compared", 1, || assert!(copy == mempool));
        let receiver = pool::receiver(0, 0);
        timed("template", 1, || rules.job(&chain.ancestors[0], &mempool, &receiver, late()));

        let mut change = Reorganisation::within(MEMPOOL_LIMITS);
        change.connected(&pool::mine(&chain, [], 0, 0), &mempool);
        timed("after an empty block", 1, || change.finish(&AllRich, &mempool).map(drop)).unwrap();

        let held = of_many(200_000..206_000, 1, with_fee(999));
        let mut change = Reorganisation::within(MEMPOOL_LIMITS);
        let block = pool::mine(&chain, held, 0, 0);
        timed("a block of 6,000 disconnected", 1, || change.disconnected(block));
        timed("after that", 1, || change.finish(&AllRich, &mempool).map(drop)).unwrap();
    }
}
