//! The miner: one thread that searches, for one request at a time.

use std::{sync::Arc, time::Instant};

use bcoin_ledger::{Power, Rules, Tip};
use tokio::sync::{mpsc, oneshot, watch};
use tokio_util::sync::CancellationToken;

use crate::{
    command::{Command, MineError, MineRequest, Mined, Sealed, Solved, Stopping},
    view::View,
};

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
                let _ = reply.send(self.mine());
            }
        }
    }

    /// Searches until a solution makes a block: when the chain has changed meanwhile, a new job is fetched.
    fn mine(&self) -> Result<Mined<R::CheckedBlock>, MineError<R::BlockError>> {
        loop {
            let job = self.ask(|reply| Command::Job { reply })?.ok_or(MineError::NoReceiver)?;
            let parent = *job.as_ref();
            let began = Instant::now();
            let cancelled = || self.stop.is_cancelled() || self.tip() != parent;
            let Some(found) = self.rules.search(&job, self.power, cancelled) else {
                if self.stop.is_cancelled() {
                    return Err(Stopping.into());
                }
                continue;
            };
            let solved = Solved { job, found, took: began.elapsed() };
            if let Sealed::Block(mined) = self.ask(|reply| Command::Seal { solved, reply })?? {
                return Ok(mined);
            }
        }
    }

    fn tip(&self) -> Tip {
        self.view.borrow().tip
    }

    fn ask<T>(&self, command: impl FnOnce(oneshot::Sender<T>) -> Command<R>) -> Result<T, Stopping> {
        let (reply, answer) = oneshot::channel();
        self.commands.blocking_send(command(reply)).map_err(|_| Stopping)?;
        answer.blocking_recv().map_err(|_| Stopping)
    }
}
