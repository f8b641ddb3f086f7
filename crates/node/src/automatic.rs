//! Mining without being asked for each block.

use std::time::Duration;

use bcoin_ledger::{CheckedBlock as _, Rules};
use tokio::{
    sync::watch,
    time::{Instant, MissedTickBehavior, interval_at, sleep},
};

use crate::{handle::NodeHandle, mining_mode::MiningMode};

/// How long to wait after a block that could not be saved.
const FAILURE_PAUSE: Duration = Duration::from_secs(1);

impl<R: Rules> NodeHandle<R> {
    /// Mines as the node's setting says. Goes on for ever: whoever starts it ends it by dropping it.
    pub async fn mine_automatically(self) {
        let mut setting = self.watch_mining();
        loop {
            let mode = *setting.borrow_and_update();
            match mode {
                MiningMode::Off => wait_for_change(&mut setting).await,
                MiningMode::Interval(every) => self.mine_every(every, &mut setting).await,
                MiningMode::OnTransaction => self.mine_transactions(&mut setting).await,
                MiningMode::Continuous => self.mine_continuously(&mut setting).await,
            }
        }
    }

    async fn mine_every(&self, every: Duration, setting: &mut watch::Receiver<MiningMode>) {
        let mut ticks = interval_at(Instant::now() + every, every);
        // A search that took long delays the next block instead of making several at once.
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                () = wait_for_change(setting) => return,
                _ = ticks.tick() => self.mine_or_pause(setting).await,
            }
        }
    }

    async fn mine_transactions(&self, setting: &mut watch::Receiver<MiningMode>) {
        let mut view = self.watch_view();
        loop {
            if view.borrow_and_update().waiting > 0 {
                self.mine_or_pause(setting).await;
                if setting.has_changed().unwrap_or(true) {
                    return;
                }
            } else {
                tokio::select! {
                    () = wait_for_change(setting) => return,
                    changed = view.changed() => if changed.is_err() { return wait_for_change(setting).await },
                }
            }
        }
    }

    async fn mine_continuously(&self, setting: &mut watch::Receiver<MiningMode>) {
        while !setting.has_changed().unwrap_or(true) {
            self.mine_or_pause(setting).await;
        }
    }

    /// Mines a block. A search that may take long ends when the setting changes, which is left to be seen.
    async fn mine_or_pause(&self, setting: &watch::Receiver<MiningMode>) {
        let mut setting = setting.clone();
        tokio::select! {
            () = wait_for_change(&mut setting), if R::TEMPLATE_FIXES_TRANSACTIONS => {}
            () = self.mine_or_fail() => {}
        }
    }

    async fn mine_or_fail(&self) {
        match self.mine().await {
            Ok(mined) => tracing::info!(height = mined.block.tip().height, "mined a block by itself"),
            Err(error) => {
                tracing::error!(%error, "could not mine a block by itself");
                sleep(FAILURE_PAUSE).await;
            }
        }
    }
}

async fn wait_for_change(setting: &mut watch::Receiver<MiningMode>) {
    if setting.changed().await.is_err() {
        // Nobody is left who could change it.
        std::future::pending::<()>().await;
    }
}
