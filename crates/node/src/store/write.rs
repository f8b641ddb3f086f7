//! Writing: each method is one commit, or changes nothing. It is durable, but for blocks beside the chain.

use std::{borrow::Borrow, collections::VecDeque, iter, sync::atomic::Ordering};

use bcoin_ledger::{
    AfterReorganisation, Blockchain, CheckedBlock as _, Departure, Mempool as _, Reorganisation as _, Rules,
};
use chrono::{DateTime, Local, Utc};
use redb::{ReadableTable, Table, WriteTransaction};

use super::{
    branches::Branches,
    chain::ChainWriter,
    contents::ContentsOf,
    database::Shared,
    departures::{self, DepartureLimits},
    error::{ReorganiseError, StoreError},
    stale::{self, KeptBranch, Left},
    tables::PEERS,
    waiting,
    writer::Store,
};
use crate::{address::PeerAddress, limits::MAX_TOLD};

/// How many commits in a row reach the disk together at most: until then the data file grows with each of them.
const MAX_LIGHT: u64 = 64;

/// What a change of blocks has led to: `A` is what the next block is judged against, `M` the mempool, `S` what is told of a
/// block, `T` a transaction.
#[derive(Debug)]
pub struct Reorganised<A, M, S, T> {
    /// The end of the chain now.
    pub ancestors: A,
    /// What waits now.
    pub after: AfterReorganisation<M, T>,
    /// The first of the disconnected blocks, in their order.
    pub disconnected: Vec<S>,
    /// The first of the connected blocks, in their order.
    pub connected: Vec<S>,
    /// By how many bytes the encodings of the chain's blocks have grown.
    pub growth: i64,
}

/// What a change of blocks has led to under these rules.
pub type ReorganisedOf<R> =
    Reorganised<<R as Rules>::Ancestors, <R as Rules>::Mempool, <R as Rules>::Summary, <R as Rules>::Transaction>;

/// As [`ReorganisedOf`], and the stale branch that a replaced chain has become.
pub type ReplacedOf<R> = (ReorganisedOf<R>, Option<KeptBranch>);

impl<R: Rules> Store<R> {
    /// Keeps transactions behind those that wait already, and forgets those that leave for them. `left` is what is remembered as
    /// having left at the time `now`.
    ///
    /// # Errors
    /// When the database fails; nothing changes then.
    pub fn add_to_mempool(
        &self,
        added: &[R::Transaction],
        removed: &[R::Transaction],
        left: &[(R::Transaction, Departure)],
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        self.commit(|write| {
            waiting::add(write, added.iter())?;
            waiting::remove(write, removed.iter())?;
            departures::keep(write, left, now, DepartureLimits::default())
        })
    }

    /// Takes transactions out of the mempool that may not wait: an earlier program let those of disconnected blocks wait,
    /// whatever they were.
    pub(super) fn forget_what_may_not_wait(&self, contents: &mut ContentsOf<R>) -> Result<(), StoreError> {
        let waiting = &contents.mempool;
        let kept: Vec<_> =
            waiting.transactions().filter(|transaction| self.rules.may_wait(transaction)).cloned().collect();
        let gone = waiting.len() - kept.len();
        if gone > 0 {
            self.commit(|write| waiting::set(write, kept.iter()))?;
            tracing::warn!(gone, "transactions waited that may not; they are gone");
            contents.mempool = kept.into_iter().collect();
        }
        Ok(())
    }

    /// Connects a new last block at the time `now`.
    ///
    /// # Errors
    /// When the block is refused, or the database fails; nothing changes then.
    pub fn append(
        &self,
        blockchain: &Blockchain<R>,
        block: &R::CheckedBlock,
        now: DateTime<Utc>,
    ) -> Result<ReorganisedOf<R>, ReorganiseError<R::BlockError>> {
        let fork = blockchain.tip().height;
        self.commit(|write| self.reorganise(write, blockchain, fork, iter::once(Ok(block)), now, |_| ()))
    }

    /// Disconnects all blocks above the height `fork` of the chain that `blockchain` ends, and connects `blocks` in their
    /// place. The chain as it was is put on the list of stale branches, unless nothing of it was disconnected, as replaced at
    /// the time `now`. Others are forgotten for it when their blocks have more than `max_stale_bytes` together, last those that
    /// hold a block that was mined for `receiver`. Where that is not enough, [`Store::forget_branch`] has to follow; under rules
    /// under which blocks come one by one, `shrink_side` has to follow instead.
    ///
    /// # Errors
    /// When a block is refused, or the database or `blocks` fails; nothing changes then.
    pub fn replace(
        &self,
        blockchain: &Blockchain<R>,
        fork: u64,
        blocks: impl Iterator<Item = Result<R::CheckedBlock, StoreError>>,
        receiver: Option<&R::Receiver>,
        max_stale_bytes: u64,
        now: DateTime<Local>,
    ) -> Result<ReplacedOf<R>, ReorganiseError<R::BlockError>> {
        self.shared.set_replaced();
        let mut left = Left { tip: blockchain.tip().hash, fork, bytes: 0, is_own: false };
        self.commit(|write| {
            let reorganised = self.reorganise(write, blockchain, fork, blocks, now.to_utc(), |block| {
                left.bytes += block.encoding().len() as u64;
                left.is_own |= receiver.is_some_and(|receiver| self.rules.is_mined_for(block, receiver));
            })?;
            let is_prefix = fork == blockchain.tip().height;
            let stale = match is_prefix {
                true => None,
                false if R::GROWS_BRANCHES => Some(stale::keep_record(write, &left, now)?),
                false => Some(stale::keep(write, &left, max_stale_bytes, now)?),
            };
            Ok((reorganised, stale))
        })
    }

    /// Forgets a stale branch, and while the others have more than `max_stale_bytes`, the first of them too.
    ///
    /// # Errors
    /// When the database fails; nothing is forgotten then.
    pub fn forget_branch(&self, number: u64, max_stale_bytes: u64) -> Result<(), StoreError> {
        self.commit(|write| stale::forget_branch(write, number, max_stale_bytes))
    }

    /// Disconnects down to `fork`, connects `blocks`, and keeps what waits then, at the time `now`. `left` sees each disconnected block.
    fn reorganise(
        &self,
        write: &WriteTransaction,
        blockchain: &Blockchain<R>,
        fork: u64,
        blocks: impl Iterator<Item = Result<impl Borrow<R::CheckedBlock>, StoreError>>,
        now: DateTime<Utc>,
        mut left: impl FnMut(&R::CheckedBlock),
    ) -> Result<ReorganisedOf<R>, ReorganiseError<R::BlockError>> {
        let rules = blockchain.rules();
        let mut ancestors = match fork {
            fork if fork == blockchain.tip().height => Some(blockchain.ancestors().clone()),
            fork => self.reader().snapshot()?.ancestors(rules, fork)?,
        };
        let mut change = blockchain.reorganisation();
        let (mut disconnected, mut connected) = (VecDeque::new(), Vec::new());
        let mut chain = ChainWriter::open(write, rules)?;
        while chain.end().0 > fork {
            let block = chain.disconnect()?;
            disconnected.push_front(rules.summary(&block));
            disconnected.truncate(MAX_TOLD);
            left(&block);
            change.disconnected(block);
        }
        for block in blocks {
            let block = block?;
            let block = block.borrow();
            chain.connect(block)?;
            if connected.len() < MAX_TOLD {
                connected.push(rules.summary(block));
            }
            change.connected(block, blockchain.mempool());
            ancestors = Some(rules.extend(ancestors.as_ref(), block));
        }
        let after = change.finish(chain.accounts(), blockchain.mempool())?;
        let growth = chain.growth();
        chain.finish()?;
        let ancestors = ancestors.ok_or_else(|| StoreError::Damaged("no block would be left".into()))?;
        waiting::change(write, blockchain.mempool(), &after.mempool)?;
        departures::keep(write, &after.left, now, DepartureLimits::default())?;
        Ok(Reorganised { ancestors, after, disconnected: disconnected.into(), connected, growth })
    }

    /// Forgets all peers but these, which are kept in this order.
    ///
    /// # Errors
    /// When the database fails; nothing changes then.
    pub fn set_peers(&self, peers: &[PeerAddress]) -> Result<(), StoreError> {
        self.commit(|write| set_peers(write, peers))
    }

    /// Keeps peers behind those that are known already.
    ///
    /// # Errors
    /// When the database fails; nothing is kept then.
    pub fn add_peers(&self, peers: &[PeerAddress]) -> Result<(), StoreError> {
        self.commit(|write| push_all(&mut write.open_table(PEERS)?, peers.iter().map(address_bytes)))
    }

    /// Tries whether changes can be saved: whether there is room, and by one that leaves everything as it is. `peers` are those
    /// that are known.
    ///
    /// # Errors
    /// When there is no room, or the database fails.
    pub fn try_saving(&self, peers: &[PeerAddress]) -> Result<(), StoreError> {
        if let Some(folder) = self.shared.folder() {
            folder.check_room()?;
        }
        self.set_peers(peers)
    }

    /// Opens the database again after a failure, and reads the state that it is in: a commit that failed may have reached the
    /// disk all the same, see [`Store::roll_back`].
    ///
    /// # Errors
    /// When it still cannot be opened; then it stays closed. Data in memory cannot be opened again.
    pub fn reopen(&self) -> Result<ContentsOf<R>, StoreError> {
        self.shared.reopen()?;
        self.contents()
    }

    /// Takes back what a commit that was reported as failed has left all the same: `found` becomes the state of `blockchain`
    /// and `peers` again. A stale branch that the commit forgot stays forgotten.
    ///
    /// # Errors
    /// When the database fails, or does not hold the blocks of that chain.
    pub fn roll_back(
        &self,
        found: &ContentsOf<R>,
        blockchain: &Blockchain<R>,
        peers: &[PeerAddress],
    ) -> Result<(), StoreError> {
        let (tip, found) = (blockchain.tip(), found.ancestors.as_ref());
        self.commit(|write| {
            if found.hash != tip.hash {
                let mut chain = ChainWriter::open(write, blockchain.rules())?;
                chain.switch_to(tip.hash)?;
                chain.finish()?;
                stale::take_back(write, tip.hash)?;
                match R::GROWS_BRANCHES {
                    true => Branches::open(write)?.drop_better_than(tip, found.hash)?,
                    false => stale::forget(write, &found.hash)?,
                }
            }
            waiting::set(write, blockchain.mempool().transactions())?;
            set_peers(write, peers)
        })
    }

    /// Makes a durable commit.
    pub(super) fn commit<T, E: From<StoreError>>(
        &self,
        change: impl FnOnce(&WriteTransaction) -> Result<T, E>,
    ) -> Result<T, E> {
        let committed = self.commit_in(Shared::begin_durable_write, change)?;
        self.light.store(0, Ordering::Relaxed);
        Ok(committed)
    }

    /// Makes a commit that reaches the disk with the next durable one. A crash before that loses it as a whole, so that it is
    /// for what can be fetched again. Each [`MAX_LIGHT`]th is durable.
    pub(super) fn commit_lightly<T, E: From<StoreError>>(
        &self,
        change: impl FnOnce(&WriteTransaction) -> Result<T, E>,
    ) -> Result<T, E> {
        if self.light.load(Ordering::Relaxed) + 1 >= MAX_LIGHT {
            return self.commit(change);
        }
        let committed = self.commit_in(Shared::begin_light_write, change)?;
        self.light.fetch_add(1, Ordering::Relaxed);
        Ok(committed)
    }

    /// Brings to the disk what was committed lightly.
    ///
    /// # Errors
    /// When the database fails.
    pub fn flush(&self) -> Result<(), StoreError> {
        if self.light.load(Ordering::Relaxed) > 0 { self.commit(|_| Ok(())) } else { Ok(()) }
    }

    fn commit_in<T, E: From<StoreError>>(
        &self,
        begin: impl FnOnce(&Shared) -> Result<WriteTransaction, StoreError>,
        change: impl FnOnce(&WriteTransaction) -> Result<T, E>,
    ) -> Result<T, E> {
        if let Some(folder) = self.shared.folder() {
            folder.set_reserve_aside()?;
        }
        let write = begin(&self.shared)?;
        let result = change(&write)?;
        write.commit().map_err(StoreError::from)?;
        Ok(result)
    }
}

fn set_peers(write: &WriteTransaction, peers: &[PeerAddress]) -> Result<(), StoreError> {
    let mut table = write.open_table(PEERS)?;
    table.retain(|_, _| false)?;
    push_all(&mut table, peers.iter().map(address_bytes))
}

fn address_bytes(address: &PeerAddress) -> Vec<u8> {
    address.to_string().into_bytes()
}

/// Puts values behind the last one of a table that is ordered by arrival.
fn push_all(
    table: &mut Table<'_, u64, &'static [u8]>,
    values: impl Iterator<Item = Vec<u8>>,
) -> Result<(), StoreError> {
    let next = table.last()?.map_or(1, |(key, _)| key.value() + 1);
    for (key, value) in (next..).zip(values) {
        table.insert(key, value.as_slice())?;
    }
    Ok(())
}
