//! A client of a node under the sound rules that signs transfers and makes blocks, and records what the node acknowledged.

use std::{
    collections::{HashMap, HashSet},
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard},
};

use bcoin_ledger::{
    CheckedBlock as _,
    sound::{self, Transfer},
};
use bcoin_testkit::{
    Answer, Client, NoAnswer,
    sound::{FEE, address, key, transfer, transfer_json},
};
use serde_json::{Value, json};

use super::{
    chain::{Block, Chain},
    record::{MAX_WAITING_OF_SENDER, Record, Served},
    room::{BUSY_SENDERS, Base, raw, rules},
};
use crate::tally::Tally;

/// Who receives what is sent.
const RECEIVER: u8 = 30;
/// Whose money blocks from elsewhere spend a second time.
pub const CHEATED: u8 = 18;
/// The keys that blocks from elsewhere pay.
const MINERS: u64 = 150;
/// How often a chain that changes meanwhile is read again.
const MAX_READS: usize = 200;

#[derive(Clone)]
pub struct Customer {
    pub client: Client,
    pub record: Arc<Mutex<Record>>,
    base: Arc<Base>,
    tally: Tally,
}

/// The answer as JSON; null when it is none.
fn value(answer: &Answer) -> Value {
    serde_json::from_str(&answer.text).unwrap_or_default()
}

/// How many transfers of this key the blocks hold.
fn sent_by(blocks: &[Block], number: u8) -> u64 {
    let sender = key(number).to_bytes();
    blocks.iter().flat_map(|block| &block.transfers).filter(|transfer| transfer.sender == sender).count() as u64
}

/// Whether an error leaves open if something was changed. A node that says "nothing was changed" is taken at its word.
fn leaves_open(answer: &Answer) -> bool {
    matches!(answer.status, 500 | 507) && !answer.text.contains("nothing was changed")
}

impl Customer {
    pub fn new(node: SocketAddr, base: &Arc<Base>, record: &Arc<Mutex<Record>>, tally: &Tally) -> Self {
        Self { client: Client::new(node), record: record.clone(), base: base.clone(), tally: tally.clone() }
    }

    /// The same customer of another node.
    pub fn at(&self, node: SocketAddr) -> Self {
        Self { client: Client::new(node), ..self.clone() }
    }

    fn record(&self) -> MutexGuard<'_, Record> {
        self.record.lock().unwrap()
    }

    /// A dead node need not answer. A live node that does not answer in time is wrong.
    fn note(&self, answer: Result<Answer, NoAnswer>) -> Result<Answer, NoAnswer> {
        if let Err(NoAnswer { hung: true, reason }) = &answer {
            self.tally.wrong(&format!("a request hangs: {reason}"));
        }
        answer
    }

    pub async fn get(&self, path: &str) -> Result<Answer, NoAnswer> {
        self.note(self.client.get(path).await)
    }

    /// Sends a transfer of this key, or one that replaces its latest.
    pub async fn send(&self, from: u8, replaces: bool) -> Result<Answer, NoAnswer> {
        let account = value(&self.get(&format!("/api/v1/accounts/{}?limit=1", address(from))).await?);
        let [nonce, next] = ["nonce", "next_nonce"].map(|field| account[field].as_u64().unwrap_or(0));
        let replaces = replaces && next > nonce;
        let (nonce, fee) = if replaces { (next - 1, 2 * FEE) } else { (next, FEE) };
        let transfer = {
            let mut record = self.record();
            let transfer = transfer(&rules(), from, RECEIVER, record.next_amount(), fee, nonce);
            record.sending(&transfer);
            transfer
        };
        self.send_signed(&transfer).await
    }

    async fn send_signed(&self, transfer: &Transfer) -> Result<Answer, NoAnswer> {
        let body = transfer_json(transfer).to_string();
        let answer = self.note(self.client.post("/api/v1/transactions", body).await)?;
        if answer.status == 201 {
            self.record().taken(transfer);
        } else if !leaves_open(&answer) {
            self.record().refused(transfer);
        }
        Ok(answer)
    }

    pub async fn mine(&self) -> Result<Answer, NoAnswer> {
        let answer = self.get("/mine_block").await?;
        if answer.status == 200 {
            self.block_answered(&value(&answer));
        }
        Ok(answer)
    }

    fn block_answered(&self, answer: &Value) {
        let (Some(hash), Some(index)) = (answer["hash"].as_str(), answer["index"].as_u64()) else {
            return self.tally.wrong(&format!("no block: {answer}"));
        };
        // A block beside the chain is kept without a flush, and may have to come again after a crash.
        let mut record = self.record();
        if answer["outcome"].is_null() || answer["outcome"] == "connected" || answer["outcome"] == "reorganised" {
            record.block_shown(hash);
            record.length_shown(usize::try_from(index).unwrap());
        }
    }

    /// Offers a block that was made elsewhere.
    pub async fn submit(&self, block: &[u8]) -> Result<Answer, NoAnswer> {
        let answer = self.note(self.client.post("/api/v1/blocks/raw", raw(block)).await)?;
        let outcome = &value(&answer)["outcome"];
        if outcome == "reorganised" {
            self.record().reorganised();
        }
        if ["connected", "reorganised", "branch"].iter().any(|kept| outcome == kept) {
            self.block_answered(&value(&answer));
        }
        Ok(answer)
    }

    /// Takes a template, finds its nonce, and submits the block.
    pub async fn submit_solution(&self) -> Result<Answer, NoAnswer> {
        let body = json!({ "receiver": address(RECEIVER).to_string() }).to_string();
        let answer = self.note(self.client.post("/api/v1/mining/template", body).await)?;
        let encoding = hex::decode(value(&answer)["raw"].as_str().unwrap_or_default()).unwrap_or_default();
        let Ok(mut block) = sound::Block::decode(&encoding) else { return Ok(answer) };
        let target = block.header.bits.decode().unwrap();
        while !target.is_met_by(block.header.hash()) {
            block.header.nonce += 1;
        }
        self.submit(&block.encode()).await
    }

    /// Makes a branch that leaves the chain so many blocks before its end, spends some money a second time and becomes one block
    /// longer, and offers it block by block. Returns the last answer.
    pub async fn fork(&self, depth: usize) -> Result<Answer, NoAnswer> {
        let status = self.get("/readyz").await?;
        let Ok(chain) = Chain::read(&self.client).await else { return Ok(status) };
        let Some(blocks) = self.branch(&chain, depth) else { return Ok(status) };
        let mut last = status;
        for block in blocks {
            last = self.submit(&block).await?;
            if last.status >= 300 {
                break;
            }
        }
        Ok(last)
    }

    fn branch(&self, chain: &Chain, depth: usize) -> Option<Vec<Vec<u8>>> {
        let fork = chain.length().checked_sub(depth)?.max(self.base.length());
        let shared = chain.blocks.get(..fork)?;
        let nonce = sent_by(shared, CHEATED);
        let rival = {
            let mut record = self.record();
            let rival = transfer(&rules(), CHEATED, RECEIVER, record.next_amount(), FEE, nonce);
            record.made_elsewhere(&rival);
            rival
        };
        let miner = u8::try_from(50 + rival.amount % MINERS).unwrap();
        let mut branch = self.base.branch.fork(miner);
        for block in shared.get(self.base.length()..)? {
            branch.follow(&block.raw).ok()?;
        }
        let mut blocks = vec![branch.mine(&[rival]).encoding().to_vec()];
        blocks.extend(branch.mine_empty(chain.length() - fork));
        Some(blocks)
    }

    /// Offers a large block at the end of the chain: about 42 kB.
    pub async fn submit_large(&self) -> Result<Answer, String> {
        let chain = Chain::read(&self.client).await?;
        let mut branch = self.base.branch.fork(RECEIVER);
        for block in &chain.blocks[self.base.length()..] {
            branch.follow(&block.raw)?;
        }
        let mut transfers = Vec::new();
        for sender in BUSY_SENDERS {
            let first = sent_by(&chain.blocks, sender);
            for nonce in first..first + MAX_WAITING_OF_SENDER {
                let mut record = self.record();
                let transfer = transfer(&rules(), sender, RECEIVER, record.next_amount(), FEE, nonce);
                record.made_elsewhere(&transfer);
                transfers.push(transfer);
            }
        }
        Ok(self.submit(branch.mine(&transfers).encoding()).await?)
    }

    pub async fn connect(&self, peer: SocketAddr) -> Result<Answer, NoAnswer> {
        let body = json!({ "nodes": [format!("http://{peer}")] }).to_string();
        self.note(self.client.post("/connect_node", body).await)
    }

    /// The hash of the last block.
    pub async fn tip(&self) -> Result<String, String> {
        let status = value(&self.get("/api/v1/status").await?.expect(200)?);
        status["tip"]["hash"].as_str().map(str::to_owned).ok_or_else(|| format!("a status without a tip: {status}"))
    }

    /// What has become of a transfer, and why; the node may not know it.
    pub async fn state(&self, id: &str) -> Result<Option<(String, Option<String>)>, String> {
        let answer = self.get(&format!("/api/v1/transactions/{id}")).await?;
        if answer.status == 404 {
            return Ok(None);
        }
        let answer = value(&answer.expect(200)?);
        let text = |field: &str| answer[field].as_str().map(str::to_owned);
        Ok(Some((text("state").ok_or("no state")?, text("why"))))
    }

    /// The ids of what waits.
    pub async fn waiting(&self) -> Result<HashSet<String>, String> {
        let (mut ids, mut path) = (HashSet::new(), "/api/v1/pending?limit=1000".to_owned());
        loop {
            let page = value(&self.get(&path).await?.expect(200)?);
            let listed = page["transactions"].as_array().ok_or("no list")?;
            ids.extend(listed.iter().filter_map(|transfer| transfer["id"].as_str().map(str::to_owned)));
            match page["next"].as_str() {
                Some(next) => next.clone_into(&mut path),
                None if page["total"] == ids.len() => return Ok(ids),
                None => return Err(format!("{} of {} wait", ids.len(), page["total"])),
            }
        }
    }

    /// What the node serves at one moment; a peer may change its chain meanwhile.
    async fn served(&self) -> Result<Served, String> {
        for _ in 0..MAX_READS {
            let chain = Chain::read(&self.client).await?;
            let waiting = self.waiting().await;
            let absent = match &waiting {
                Ok(waiting) => self.record().not_found(&chain, waiting),
                Err(_) => Vec::new(),
            };
            let (mut gone, mut nowhere) = (HashMap::new(), Vec::new());
            for id in absent {
                match self.state(&id).await? {
                    Some((state, _)) if state != "gone" => nowhere.push(format!("{id}, said to be {state}")),
                    state => drop(gone.insert(id, state.and_then(|(_, why)| why))),
                }
            }
            if self.tip().await? == chain.tip() {
                nowhere.iter().for_each(|transfer| self.tally.lost(&format!("the transfer {transfer}")));
                return Ok(Served { chain, waiting: waiting?, gone });
            }
        }
        Err("the chain changes all the time".into())
    }

    /// Compares everything that was acknowledged with what the node serves.
    pub async fn inspect(&self) -> Result<Chain, String> {
        let served = self.served().await?;
        self.record().check(&served);
        let beside = self.record().blocks_beside(&served.chain);
        for hash in beside {
            if self.get(&format!("/api/v1/blocks/{hash}")).await?.status != 200 {
                self.tally.lost(&format!("the block {hash}"));
            }
        }
        Ok(served.chain)
    }

    /// Lets the node judge its whole chain.
    pub async fn is_valid(&self) -> Result<(), String> {
        let answer = self.get("/is_valid").await?.expect(200)?;
        if answer.text.contains("is correct") { Ok(()) } else { Err(format!("/is_valid answers {}", answer.text)) }
    }
}
