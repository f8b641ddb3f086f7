//! Judging a block that comes alone, cheap things first: in the order of docs/sound-rules.md section 2.

use std::sync::Arc;

use bcoin_ledger::{BlockHash, Invalidity, Rules, SingleBlocks};
use chrono::{DateTime, Local};

use super::{SubmitError, SubmitOutcome, Submitted, invalid::Verdict, kept::KeptBlock, state::Intake};
use crate::{
    source::Source,
    store::{Newcomer, Reader, StoreError},
};

/// A block from elsewhere.
#[derive(Clone, Debug)]
pub(super) struct Offer {
    pub(super) encoding: Arc<[u8]>,
    pub(super) source: Source,
}

/// A block that breaks no rule, as far as can be said without accounts.
pub(super) enum Judged<B> {
    /// Nothing more is to be done with it now.
    Done(Submitted),
    /// It is stored already.
    Stored(Submitted),
    /// It is kept as an orphan, and its parent has come since.
    ParentCame(Submitted, BlockHash),
    /// Where it belongs is to be found.
    Right(Box<B>),
}

/// What came of judging.
pub(super) type Judgement<R> = Result<Judged<<R as Rules>::CheckedBlock>, SubmitError<<R as Rules>::BlockError>>;

/// Why a block was not judged to the end.
enum Failure<E> {
    Refused(SubmitError<E>),
    Store(StoreError),
}

impl<E> From<SubmitError<E>> for Failure<E> {
    fn from(error: SubmitError<E>) -> Self {
        Self::Refused(error)
    }
}

impl<E> From<StoreError> for Failure<E> {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// Who judges blocks, and at which time.
pub(super) struct Judge<R: SingleBlocks> {
    pub(super) rules: R,
    pub(super) intake: Arc<Intake<R::BlockError>>,
    pub(super) now: DateTime<Local>,
}

impl<R: SingleBlocks> Judge<R> {
    /// Judges a block wherever it belongs. Keeps it aside where it cannot be judged yet, and remembers it where it is invalid for
    /// ever.
    ///
    /// # Errors
    /// When what is stored cannot be read.
    pub(super) fn judge(&self, reader: &Reader, offer: &Offer) -> Result<Judgement<R>, StoreError> {
        match self.try_to_judge(reader, offer) {
            Ok(judged) => Ok(Ok(judged)),
            Err(Failure::Refused(error)) => Ok(Err(error)),
            Err(Failure::Store(error)) => Err(error),
        }
    }

    fn try_to_judge(&self, reader: &Reader, offer: &Offer) -> Result<Judged<R::CheckedBlock>, Failure<R::BlockError>> {
        let header = self.rules.read_header(&offer.encoding).map_err(refused)?;
        let (hash, parent) = (self.rules.hash(&header), self.rules.parent(&header));
        if let Some(verdict) = self.intake.memory().invalid.get(&hash) {
            return Err(SubmitError::of_verdict(&hash, verdict).into());
        }
        let snapshot = reader.snapshot()?;
        if let Some((tip, _)) = snapshot.any_block(&hash)? {
            let (height, outcome) = (Some(tip.height), SubmitOutcome::Known);
            return Ok(Judged::Stored(Submitted { hash, height, outcome }));
        }
        if self.intake.memory().keeps(&hash) {
            return Ok(done(hash, None, SubmitOutcome::Known));
        }
        // A hash without work is not remembered: anybody makes thousands of them, and each is found out again at the cost of one
        // hash.
        self.rules.check_least_work(&header).map_err(refused)?;
        self.check_parent(&hash, &parent)?;
        let ancestors = match parent {
            BlockHash::ZERO => None,
            _ => {
                let Some(ancestors) = snapshot.ancestors_of(&self.rules, &parent)? else {
                    let orphan = self.kept_block(hash, parent, offer)?;
                    return Ok(self.keep_orphan(reader, orphan)?);
                };
                Some(ancestors)
            }
        };
        let checked = match self.rules.check_header(ancestors.as_ref(), &header, self.now) {
            Ok(checked) => checked,
            Err(error) if self.rules.invalidity(&error) == Invalidity::Early => {
                let block = self.kept_block(hash, parent, offer)?;
                let is_kept = self.intake.keep_early(block, self.rules.due(&header), self.now.to_utc());
                return Ok(done(hash, None, if is_kept { SubmitOutcome::Early } else { SubmitOutcome::NotKept }));
            }
            Err(error) => return Err(self.refuse(hash, error).into()),
        };
        // Nothing that would be dropped again has its signatures checked: the same few blocks can be offered for ever.
        let (own, length) = (*checked.as_ref(), offer.encoding.len() as u64);
        let newcomer = Newcomer { tip: own, parent, length, source: &offer.source };
        if !snapshot.keeps(&newcomer, &snapshot.tip()?, &self.intake.side_limits)? {
            return Ok(done(hash, Some(own.height), SubmitOutcome::TooLittleWork));
        }
        let block = self.rules.decode(&offer.encoding).map_err(refused)?;
        let checked = self.rules.check_block(checked, block).map_err(|error| self.refuse(hash, error))?;
        Ok(Judged::Right(checked.into()))
    }

    /// Refuses a block whose parent is known to be invalid.
    fn check_parent(&self, hash: &BlockHash, parent: &BlockHash) -> Result<(), SubmitError<R::BlockError>> {
        let mut memory = self.intake.memory();
        let Some(verdict) = memory.invalid.get(parent).cloned() else { return Ok(()) };
        memory.remember_invalid(*hash, &verdict);
        Err(SubmitError::of_verdict(hash, &verdict))
    }

    /// What is kept of a block: only one that its header names, or it would keep the right one from being taken.
    fn kept_block(
        &self,
        hash: BlockHash,
        parent: BlockHash,
        offer: &Offer,
    ) -> Result<KeptBlock, SubmitError<R::BlockError>> {
        let block = self.rules.decode(&offer.encoding);
        block.and_then(|block| self.rules.check_body(&block)).map_err(refused)?;
        Ok(KeptBlock { hash, parent, encoding: offer.encoding.clone(), source: offer.source.clone() })
    }

    pub(super) fn keep_orphan(
        &self,
        reader: &Reader,
        orphan: KeptBlock,
    ) -> Result<Judged<R::CheckedBlock>, StoreError> {
        let (hash, parent) = (orphan.hash, orphan.parent);
        let submitted = Submitted { hash, height: None, outcome: SubmitOutcome::Orphan };
        self.intake.memory().orphans.insert(orphan);
        // Who has stored the parent in the meantime may have looked for its orphans before this one was there.
        let parent_came = reader.snapshot()?.is_stored(&parent)?;
        Ok(if parent_came { Judged::ParentCame(submitted, parent) } else { Judged::Done(submitted) })
    }

    /// Remembers why a block is refused, when that stays so.
    fn refuse(&self, hash: BlockHash, error: R::BlockError) -> SubmitError<R::BlockError> {
        let is_permanent = self.rules.invalidity(&error) == Invalidity::Permanent;
        let reason = Arc::new(error);
        if is_permanent {
            let verdict = Verdict { block: hash, reason: reason.clone() };
            self.intake.memory().remember_invalid(hash, &verdict);
        }
        SubmitError::Refused(reason)
    }
}

fn done<B>(hash: BlockHash, height: Option<u64>, outcome: SubmitOutcome) -> Judged<B> {
    Judged::Done(Submitted { hash, height, outcome })
}

fn refused<E>(error: E) -> SubmitError<E> {
    SubmitError::Refused(error.into())
}
