//! Blocks that were mined here, that come alone, and that come as a whole chain.

use std::{iter, sync::Arc};

use bcoin_ledger::{Found, Mempool as _, Rules, Tip};
use chrono::{DateTime, Utc};

use super::{Owner, told};
use crate::{
    address::PeerAddress,
    candidate::Candidate,
    clock::now,
    command::{
        AdoptError, Adoption, AdoptionOf, MineError, Mined, PositionError, Replacement, Returned, SaveError, Sealed,
        Solved, StaleBlocks,
    },
    events::{Event, EventOf},
    intake::SubmitOutcome,
    limits::{DEEP_REORGANISATION, MAX_STALE_BYTES, MAX_TOLD},
    source::Source,
    store::{Branch, KeptBranch, Position, ReorganiseError, Reorganised, ReorganisedOf, ReplacedOf, StoreError},
};

/// A replacement under these rules.
type ReplacementOf<R> = Replacement<<R as Rules>::Summary, <R as Rules>::Transaction>;

impl<R: Rules> Owner<R> {
    pub(super) fn seal(
        &mut self,
        solved: Solved<R::Job, R::Solution>,
    ) -> Result<Sealed<R::CheckedBlock>, MineError<R::BlockError>> {
        let Solved { job, found: Found { solution, trials }, took } = solved;
        let parent = *self.blockchain.tip();
        if *job.as_ref() != parent {
            return Ok(Sealed::Outdated);
        }
        let sealed = self.blockchain.seal(job, solution, now());
        let block = sealed.map_err(MineError::Refused)?;
        let time = now().to_utc();
        let reorganised = self.save(|store, blockchain| store.append(blockchain, &block, time))?;
        let left = self.advance(reorganised, time);
        self.counters.blocks_mined.add(1);
        self.counters.trials.add(trials);
        self.counters.search_nanos.add_time(took);
        let summary = self.blockchain.rules().summary(&block);
        self.last_mined = Some((*self.blockchain.tip(), time));
        self.publish(iter::once(Event::Mined { block: summary, trials, took, time }).chain(left));
        Ok(Sealed::Block(Mined { block, trials, took }))
    }

    /// Puts a block that comes alone where it belongs. A branch is the chain as soon as it has more work; on a tie nothing changes.
    pub(super) fn place(
        &mut self,
        block: &R::CheckedBlock,
        source: Source,
    ) -> Result<SubmitOutcome, PositionError<R::BlockError>> {
        // Where that is is looked for on the disk, which has to hold this node's state.
        if !self.synchronise() {
            return Err(SaveError::from(StoreError::Closed).into());
        }
        let position = self.store.position_of(self.blockchain.tip(), block, &source);
        match self.recover_from(position).map_err(SaveError::from)? {
            Position::Known => Ok(SubmitOutcome::Known),
            Position::NoParent => Ok(SubmitOutcome::NotKept),
            Position::TooLittleWork => Ok(SubmitOutcome::TooLittleWork),
            Position::Follows => {
                let time = now().to_utc();
                let reorganised = self.save(|store, blockchain| store.append(blockchain, block, time))?;
                let left = self.advance(reorganised, time);
                let block = self.blockchain.rules().summary(block);
                let waiting = self.blockchain.waiting();
                self.publish(iter::once(Event::Received { block, source, waiting, time }).chain(left));
                Ok(SubmitOutcome::Connected)
            }
            Position::Beside => {
                let kept = self.save(|store, _| store.keep_beside(block, &source)).map_err(SaveError::from)?;
                Ok(if kept { SubmitOutcome::Branch } else { SubmitOutcome::TooLittleWork })
            }
            Position::Wins(branch) => self.connect_branch(&branch, block).map(|()| SubmitOutcome::Reorganised),
        }
    }

    fn connect_branch(&mut self, branch: &Branch, block: &R::CheckedBlock) -> Result<(), PositionError<R::BlockError>> {
        let before = *self.blockchain.tip();
        let replaced = self.save(|store, blockchain| store.replace_by_branch(blockchain, branch, block, now()));
        let replaced = self.drop_refused(replaced)?;
        self.replaced(replaced, before, branch.fork(), None);
        Ok(())
    }

    pub(super) fn adopt(
        &mut self,
        mut candidate: Candidate<R>,
        from: Option<PeerAddress>,
    ) -> Result<AdoptionOf<R>, AdoptError<R::BlockError>> {
        let (before, fork, tip) = (*self.blockchain.tip(), candidate.fork(), candidate.tip());
        let follows = self.still_follows(&candidate);
        if !tip.has_more_work_than(&before) || !self.recover_from(follows).map_err(SaveError::from)? {
            return Ok(Adoption::Outdated);
        }
        let receiver = self.receiver.clone();
        let replaced = self.save(|store, blockchain| {
            let blocks = candidate.blocks().map_err(StoreError::from)?.map(|block| Ok(block?));
            store.replace(blockchain, fork, blocks, receiver.as_ref(), MAX_STALE_BYTES, now())
        });
        let replaced = self.drop_refused(replaced)?;
        let replacement = self.replaced(replaced, before, fork, from);
        Ok(Adoption::Adopted { replacement, waiting: self.blockchain.waiting() })
    }

    /// Whether the candidate still begins with blocks of this chain, up to the last one it shares with it.
    fn still_follows(&self, candidate: &Candidate<R>) -> Result<bool, StoreError> {
        let Some(hash) = candidate.fork_hash() else { return Ok(true) };
        Ok(self.store.reader().snapshot()?.hash(candidate.fork())? == Some(hash))
    }

    /// Drops a block that is kept beside the chain and was refused, and all that follow it.
    fn drop_refused<T>(
        &mut self,
        result: Result<T, ReorganiseError<R::BlockError>>,
    ) -> Result<T, ReorganiseError<R::BlockError>> {
        if R::GROWS_BRANCHES
            && let Err(ReorganiseError::Refused { hash, .. }) = &result
            && self.store.is_stored(hash).unwrap_or(true)
        {
            // When that fails, it is done when the branch grows again.
            let _ = self.save(|store, _| store.drop_invalid(hash));
        }
        result
    }

    /// Lets a new last block that was saved take effect; returns what has left because of it.
    fn advance(&mut self, reorganised: ReorganisedOf<R>, time: DateTime<Utc>) -> Vec<EventOf<R>> {
        let Reorganised { ancestors, after, growth, .. } = reorganised;
        self.blockchain.advance(ancestors, after.mempool);
        self.chain_bytes = self.chain_bytes.saturating_add_signed(growth);
        told(&after.left, time)
    }

    /// Lets a replacement of the chain that ended with `before` take effect, and tells of it.
    fn replaced(
        &mut self,
        (reorganised, kept): ReplacedOf<R>,
        before: Tip,
        fork: u64,
        from: Option<PeerAddress>,
    ) -> Arc<ReplacementOf<R>> {
        let Reorganised { ancestors, after, disconnected, connected, growth } = reorganised;
        let depth = before.height - fork;
        if R::GROWS_BRANCHES && depth > DEEP_REORGANISATION {
            tracing::warn!(depth, "a chain with more work has replaced many blocks of this one");
        }
        let not_returned = after.not_returned;
        if not_returned > 0 {
            tracing::warn!(not_returned, "the disconnected blocks held transactions that may not wait, and are gone");
        }
        let replacement = Arc::new(Replacement {
            from,
            fork,
            tip: *ancestors.as_ref(),
            stale: StaleBlocks {
                branch: kept.filter(|kept| kept.fits).map(|kept| kept.number),
                count: depth,
                first: disconnected,
            },
            connected,
            returned: Returned {
                count: after.returned,
                first: after.mempool.transactions().take(after.returned.min(MAX_TOLD)).cloned().collect(),
            },
            not_returned,
        });
        let time = now().to_utc();
        let left = told(&after.left, time);
        self.blockchain.advance(ancestors, after.mempool);
        self.chain_bytes = self.chain_bytes.saturating_add_signed(growth);
        self.forget_too_many(kept);
        self.counters.replacements.add(1);
        let waiting = self.blockchain.waiting();
        self.publish(iter::once(Event::Replaced { replacement: replacement.clone(), waiting, time }).chain(left));
        replacement
    }

    /// Forgets blocks that a replacement has taken off the chain, and which are more than are kept. When that fails, it is done
    /// with the next replacement.
    fn forget_too_many(&mut self, kept: Option<KeptBranch>) {
        if let Some(KeptBranch { number, fits: false }) = kept {
            tracing::warn!(number, "the blocks of the replaced chain are too long to be kept");
            let _ = self.save(|store, _| store.forget_branch(number, MAX_STALE_BYTES));
        }
        if R::GROWS_BRANCHES && self.store.has_too_much_beside().unwrap_or(true) {
            let _ = self.save(|store, _| store.shrink_side());
        }
    }
}
