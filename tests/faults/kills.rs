//! Fault 1: `kill -9` at random moments during mining, transactions and replacements.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};

use bcoin_testkit::{Client, Random};
use tokio::{task::JoinSet, time::sleep};

use super::{accounts::Accounts, bench::Bench, customer::Customer, node::command};

/// After how many kills a new folder is begun, so that chains stay short and checks fast.
const KILLS_PER_FOLDER: u64 = 50;

pub async fn run(bench: &mut Bench) {
    let mut left = bench.times(30, 1000);
    while left > 0 {
        let kills = left.min(KILLS_PER_FOLDER).min(bench.times(15, KILLS_PER_FOLDER));
        let result = one_folder(bench, kills).await;
        bench.tally.judge(result);
        left -= kills;
    }
}

async fn one_folder(bench: &mut Bench, kills: u64) -> Result<(), String> {
    let folder = bench.fresh_folder();
    let accounts = bench.accounts();
    let peer = bench.start_peer()?;
    let mut name = None;
    for kill in 1..=kills {
        bench.tally.begin(format!("kill {kill} of {}", folder.display()));
        let mut node = bench.launch(command(&folder));
        if bench.random.one_in(5) {
            // Kills the node while it starts.
            sleep(bench.random.milliseconds(0, 60)).await;
            node.kill();
            continue;
        }
        node.until_ready()?;
        if *name.get_or_insert_with(|| node.name().to_owned()) != node.name() {
            return Err(format!("the node was {name:?}, and is {} now", node.name()));
        }
        let customer = bench.customer(&node, &accounts);
        customer.inspect().await?;
        if bench.random.one_in(2) {
            customer.mine_and_check().await?;
        }
        customer.connect(peer.address()).await?.expect(201)?;
        if bench.random.one_in(3) {
            catch_up(peer.address(), node.address()).await?;
        }
        let load = start_load(bench, &customer, peer.address());
        sleep(bench.random.milliseconds(5, 400)).await;
        node.kill();
        load.join_all().await;
    }
    bench.check_folder(&folder, &accounts).await?;
    peer.terminate()
}

/// Makes `peer` adopt the chain of `node`, so that later their chains fork at another block.
async fn catch_up(peer: SocketAddr, node: SocketAddr) -> Result<(), String> {
    let peer = Client::new(peer);
    peer.post("/connect_node", format!(r#"{{"nodes": ["{node}"]}}"#)).await?.expect(201)?;
    peer.get("/replace_chain").await?.expect(200)?;
    Ok(())
}

/// Starts clients that run until the node is gone.
fn start_load(bench: &mut Bench, customer: &Customer, peer: SocketAddr) -> JoinSet<()> {
    let mut load = JoinSet::new();
    for _ in 0..2 {
        let customer = customer.clone();
        load.spawn(async move { while customer.pay().await.is_ok() {} });
    }
    let random = Random::new(bench.random.number(), "miner");
    load.spawn(mine(customer.clone(), random));
    load.spawn(replace(customer.clone(), customer.accounts.clone(), Client::new(peer)));
    let customer = customer.clone();
    load.spawn(async move { while customer.get("/get_chain").await.is_ok() {} });
    load
}

async fn mine(customer: Customer, mut random: Random) {
    while customer.mine().await.is_ok() {
        sleep(random.milliseconds(0, 80)).await;
    }
}

/// Makes the peer's chain longer than the node's, then makes the node adopt it.
async fn replace(customer: Customer, accounts: Arc<Mutex<Accounts>>, peer: Client) {
    let mut length = 0;
    loop {
        let transaction = r#"{"sender": "Peer", "receiver": "Bob", "amount": 7}"#;
        let _ = peer.post("/add_transaction", transaction).await;
        let Ok(answer) = peer.get("/mine_block").await else { return };
        let block: serde_json::Value = serde_json::from_str(&answer.text).unwrap_or_default();
        length = block["index"].as_u64().unwrap_or(length);
        let own = accounts.lock().unwrap().length;
        if length > own && customer.replace().await.is_err() {
            return;
        }
        // Ends the loop when the node is gone while the peer's chain is still shorter.
        if length + 1 < own && customer.get("/").await.is_err() {
            return;
        }
        sleep(Duration::from_millis(5)).await;
    }
}
