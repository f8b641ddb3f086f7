//! The owner under the sound rules: blocks that come one by one, in whatever order, over failures and restarts.

mod branches;
mod departures;

use std::{collections::HashMap, sync::Arc};

use bcoin_ledger::{
    BlockHash, Blockchain, CheckedBlock as _, MempoolLimits, Power, Rules as _, Tip,
    sound::{
        Account, Amount, CheckedBlock, CheckedTransfer, HeaderChain, Network, Note, Profile, PublicKey, Receiver,
        SecretKey, Signature, Sound, Transfer,
    },
};
use tokio::sync::watch;
use uuid::Uuid;

use super::Owner;
use crate::{
    clock::now,
    command::{PositionError, Replacement},
    event_log::{EventLog, Subscription},
    events::{Event, EventOf},
    intake::SubmitOutcome,
    limits::SideLimits,
    mining_mode::MiningMode,
    reading::ReadingThreads,
    shared::Shared,
    source::Source,
    store::{Contents, FirstContent, Location, Opened, Snapshot, verify},
    view::View,
};

const COIN: u64 = 100_000_000;
const SUBSIDY: u64 = 50_000 * COIN;

fn secret(number: u8) -> SecretKey {
    SecretKey::from_bytes([number; 32]).unwrap()
}

fn key(number: u8) -> PublicKey {
    secret(number).public_key()
}

/// Makes blocks after any block, and transfers.
struct Maker {
    rules: Sound,
    ancestors: HashMap<BlockHash, HeaderChain>,
    genesis: BlockHash,
    made: u64,
}

impl Maker {
    fn new() -> Self {
        let rules = Sound::new(Network::room(Profile::Instant, "owner tests", || false).unwrap());
        let genesis = rules.genesis(now());
        let hash = genesis.tip().hash;
        let ancestors = HashMap::from([(hash, rules.extend(None, &genesis))]);
        Self { rules, ancestors, genesis: hash, made: 0 }
    }

    /// A block that pays `receiver`. Its transfers are not held against accounts.
    fn block(&mut self, parent: BlockHash, receiver: u8, transfers: &[CheckedTransfer]) -> CheckedBlock {
        self.made += 1;
        let receiver = Receiver { key: key(receiver), note: Note::default(), extranonce: self.made << 32 };
        let (ancestors, mempool) = (&self.ancestors[&parent], transfers.iter().cloned().collect());
        let job = self.rules.job(ancestors, &mempool, &receiver, now());
        let solution = self.rules.search(&job, Power::FULL, || false).unwrap().solution;
        let block = self.rules.seal(job, solution, &mempool, now());
        let block = self.rules.check(Some(ancestors), block, now()).unwrap();
        assert_eq!(block.transfers().len(), transfers.len());
        let extended = self.rules.extend(Some(ancestors), &block);
        self.ancestors.insert(block.tip().hash, extended);
        block
    }

    /// Blocks after each other that hold nothing.
    fn branch(&mut self, parent: BlockHash, receiver: u8, count: usize) -> Vec<CheckedBlock> {
        let mut blocks: Vec<CheckedBlock> = Vec::new();
        for _ in 0..count {
            let parent = blocks.last().map_or(parent, |block| block.tip().hash);
            blocks.push(self.block(parent, receiver, &[]));
        }
        blocks
    }

    fn transfer(&self, from: u8, to: u8, amount: u64, fee: u64, nonce: u64) -> CheckedTransfer {
        let mut transfer = Transfer {
            sender: key(from).into(),
            receiver: key(to).into(),
            amount,
            fee,
            nonce,
            note: Note::default(),
            signature: Signature::from_bytes([0; 64]),
        };
        transfer.signature = secret(from).sign(&transfer.sighash(self.rules.network().sighash_engine()), &[0; 32]);
        self.rules.check_transfer(transfer).unwrap()
    }
}

fn hash(block: &CheckedBlock) -> BlockHash {
    block.tip().hash
}

/// An owner whose commands are given by hand.
struct Node {
    owner: Owner<Sound>,
    events: Subscription<EventOf<Sound>>,
    location: Location,
}

impl Node {
    fn open(rules: &Sound, location: Location) -> Self {
        Self::with_limits(rules, location, SideLimits::default())
    }

    fn with_limits(rules: &Sound, location: Location, limits: SideLimits) -> Self {
        let first = FirstContent { node_address: "n".into(), genesis: rules.genesis(now()) };
        let Opened { mut store, contents, chain_bytes } =
            Opened::open(rules.clone(), &location, first, &|_, _| ()).unwrap();
        store.set_side_limits(limits);
        let Contents { node_address, ancestors, mempool, .. } = contents;
        let blockchain =
            Blockchain::new(rules.clone(), ancestors, mempool, MempoolLimits { count: 100, bytes: 1 << 20 });
        let (tip, waiting) = (*blockchain.tip(), blockchain.waiting());
        let view = View {
            tip,
            bits: Sound::bits(blockchain.ancestors()),
            chain_bytes,
            waiting,
            waiting_bytes: 0,
            last_mined: None,
            mempool_changes: 0,
            peers: [].into(),
            reader: store.reader(),
        };
        let shared = Shared {
            node_address: node_address.into(),
            counters: Arc::default(),
            mining: watch::Sender::new(MiningMode::Off),
            failed_save: watch::Sender::new(None),
            reading: ReadingThreads::new(1),
        };
        let events = EventLog::new(Uuid::new_v4().as_fields().0);
        let subscription = events.subscribe(None).unwrap();
        let owner = Owner::new(store, blockchain, None, watch::Sender::new(view.into()), &shared, &events);
        Self { owner, events: subscription, location }
    }

    fn reopen(self, rules: &Sound) -> Self {
        let Self { owner, location, .. } = self;
        let limits = owner.store.side_limits();
        owner.store.flush().unwrap();
        drop(owner);
        Self::with_limits(rules, location, limits)
    }

    fn place(&mut self, block: &CheckedBlock) -> Result<SubmitOutcome, PositionError<bcoin_ledger::sound::BlockError>> {
        self.place_from(block, "somebody")
    }

    fn place_from(
        &mut self,
        block: &CheckedBlock,
        source: &str,
    ) -> Result<SubmitOutcome, PositionError<bcoin_ledger::sound::BlockError>> {
        self.owner.place(block, Source::new(source))
    }

    fn place_all(&mut self, blocks: &[CheckedBlock]) -> Vec<SubmitOutcome> {
        blocks.iter().map(|block| self.place(block).unwrap()).collect()
    }

    fn tip(&self) -> Tip {
        *self.owner.blockchain.tip()
    }

    fn snapshot(&self) -> Snapshot {
        self.owner.store.reader().snapshot().unwrap()
    }

    fn account(&self, number: u8) -> Account {
        self.snapshot().account::<Account>(&key(number).to_bytes()).unwrap().unwrap_or_default()
    }

    fn balance(&self, number: u8) -> Amount {
        self.account(number).balance
    }

    fn add(&mut self, transfer: &CheckedTransfer) {
        let (reply, mut answer) = tokio::sync::oneshot::channel();
        self.owner.add_transactions(&mut vec![(transfer.clone(), reply)]);
        answer.try_recv().unwrap().unwrap();
    }

    fn waiting(&self) -> Vec<CheckedTransfer> {
        self.snapshot().mempool(1, 1000).unwrap().0
    }

    /// What happened since this was asked last.
    fn happened(&mut self) -> Vec<EventOf<Sound>> {
        let mut events = Vec::new();
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            // The log answers at once while there are events.
            while let Some(entries) = at_once(self.events.next()).await {
                events.extend(entries.unwrap().iter().map(|entry| entry.event().clone()));
            }
        });
        events
    }

    fn replaced(&mut self) -> Option<Arc<Replacement<bcoin_ledger::sound::BlockSummary, CheckedTransfer>>> {
        self.happened().into_iter().find_map(|event| match event {
            Event::Replaced { replacement, .. } => Some(replacement),
            _ => None,
        })
    }

    /// Makes the latest changes, which are on the disk, changes that were reported as failed: the state in memory is `before`
    /// again.
    fn fail_back_to(&mut self, before: &Blockchain<Sound>) {
        self.owner.blockchain = before.clone();
        self.owner.in_sync = false;
    }

    /// Ends it, and looks at everything on the disk.
    fn verify(self) {
        let Self { owner, location, .. } = self;
        let rules = owner.store.rules().clone();
        owner.store.flush().unwrap();
        drop(owner);
        let Location::Folder(folder) = location else { return };
        let verdict = verify(&rules, &folder, &|_, _| ()).unwrap();
        assert!(verdict.faults.is_empty() && verdict.database.is_none(), "{verdict:?}");
    }
}

/// What a future gives at once, if it does.
async fn at_once<T>(future: impl Future<Output = T>) -> Option<T> {
    tokio::select! {
        biased;
        value = future => Some(value),
        () = std::future::ready(()) => None,
    }
}
