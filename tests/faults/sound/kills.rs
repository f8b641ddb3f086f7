//! `kill -9` at random moments while transfers are sent and blocks come from everywhere.

use std::{net::SocketAddr, path::Path, sync::Arc};

use bcoin_testkit::{Client, Random};
use tokio::{task::JoinSet, time::sleep};

use super::{
    customer::{CHEATED, Customer},
    room::{Base, command, is_in_order},
};
use crate::bench::{Bench, copy_folder};

/// After how many kills a new folder is begun, so that chains stay short and checks fast.
const KILLS_PER_FOLDER: u64 = 25;
/// How far back blocks from elsewhere go.
const DEPTHS: [usize; 4] = [1, 1, 3, 10];

pub async fn run(bench: &mut Bench) {
    let base = Arc::new(Base::new());
    let mut left = bench.times(20, 500);
    while left > 0 {
        let kills = left.min(KILLS_PER_FOLDER);
        let result = one_folder(bench, &base, kills).await;
        bench.tally.judge(result);
        left -= kills;
    }
}

async fn one_folder(bench: &mut Bench, base: &Arc<Base>, kills: u64) -> Result<(), String> {
    let folder = base.folder(bench).await?;
    let record = base.record(&bench.tally);
    let peer = base.start_peer(bench).await?;
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
        let customer = Customer::new(node.address(), base, &record, &bench.tally);
        customer.inspect().await?;
        customer.connect(peer.address()).await?.expect(201)?;
        if bench.random.one_in(3) {
            // The peer takes this chain, so that later the two fork at another block.
            let body = format!(r#"{{"nodes": ["{}"]}}"#, node.address());
            Client::new(peer.address()).post("/connect_node", body).await?.expect(201)?;
        }
        let load = start_load(bench, &customer, peer.address());
        sleep(bench.random.milliseconds(5, 400)).await;
        node.kill();
        load.join_all().await;
        if bench.random.one_in(3) {
            // What the killed node has left, which `verify` repairs as a start does.
            let copy = bench.fresh_folder();
            copy_folder(&folder, &copy)?;
            is_in_order(&copy)?;
        }
    }
    check_folder(bench, base, &folder, &record).await?;
    println!("  {kills} kills, {}", record.lock().unwrap().summary());
    peer.terminate()
}

/// Starts a node on the folder that a fault has left, and compares everything with the record. It does so twice: at once, and
/// again after an orderly stop.
pub async fn check_folder(
    bench: &Bench,
    base: &Arc<Base>,
    folder: &Path,
    record: &Arc<std::sync::Mutex<super::record::Record>>,
) -> Result<(), String> {
    let node = bench.start_command(command(folder))?;
    let customer = Customer::new(node.address(), base, record, &bench.tally);
    customer.inspect().await?;
    customer.is_valid().await?;
    customer.mine().await?.expect(200)?;
    customer.inspect().await?;
    node.terminate()?;
    is_in_order(folder)?;
    let node = bench.start_command(command(folder))?;
    Customer::new(node.address(), base, record, &bench.tally).inspect().await?;
    node.terminate()
}

/// Starts clients that run until the node is gone.
fn start_load(bench: &mut Bench, customer: &Customer, peer: SocketAddr) -> JoinSet<()> {
    let mut load = JoinSet::new();
    for sender in [11, 12, CHEATED] {
        let mut random = Random::new(bench.random.number(), "payer");
        let customer = customer.clone();
        load.spawn(async move { while customer.send(sender, random.one_in(6)).await.is_ok() {} });
    }
    let mut random = Random::new(bench.random.number(), "miner");
    let miner = customer.clone();
    load.spawn(async move {
        while miner.mine().await.is_ok() && miner.submit_solution().await.is_ok() {
            sleep(random.milliseconds(0, 80)).await;
        }
    });
    let mut random = Random::new(bench.random.number(), "branches");
    let forker = customer.clone();
    load.spawn(async move {
        loop {
            let depth = DEPTHS[usize::try_from(random.below(DEPTHS.len() as u64)).unwrap()];
            if forker.fork(depth).await.is_err() {
                return;
            }
            sleep(random.milliseconds(0, 40)).await;
        }
    });
    let mut random = Random::new(bench.random.number(), "peer");
    let (customer, peer) = (customer.clone(), Client::new(peer));
    load.spawn(async move {
        while customer.get("/").await.is_ok() && peer.get("/mine_block").await.is_ok() {
            sleep(random.milliseconds(0, 60)).await;
        }
    });
    load
}
