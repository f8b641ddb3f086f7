//! Killed in a reorganisation of 1, 10 and 200 blocks: at random moments, and at each flush around it. The chain is wholly the old or
//! wholly the new one, and what has become of every transfer is the same as without the kill.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant},
};

use bcoin_testkit::{NotReady, Process, process::PROCESS_TIMEOUT};
use tokio::time::sleep;

use super::{
    customer::Customer,
    room::{Base, command, deliver, is_in_order, raw},
    scenario::{End, Scenario},
};
use crate::{
    bench::{Bench, copy_folder},
    shim::{FlushFault, Shim},
};

const DEPTHS: [usize; 3] = [1, 10, 200];
/// More flushes than a start, a reorganisation and a stop make.
const MAX_FLUSHES: u64 = 100;
/// How long a node may take to adopt the chain of a peer.
const ADOPT_TIMEOUT: Duration = Duration::from_secs(30);

pub async fn run(bench: &mut Bench, shim: Result<&Shim, String>) -> Result<(), String> {
    let base = Arc::new(Base::new());
    for depth in DEPTHS {
        bench.tally.about(&format!("two chains of {depth} blocks"));
        let scenario = match Scenario::prepare(bench, &base, depth).await {
            Ok(scenario) => scenario,
            Err(error) => {
                bench.tally.wrong(&error);
                continue;
            }
        };
        let mut stage = Stage { bench, base: &base, scenario: &scenario, ends: (0, 0) };
        let result = stage.at_random_moments().await;
        stage.bench.tally.judge(result);
        if let Ok(shim) = &shim {
            stage.at_each_flush(shim).await;
        }
        let (old, new) = stage.ends;
        println!(
            "  reorganisations of {depth} blocks that were disturbed: {old} left the old chain, {new} the new one"
        );
    }
    shim.map(drop)
}

/// What causes a reorganisation.
#[derive(Clone, Copy)]
enum Cause<'a> {
    /// The last block of a branch is submitted.
    Block,
    /// This peer has the other chain.
    Peer(&'a Process),
}

struct Stage<'a> {
    bench: &'a mut Bench,
    base: &'a Arc<Base>,
    scenario: &'a Scenario,
    /// How many nodes had the old chain after the fault, and how many the new one.
    ends: (u64, u64),
}

impl Stage<'_> {
    fn customer(&self, node: &Process) -> Customer {
        Customer::new(node.address(), self.base, &self.base.record(&self.bench.tally), &self.bench.tally)
    }

    /// A fresh copy of the folder that this cause begins with.
    fn copy(&mut self, cause: Cause<'_>) -> Result<PathBuf, String> {
        let folder = self.bench.fresh_folder();
        let from = if matches!(cause, Cause::Block) { &self.scenario.beside } else { &self.scenario.apart };
        copy_folder(from, &folder).map(|()| folder)
    }

    async fn at_random_moments(&mut self) -> Result<(), String> {
        let depth = self.scenario.depth;
        let peer = self.base.start_peer(self.bench).await?;
        deliver(&self.customer(&peer).client, &self.scenario.new).await?;
        for (cause, name) in [(Cause::Block, "a block"), (Cause::Peer(&peer), "a peer")] {
            self.bench.tally.begin(format!("no kill in a reorganisation of {depth} by {name}"));
            let folder = self.copy(cause)?;
            let node = self.bench.start_command(command(&folder))?;
            let customer = self.customer(&node);
            if self.scenario.check(self.bench, &customer).await? != End::Old {
                return Err("it begins with the new chain".into());
            }
            let begun = Instant::now();
            self.reorganise(&customer, cause).await?;
            let took = u64::try_from(begun.elapsed().as_millis()).unwrap();
            node.terminate()?;
            self.goes_on(&folder, true, cause).await?;
            for kill in 1..=self.bench.times(4, 100) {
                self.bench.tally.begin(format!("kill {kill} in a reorganisation of {depth} by {name}"));
                let result = self.one_moment(cause, took).await;
                self.bench.tally.judge(result);
            }
        }
        peer.terminate()
    }

    /// Causes the reorganisation, and waits until the node says that it is done.
    async fn reorganise(&self, customer: &Customer, cause: Cause<'_>) -> Result<(), String> {
        let last = self.scenario.new.last().ok_or("no block")?;
        match cause {
            Cause::Block => {
                customer.client.post("/api/v1/blocks/raw", raw(last)).await?.expect(201)?;
            }
            Cause::Peer(peer) => {
                customer.connect(peer.address()).await?.expect(201)?;
                let (tip, since) = (self.customer(peer).tip().await?, Instant::now());
                while customer.tip().await? != tip {
                    if since.elapsed() > ADOPT_TIMEOUT {
                        return Err("the chain of the peer is not adopted".into());
                    }
                    sleep(Duration::from_millis(2)).await;
                }
            }
        }
        Ok(())
    }

    async fn one_moment(&mut self, cause: Cause<'_>, took: u64) -> Result<(), String> {
        let folder = self.copy(cause)?;
        let node = self.bench.start_command(command(&folder))?;
        let customer = self.customer(&node);
        let wait = self.bench.random.milliseconds(0, took * 3 / 2 + 2);
        let done = tokio::select! {
            // A node that was not disturbed yet has to do it.
            result = self.reorganise(&customer, cause) => result.map(|()| true)?,
            () = sleep(wait) => false,
        };
        node.kill();
        self.goes_on(&folder, done, cause).await
    }

    /// Starts a node on what is left. It has one of the two chains, and goes on to the new one.
    async fn goes_on(&mut self, folder: &Path, is_new: bool, cause: Cause<'_>) -> Result<(), String> {
        let node = self.bench.start_command(command(folder))?;
        let customer = self.customer(&node);
        let end = self.scenario.check(self.bench, &customer).await?;
        match end {
            End::Old => self.ends.0 += 1,
            End::New => self.ends.1 += 1,
        }
        if is_new && end == End::Old {
            self.bench.tally.lost("the reorganisation that was acknowledged");
        }
        if end == End::Old {
            self.reorganise(&customer, cause).await.map_err(|error| format!("once more: {error}"))?;
            if self.scenario.check(self.bench, &customer).await? != End::New {
                return Err("the reorganisation has no effect".into());
            }
        }
        if self.bench.random.one_in(2) {
            self.scenario.mine_what_waits(&customer).await?;
        }
        node.terminate()?;
        is_in_order(folder)
    }

    async fn at_each_flush(&mut self, shim: &Shim) {
        if !self.bench.long && self.scenario.depth == 10 {
            return;
        }
        for fault in [FlushFault::KillBefore, FlushFault::KillAfter, FlushFault::Error] {
            for nth in 1..=MAX_FLUSHES {
                let depth = self.scenario.depth;
                self.bench.tally.begin(format!("{fault:?} of flush {nth} around a reorganisation of {depth}"));
                match self.one_flush(shim, nth, fault).await {
                    Ok(true) => {}
                    Ok(false) => break,
                    Err(error) => self.bench.tally.wrong(&error),
                }
            }
        }
    }

    /// Returns whether that flush was reached.
    async fn one_flush(&mut self, shim: &Shim, nth: u64, fault: FlushFault) -> Result<bool, String> {
        let folder = self.copy(Cause::Block)?;
        let mark = folder.with_extension("mark");
        let mut faulty = command(&folder);
        shim.at_flush(&mut faulty, nth, fault, &mark);
        let mut node = self.bench.launch(faulty);
        let done = match node.until_ready() {
            Ok(()) => {
                let customer = self.customer(&node);
                let done = self.reorganise(&customer, Cause::Block).await;
                if matches!(fault, FlushFault::Error) {
                    self.has_not_lost(&customer, &done).await?;
                }
                node.signal("-TERM");
                let ended = node.until_ended(PROCESS_TIMEOUT).ok_or("the node does not end")?;
                let is_killed = !matches!(fault, FlushFault::Error) && mark.exists();
                if is_killed != ended.status.code().is_none() || ended.stderr.contains("panicked at ") {
                    return Err(ended.into());
                }
                done.is_ok()
            }
            Err(NotReady::Hangs) => return Err(NotReady::Hangs.into()),
            Err(NotReady::Ended(ended)) => {
                let by_signal = ended.status.code().is_none() && !matches!(fault, FlushFault::Error);
                if !by_signal && !ended.in_good_order(&[]) {
                    return Err(ended.into());
                }
                false
            }
        };
        self.goes_on(&folder, done, Cause::Block).await?;
        Ok(mark.exists())
    }

    /// After an error that did not end the node, nothing has changed, or all has.
    async fn has_not_lost(&self, customer: &Customer, done: &Result<(), String>) -> Result<(), String> {
        let end = self.scenario.check(self.bench, customer).await?;
        match (done, end) {
            (Ok(()), End::New) => Ok(()),
            (Err(error), End::Old) if error.starts_with("500 ") => Ok(()),
            (done, end) => Err(format!("{done:?}, and the chain is the {end:?} one")),
        }
    }
}
