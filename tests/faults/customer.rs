//! A client that records what the node acknowledged.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard},
    time::Instant,
};

use bcoin_testkit::{Answer, Client, NoAnswer};
use serde_json::{Value, json};

use super::{
    accounts::{Accounts, SENDER},
    chain::Chain,
    tally::Tally,
};

const VALID: &str = "Everything is fine. The Blockchain is correct.";
const REPLACED: &str = "Because the nodes are different";

#[derive(Clone)]
pub struct Customer {
    pub client: Client,
    pub accounts: Arc<Mutex<Accounts>>,
    tally: Tally,
}

pub fn accounts(tally: &Tally) -> Arc<Mutex<Accounts>> {
    Arc::new(Mutex::new(Accounts::new(tally.clone())))
}

/// Whether an error leaves open if something was changed. A node that says "nothing was changed" is taken at its word.
fn leaves_open(answer: &Answer) -> bool {
    matches!(answer.status, 500 | 507) && !answer.text.contains("nothing was changed")
}

impl Customer {
    pub fn new(node: SocketAddr, accounts: &Arc<Mutex<Accounts>>, tally: &Tally) -> Self {
        Self { client: Client::new(node), accounts: accounts.clone(), tally: tally.clone() }
    }

    fn accounts(&self) -> MutexGuard<'_, Accounts> {
        self.accounts.lock().unwrap()
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

    pub async fn pay(&self) -> Result<Answer, NoAnswer> {
        self.pay_to("Bob").await
    }

    pub async fn pay_to(&self, receiver: &str) -> Result<Answer, NoAnswer> {
        let amount = self.accounts().new_transaction();
        let body = json!({ "sender": SENDER, "receiver": receiver, "amount": amount }).to_string();
        let answer = self.note(self.client.post("/add_transaction", body).await)?;
        if answer.status == 201 {
            self.accounts().transaction_taken(amount);
        } else if !leaves_open(&answer) {
            self.accounts().transaction_refused(amount);
        }
        Ok(answer)
    }

    pub async fn mine(&self) -> Result<Answer, NoAnswer> {
        let asked = Instant::now();
        let answer = self.get("/mine_block").await?;
        if answer.status == 200 {
            match serde_json::from_str(&answer.text) {
                Ok(Value::Object(mut block)) => {
                    block.remove("message");
                    self.accounts().block_shown(asked, block.into());
                }
                _ => self.tally.wrong(&format!("/mine_block answers {}", answer.text)),
            }
        }
        Ok(answer)
    }

    /// Makes the node adopt the longest chain, and records the chain that it shows.
    pub async fn replace(&self) -> Result<Answer, NoAnswer> {
        let asked = Instant::now();
        let answer = self.get("/replace_chain").await.inspect_err(|_| self.accounts().replaced())?;
        if leaves_open(&answer) {
            self.accounts().replaced();
        }
        if answer.status != 200 {
            return Ok(answer);
        }
        let since = if answer.text.contains(REPLACED) {
            self.accounts().replaced();
            // Only one client asks for replacements, so only its next one can disconnect these blocks.
            Instant::now()
        } else {
            asked
        };
        match Chain::read(&answer.text) {
            Ok(chain) => self.accounts().block_shown(since, chain.tip().clone()),
            Err(error) => self.tally.wrong(&format!("/replace_chain: {error}")),
        }
        Ok(answer)
    }

    pub async fn connect(&self, peer: SocketAddr) -> Result<Answer, NoAnswer> {
        let body = json!({ "nodes": [format!("http://{peer}")] }).to_string();
        let answer = self.note(self.client.post("/connect_node", body).await)?;
        if answer.status == 201 {
            self.accounts().peer_acknowledged(&peer.to_string());
        }
        Ok(answer)
    }

    pub async fn peers(&self) -> Result<Vec<String>, String> {
        let answer =
            self.note(self.client.post("/connect_node", json!({ "nodes": [] }).to_string()).await)?.expect(201)?;
        let answer: Value = serde_json::from_str(&answer.text).map_err(|error| error.to_string())?;
        serde_json::from_value(answer["total_nodes"].clone()).map_err(|error| error.to_string())
    }

    pub async fn chain(&self) -> Result<Chain, String> {
        Chain::read(&self.get("/get_chain").await?.expect(200)?.text)
    }

    pub async fn is_valid(&self) -> Result<(), String> {
        let answer = self.get("/is_valid").await?.expect(200)?;
        if answer.text.contains(VALID) { Ok(()) } else { Err(format!("/is_valid answers {}", answer.text)) }
    }

    pub async fn ready(&self) -> Result<Answer, NoAnswer> {
        self.get("/readyz").await
    }

    /// Reads the chain and the peers, and compares them with the record.
    pub async fn inspect(&self) -> Result<Chain, String> {
        let chain = self.chain().await?;
        self.is_valid().await?;
        let peers = self.peers().await?;
        let mut accounts = self.accounts();
        accounts.check_blocks(&chain);
        accounts.check_peers(&peers);
        Ok(chain)
    }

    /// Mines once, so that the mempool is empty, and checks every transaction ever sent.
    pub async fn mine_and_check(&self) -> Result<Chain, String> {
        self.mine().await?.expect(200)?;
        let chain = self.inspect().await?;
        self.accounts().check_transactions(&chain);
        Ok(chain)
    }
}
