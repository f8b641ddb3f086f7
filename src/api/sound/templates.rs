//! The latest template, kept for all who ask: choosing the transfers of a full mempool takes the thread that changes the node's
//! state some 20 ms.

use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use bcoin_ledger::{
    BlockHash,
    sound::{Receiver, Template},
};
use bcoin_node::{Stopping, now};

use super::super::state::SoundState;

/// What was made faster than this is made anew whenever the mempool has changed.
const CHEAP: Duration = Duration::from_millis(2);
/// Anything else at most once in this time, as long as the chain has the same end.
const PAUSE: Duration = Duration::from_secs(1);

/// The latest template.
#[derive(Debug, Default)]
pub struct Templates(Mutex<Option<Kept>>);

#[derive(Debug)]
struct Kept {
    template: Template,
    tip: BlockHash,
    /// How often the mempool had changed.
    mempool_changes: u64,
    made: Instant,
    took: Duration,
}

impl Kept {
    fn is_good_for(&self, tip: BlockHash, mempool_changes: u64) -> bool {
        let is_recent = self.took > CHEAP && self.made.elapsed() < PAUSE;
        self.tip == tip && (self.mempool_changes == mempool_changes || is_recent)
    }
}

impl Templates {
    /// A template that pays this receiver.
    pub(super) async fn template_for(state: &SoundState, receiver: Receiver) -> Result<Template, Stopping> {
        let view = state.node.view();
        let templates = &state.caches;
        if let Some(template) = templates.kept(view.tip.hash, view.mempool_changes, &receiver) {
            return Ok(template);
        }
        let make = move |blockchain: &bcoin_ledger::Blockchain<_>| {
            let began = Instant::now();
            (blockchain.job(&receiver, now()), blockchain.tip().hash, began.elapsed())
        };
        let (template, tip, took) = state.node.inspect(make).await?;
        let kept =
            Kept { template: template.clone(), tip, mempool_changes: view.mempool_changes, made: Instant::now(), took };
        *templates.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(kept);
        Ok(template)
    }

    fn kept(&self, tip: BlockHash, mempool_changes: u64, receiver: &Receiver) -> Option<Template> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = kept.as_ref().filter(|kept| kept.is_good_for(tip, mempool_changes))?;
        Some(kept.template.for_receiver(receiver, now()))
    }
}
