//! The miner: one thread that searches, for one request at a time.

mod outdated;
#[cfg(test)]
mod tests;

use std::{
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use bcoin_ledger::{Power, Rules};
use chrono::{DateTime, Utc};
use tokio::sync::{mpsc, oneshot, watch};
use tokio_util::sync::CancellationToken;

use self::outdated::Template;
use crate::{
    clock::now,
    command::{Command, MineError, MineRequest, Mined, Sealed, Solved, Stopping},
    view::View,
};

/// How long a request waits at most for a clock that is behind the last block.
const MAX_CLOCK_WAIT: Duration = Duration::from_secs(2);
/// How long to wait before looking at the clock again.
const CLOCK_PAUSE: Duration = Duration::from_millis(100);
/// How many blocks in a row may be refused that were made for one request: a clock that is set back during a search makes the
/// block early, and the next template is made with the new time.
const MAX_REFUSED: usize = 2;

pub(crate) struct Miner<R: Rules> {
    rules: R,
    power: Power,
    commands: mpsc::Sender<Command<R>>,
    view: watch::Receiver<Arc<View>>,
    stop: CancellationToken,
}

impl<R: Rules> Miner<R> {
    pub(crate) fn new(
        rules: R,
        power: Power,
        commands: mpsc::Sender<Command<R>>,
        view: watch::Receiver<Arc<View>>,
        stop: CancellationToken,
    ) -> Self {
        Self { rules, power, commands, view, stop }
    }

    /// Serves requests in the order they came, until nobody is left who could send one.
    pub(crate) fn run(self, mut requests: mpsc::Receiver<MineRequest<R>>) {
        while let Some(reply) = requests.blocking_recv() {
            // Who has gone away wants no block any more.
            if !reply.is_closed() {
                // A search that is short is ended, whoever has gone away.
                let is_wanted = || !(R::TEMPLATE_FIXES_TRANSACTIONS && reply.is_closed());
                let mined = self.mine(&is_wanted);
                let _ = reply.send(mined);
            }
        }
    }

    /// Searches until a solution makes a block: when the chain has changed meanwhile, or the template is outdated, a new job is
    /// fetched.
    fn mine(&self, is_wanted: &impl Fn() -> bool) -> Result<Mined<R::CheckedBlock>, MineError<R::BlockError>> {
        let mut refused = 0;
        let is_over = || self.stop.is_cancelled() || !is_wanted();
        while !is_over() {
            // What changes from here on is not in the template.
            let mempool_changes = self.view.borrow().mempool_changes;
            let job = self.ask(|reply| Command::Job { reply })?.ok_or(MineError::NoReceiver)?;
            let template = Template { parent: *job.as_ref(), mempool_changes, made: Instant::now() };
            let is_outdated = || template.is_outdated::<R>(&self.view.borrow(), Instant::now());
            if let Some(due) = self.rules.job_due(&job).filter(|due| *due > now().to_utc()) {
                self.wait_for_clock(due, || is_over() || is_outdated())?;
                continue;
            }
            let Some(found) = self.rules.search(&job, self.power, || is_over() || is_outdated()) else { continue };
            let solved = Solved { job, found, took: template.made.elapsed() };
            match self.ask(|reply| Command::Seal { solved, reply })? {
                Ok(Sealed::Block(mined)) => return Ok(mined),
                Ok(Sealed::Outdated) => {}
                Err(MineError::Refused(_)) if R::TEMPLATE_FIXES_TRANSACTIONS && refused + 1 < MAX_REFUSED => {
                    refused += 1;
                    thread::sleep(CLOCK_PAUSE);
                }
                Err(error) => return Err(error),
            }
        }
        // Whoever has gone away does not hear it.
        Err(Stopping.into())
    }

    /// Waits until the clock shows `due`, or `is_over` says that nobody waits for that.
    fn wait_for_clock(&self, due: DateTime<Utc>, is_over: impl Fn() -> bool) -> Result<(), MineError<R::BlockError>> {
        let began = Instant::now();
        loop {
            let left = due.signed_duration_since(now().to_utc());
            if left.num_milliseconds() <= 0 || is_over() {
                return Ok(());
            }
            if began.elapsed() >= MAX_CLOCK_WAIT {
                return Err(MineError::ClockBehind { seconds: left.num_seconds() + 1 });
            }
            thread::sleep(CLOCK_PAUSE);
        }
    }

    fn ask<T>(&self, command: impl FnOnce(oneshot::Sender<T>) -> Command<R>) -> Result<T, Stopping> {
        let (reply, answer) = oneshot::channel();
        self.commands.blocking_send(command(reply)).map_err(|_| Stopping)?;
        answer.blocking_recv().map_err(|_| Stopping)
    }
}
