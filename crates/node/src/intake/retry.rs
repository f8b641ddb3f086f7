//! Trying again what was kept aside.

use std::future::pending;

use bcoin_ledger::{BlockHash, SingleBlocks};
use chrono::{DateTime, Local};
use tokio::time::sleep;

use super::{judge::Offer, kept::KeptBlock, submit::tell};
use crate::{clock::now, handle::NodeHandle, store::StoreError};

impl<R: SingleBlocks> NodeHandle<R> {
    /// Takes in early blocks when their time has come, and orphans whose parents came with a whole chain. Goes on for ever:
    /// whoever starts it ends it by dropping it.
    pub async fn retry_early_blocks(self) {
        let mut view = self.watch_view();
        let mut seen = None;
        loop {
            let tip = view.borrow_and_update().tip;
            if seen != Some(tip) {
                seen = Some(tip);
                self.retry_orphans(now()).await;
            }
            self.retry_due(now()).await;
            tokio::select! {
                () = sleep(self.intake().pause(now().to_utc())) => {}
                () = self.intake().early_came.notified() => {}
                changed = view.changed() => if changed.is_err() { return pending().await },
            }
        }
    }

    /// Takes in the blocks that are not early any more at the time `now`.
    pub(super) async fn retry_due(&self, now: DateTime<Local>) {
        let due = self.intake().memory().early.take_due(now.to_utc());
        for KeptBlock { hash, encoding, source, .. } in due {
            tell(&hash, &self.submit_at(Offer { encoding, source }, now).await);
        }
    }

    /// Takes in the orphans whose parents are stored by now.
    pub(super) async fn retry_orphans(&self, now: DateTime<Local>) {
        let parents: Vec<BlockHash> = self.intake().memory().orphans.parents().collect();
        if parents.is_empty() {
            return;
        }
        let stored = self.read_on(&self.intake().judging, move |reader| {
            let snapshot = reader.snapshot()?;
            let mut stored = Vec::new();
            for parent in &parents {
                if snapshot.is_stored(parent)? {
                    stored.push(*parent);
                }
            }
            Ok::<_, StoreError>(stored)
        });
        match stored.await {
            Ok(stored) => {
                let Ok(_turn) = self.turn().await else { return };
                self.take_orphans_of(stored, now).await;
            }
            Err(error) => tracing::debug!(%error, "could not look for the parents of orphans"),
        }
    }
}
