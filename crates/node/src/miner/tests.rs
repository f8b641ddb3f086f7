//! The miner, with a test in the place of the owner.

#![allow(clippy::unwrap_used, reason = "in a test, what is not as expected is a failure")]

use bcoin_ledger::sound::{HeaderChain, Network, Note, Profile, Receiver, SecretKey, Sound, mempool::Mempool};
use chrono::{DateTime, Local, TimeDelta};

use super::{outdated::TEMPLATE_PAUSE, *};
use crate::store::{FirstContent, Location, Opened};

/// A miner at work, and all that it talks to.
struct Mine {
    rules: Sound,
    ancestors: HeaderChain,
    requests: mpsc::Sender<MineRequest<Sound>>,
    commands: mpsc::Receiver<Command<Sound>>,
    publish: watch::Sender<Arc<View>>,
    thread: thread::JoinHandle<()>,
}

type Answer =
    oneshot::Receiver<Result<Mined<bcoin_ledger::sound::CheckedBlock>, MineError<bcoin_ledger::sound::BlockError>>>;

impl Mine {
    /// With so little power that no search ends while a test runs.
    fn open(profile: Profile) -> Self {
        let rules = Sound::new(Network::room(profile, Network::DEFAULT_ROOM, || false).unwrap());
        let genesis = rules.genesis(now());
        let ancestors = rules.extend(None, &genesis);
        let first = FirstContent { node_address: "miner".into(), genesis };
        let reader = Opened::open(rules.clone(), &Location::Memory, first, &|_, _| ()).unwrap().store.reader();
        let (tip, peers) = (ancestors.tip(), [].into());
        let view = View {
            tip,
            bits: Sound::bits(&ancestors),
            chain_bytes: 0,
            waiting: 0,
            waiting_bytes: 0,
            mempool_changes: 0,
            last_mined: None,
            peers,
            reader,
        };
        let (publish, view) = watch::channel(Arc::new(view));
        let (commands_in, commands) = mpsc::channel(1);
        let (requests, requests_out) = mpsc::channel(8);
        let power = "1".parse().unwrap();
        let miner = Miner::new(rules.clone(), power, commands_in, view, CancellationToken::new());
        let thread = thread::spawn(move || miner.run(requests_out));
        Self { rules, ancestors, requests, commands, publish, thread }
    }

    fn request(&self) -> Answer {
        let (reply, answer) = oneshot::channel();
        self.requests.blocking_send(reply).unwrap();
        answer
    }

    /// Answers the next command, which has to ask for a job.
    fn give_job(&mut self, time: DateTime<Local>) {
        let Some(Command::Job { reply }) = self.commands.blocking_recv() else { panic!("no job was asked for") };
        let key = SecretKey::from_bytes([1; 32]).unwrap().public_key();
        let receiver = Receiver { key, note: Note::default(), extranonce: 0 };
        let job = self.rules.job(&self.ancestors, &Mempool::default(), &receiver, time);
        reply.send(Some(job)).ok().unwrap();
    }

    /// Adds a block with this time to the chain.
    fn extend(&mut self, time: DateTime<Local>) {
        let key = SecretKey::from_bytes([1; 32]).unwrap().public_key();
        let receiver = Receiver { key, note: Note::default(), extranonce: 0 };
        let job = self.rules.job(&self.ancestors, &Mempool::default(), &receiver, time);
        let found = self.rules.search(&job, Power::FULL, || false).unwrap();
        let block = self.rules.seal(job, found.solution, &Mempool::default(), time);
        let checked = self.rules.check(Some(&self.ancestors), block, time).unwrap();
        self.ancestors = self.rules.extend(Some(&self.ancestors), &checked);
        self.publish(|view| view.tip = self.ancestors.tip());
    }

    fn publish(&self, change: impl FnOnce(&mut View)) {
        let mut view = View::clone(&self.publish.borrow());
        change(&mut view);
        self.publish.send_replace(view.into());
    }

    fn stop(self) {
        drop((self.requests, self.commands));
        self.thread.join().unwrap();
    }
}

#[test]
fn a_caller_that_goes_away_cancels_its_search_and_the_next_one_is_served() {
    let mut mine = Mine::open(Profile::Classroom);
    let gone = mine.request();
    mine.give_job(now());
    let next = mine.request();
    drop(gone);
    mine.give_job(now());
    drop(next);
    mine.stop();
}

#[test]
fn a_search_goes_on_with_a_new_template_when_transactions_have_come() {
    let mut mine = Mine::open(Profile::Classroom);
    let answer = mine.request();
    let began = Instant::now();
    mine.give_job(now());
    mine.publish(|view| view.mempool_changes += 1);
    mine.give_job(now());
    assert!(began.elapsed() >= TEMPLATE_PAUSE);
    // The chain is not left to wait.
    let before = mine.ancestors.tip();
    mine.publish(|view| view.tip.height += 1);
    mine.give_job(now());
    assert_eq!(mine.ancestors.tip(), before);
    drop(answer);
    mine.stop();
}

#[test]
fn a_clock_behind_the_last_block_is_waited_for_and_then_told_of() {
    let mut mine = Mine::open(Profile::Instant);
    // From 61 s ahead on, a block that follows is early.
    mine.extend(now() + TimeDelta::seconds(61));
    let answer = mine.request();
    mine.give_job(now());
    mine.give_job(now());
    let Some(Command::Seal { .. }) = mine.commands.blocking_recv() else { panic!("no block was found") };
    assert!(matches!(answer.blocking_recv(), Ok(Err(MineError::Stopping(_)))), "the owner has not answered");
    mine.extend(now() + TimeDelta::seconds(3600));
    let answer = mine.request();
    mine.give_job(now());
    let refused = answer.blocking_recv().unwrap().err().unwrap();
    let MineError::ClockBehind { seconds } = refused else { panic!("{refused}") };
    assert!((3500..=3540).contains(&seconds), "{seconds}");
    mine.stop();
}
