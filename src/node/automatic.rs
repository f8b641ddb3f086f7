//! Mining without being asked for each block.

use std::time::Duration;

use tokio::{
    sync::watch,
    time::{Instant, MissedTickBehavior, interval_at, sleep},
};

use super::handle::NodeHandle;
use crate::wire::v1::Mining;

/// The shortest and the longest time between two blocks, in milliseconds.
pub const MINING_INTERVALS: std::ops::RangeInclusive<u64> = 100..=3_600_000;
/// How long to wait after a block that could not be saved.
const FAILURE_PAUSE: Duration = Duration::from_secs(1);

/// Mines as the node's setting says. Goes on for ever: whoever starts it ends it by dropping it.
pub async fn mine_by_itself(node: NodeHandle) {
    let mut setting = node.watch_mining();
    loop {
        let mining = *setting.borrow_and_update();
        match mining {
            Mining::Off => wait_for_change(&mut setting).await,
            Mining::Interval { every_ms } => mine_every(&node, Duration::from_millis(every_ms), &mut setting).await,
            Mining::OnPayment => mine_payments(&node, &mut setting).await,
        }
    }
}

async fn wait_for_change(setting: &mut watch::Receiver<Mining>) {
    if setting.changed().await.is_err() {
        // Nobody is left who could change it.
        std::future::pending::<()>().await;
    }
}

async fn mine_every(node: &NodeHandle, every: Duration, setting: &mut watch::Receiver<Mining>) {
    let mut ticks = interval_at(Instant::now() + every, every);
    // A puzzle that took long delays the next block instead of making several at once.
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = wait_for_change(setting) => return,
            _ = ticks.tick() => mine(node).await,
        }
    }
}

async fn mine_payments(node: &NodeHandle, setting: &mut watch::Receiver<Mining>) {
    let mut view = node.watch_view();
    loop {
        if view.borrow_and_update().waiting > 0 {
            mine(node).await;
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

async fn mine(node: &NodeHandle) {
    match node.mine().await {
        Ok(mined) => tracing::info!(index = mined.block.block().index, "mined a block by itself"),
        Err(error) => {
            tracing::error!(%error, "could not mine a block by itself");
            sleep(FAILURE_PAUSE).await;
        }
    }
}
