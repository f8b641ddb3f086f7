//! Taking in blocks that come alone, and what waits for them.

use std::sync::Arc;

use bcoin_ledger::{BlockHash, CheckedBlock as _, Invalidity, SingleBlocks};
use chrono::{DateTime, Local};
use tokio::sync::OwnedSemaphorePermit;

use super::{
    SubmitError, SubmitOutcome, Submitted,
    invalid::Verdict,
    judge::{Judge, Judged, Offer},
    kept::KeptBlock,
};
use crate::{
    clock::now,
    command::{Command, PositionError, Stopping},
    handle::NodeHandle,
    source::Source,
};

/// What became of a block.
type Answer<R> = Result<Submitted, SubmitError<<R as bcoin_ledger::Rules>::BlockError>>;

impl<R: SingleBlocks> NodeHandle<R> {
    /// Offers a block to the node, and then the orphans that wait for it.
    ///
    /// # Errors
    /// When it breaks a rule, or could not be judged or saved.
    pub async fn submit(&self, encoding: Vec<u8>, source: Source) -> Answer<R> {
        self.submit_at(Offer { encoding: encoding.into(), source }, now()).await
    }

    /// Why a block is known to be invalid for ever, if it is.
    pub fn known_invalid(&self, hash: &BlockHash) -> Option<Arc<str>> {
        let memory = self.intake().memory();
        memory.invalid.get(hash).map(|verdict| SubmitError::of_verdict(hash, verdict).to_string().into())
    }

    /// Remembers that a block breaks a rule, where that makes it invalid for ever. Its work has to be done: hashes without work
    /// are too many to remember them.
    pub fn note_refusal(&self, hash: BlockHash, error: &R::BlockError) {
        if self.rules().invalidity(error) == Invalidity::Permanent {
            let verdict = Verdict { block: hash, reason: Arc::new(error.clone()) };
            self.intake().memory().remember_invalid(hash, &verdict);
        }
    }

    /// As [`NodeHandle::submit`], at the time `now`.
    pub(super) async fn submit_at(&self, offer: Offer, now: DateTime<Local>) -> Answer<R> {
        if offer.encoding.len() > R::MAX_BLOCK_BYTES {
            // Nobody waits for a turn with more bytes than a block has.
            self.rules().read_header(&offer.encoding).map_err(|error| SubmitError::Refused(error.into()))?;
        }
        let (turn, node) = (self.turn().await?, self.clone());
        // It goes on when nobody waits for it any more: what has come is connected with all that waits for it.
        let taken = tokio::spawn(async move {
            let _turn = turn;
            let (answer, arrived) = node.take(offer, now).await;
            node.take_orphans_of(arrived.into_iter().collect(), now).await;
            answer
        });
        taken.await.map_err(|_| Stopping)?
    }

    /// Waits until fewer than the most blocks are taken in.
    pub(super) async fn turn(&self) -> Result<OwnedSemaphorePermit, Stopping> {
        self.intake().turns.clone().acquire_owned().await.map_err(|_| Stopping)
    }

    /// Takes in the orphans of blocks that have come, and those that follow these.
    pub(super) async fn take_orphans_of(&self, mut arrived: Vec<BlockHash>, now: DateTime<Local>) {
        while let Some(parent) = arrived.pop() {
            let orphans = self.intake().memory().orphans.take_children(&parent);
            for KeptBlock { hash, encoding, source, .. } in orphans {
                let (answer, came) = self.take(Offer { encoding, source }, now).await;
                tell(&hash, &answer);
                arrived.extend(came);
            }
        }
    }

    /// Judges a block and puts it where it belongs. Also returns the block that is here now and may have orphans.
    async fn take(&self, offer: Offer, now: DateTime<Local>) -> (Answer<R>, Option<BlockHash>) {
        match self.judge(&offer, now).await {
            Ok(Judged::Done(submitted)) => (Ok(submitted), None),
            Ok(Judged::Stored(submitted)) => (Ok(submitted), Some(submitted.hash)),
            Ok(Judged::ParentCame(submitted, parent)) => (Ok(submitted), Some(parent)),
            Ok(Judged::Right(block)) => {
                let answer = self.place(block, offer.source).await;
                let arrived = answer.as_ref().ok().and_then(arrived);
                (answer, arrived)
            }
            Err(error) => (Err(error), None),
        }
    }

    async fn judge(
        &self,
        offer: &Offer,
        now: DateTime<Local>,
    ) -> Result<Judged<R::CheckedBlock>, SubmitError<R::BlockError>> {
        let judge = Arc::new(Judge { rules: self.rules().clone(), intake: self.intake().clone(), now });
        let offer = offer.clone();
        let judged = self.read_on(&self.intake().judging, move |reader| judge.judge(reader, &offer)).await;
        judged.map_err(|error| SubmitError::Read(error.into()))?
    }

    async fn place(&self, block: Box<R::CheckedBlock>, source: Source) -> Answer<R> {
        let (hash, height) = (block.tip().hash, Some(block.tip().height));
        let placed = self.ask(|reply| Command::Place { block, source, reply }).await?;
        match placed {
            Ok(outcome) => Ok(Submitted { hash, height, outcome }),
            Err(PositionError::Refused { hash: block, reason, .. }) => {
                let verdict = Verdict { block, reason };
                let mut memory = self.intake().memory();
                // The block that breaks the rule may be one before this one, which was kept beside the chain.
                memory.remember_invalid(block, &verdict);
                memory.remember_invalid(hash, &verdict);
                Err(SubmitError::of_verdict(&hash, &verdict))
            }
            Err(PositionError::Save(error)) => Err(error.into()),
        }
    }
}

/// The block that the owner has placed, if it is stored now.
fn arrived(submitted: &Submitted) -> Option<BlockHash> {
    match submitted.outcome {
        SubmitOutcome::Connected | SubmitOutcome::Reorganised | SubmitOutcome::Branch | SubmitOutcome::Known => {
            Some(submitted.hash)
        }
        SubmitOutcome::TooLittleWork | SubmitOutcome::Orphan | SubmitOutcome::Early | SubmitOutcome::NotKept => None,
    }
}

/// What became of a block that was kept aside, which nobody waits for.
pub(super) fn tell<E: std::fmt::Display>(hash: &BlockHash, answer: &Result<Submitted, SubmitError<E>>) {
    match answer {
        Ok(Submitted { outcome, .. }) => {
            tracing::debug!(%hash, ?outcome, "a block that was kept aside was tried again")
        }
        Err(error) => tracing::debug!(%hash, %error, "a block that was kept aside was not taken"),
    }
}
