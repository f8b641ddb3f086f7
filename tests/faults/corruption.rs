//! Fault 5: flipped bits and zeroed pages in the data file of a node that does not run.

use std::{
    fs,
    path::{Path, PathBuf},
};

use bcoin_testkit::{NotReady, Random};

use super::{
    accounts::SENDER,
    bench::{Bench, copy_folder},
    chain::{Chain, amounts_in},
    node::command,
    script::grow,
};

const BLOCKS: u64 = 60;
const MEMPOOL: u64 = 7;
const PAGE: usize = 4096;

/// A folder, and the content that a node has to serve from it.
struct Original {
    folder: PathBuf,
    chain: Chain,
    peers: Vec<String>,
    mempool: Vec<u64>,
}

pub async fn run(bench: &mut Bench) {
    // A node that was killed leaves a file that has to be repaired at start. That is other code than a normal start.
    for (killed, times) in [(false, bench.times(30, 400)), (true, bench.times(10, 100))] {
        let original = match original(bench, killed).await {
            Ok(original) => original,
            Err(error) => return bench.tally.wrong(&format!("no folder to damage: {error}")),
        };
        for attempt in 0..times {
            let folder = bench.fresh_folder();
            match damaged_copy(&original.folder, &folder, &mut bench.random, attempt % 2 == 0) {
                Ok(damage) => {
                    let node = if killed { "killed" } else { "stopped" };
                    bench.tally.begin(format!("data of a {node} node, {damage}"));
                    let result = one_damage(bench, &original, &folder).await;
                    bench.tally.judge(result);
                }
                Err(error) => bench.tally.wrong(&error),
            }
            // Hundreds of folders would fill the disk.
            let _ = fs::remove_dir_all(&folder);
        }
    }
}

async fn original(bench: &mut Bench, killed: bool) -> Result<Original, String> {
    let folder = bench.fresh_folder();
    let node = bench.start(&folder)?;
    let accounts = bench.accounts();
    let customer = bench.customer(&node, &accounts);
    let peer = bench.start_peer()?;
    customer.connect(peer.address()).await?.expect(201)?;
    for port in 1..20 {
        customer.connect(([127, 0, 0, 1], port).into()).await?.expect(201)?;
    }
    for index in 2..=BLOCKS {
        for _ in 0..bench.random.below(4) {
            customer.pay().await?.expect(201)?;
        }
        if index == BLOCKS / 2 {
            grow(&peer, index + 1).await?;
            customer.replace().await?.expect(200)?;
        }
        customer.mine().await?.expect(200)?;
    }
    let mut mempool = Vec::new();
    for _ in 0..MEMPOOL {
        mempool.push(customer.accounts.lock().unwrap().next_amount());
        customer.pay().await?.expect(201)?;
    }
    let (chain, peers) = (customer.inspect().await?, customer.peers().await?);
    if killed {
        node.kill()
    } else {
        node.terminate()?
    }
    Ok(Original { folder, chain, peers, mempool })
}

/// Copies the folder and damages the data file; returns what was damaged.
pub fn damaged_copy(from: &Path, to: &Path, random: &mut Random, flip: bool) -> Result<String, String> {
    copy_folder(from, to)?;
    let file = to.join("chain.redb");
    let mut bytes = fs::read(&file).map_err(|error| error.to_string())?;
    let position = position(&bytes, random);
    let damage = if flip {
        let bit = random.below(8);
        bytes[position] ^= 1 << bit;
        format!("bit {bit} of byte {position} flipped")
    } else {
        let page = position / PAGE * PAGE;
        let end = bytes.len().min(page + PAGE);
        bytes[page..end].fill(0);
        format!("page at byte {page} zeroed")
    };
    fs::write(&file, bytes).map_err(|error| error.to_string())?;
    Ok(damage)
}

/// A random position in the file, mostly in a page with content, because much of the file is empty.
fn position(bytes: &[u8], random: &mut Random) -> usize {
    loop {
        let position = usize::try_from(random.below(bytes.len() as u64)).expect("a position in memory");
        let page = &bytes[position / PAGE * PAGE..];
        if page.iter().take(PAGE).any(|byte| *byte != 0) || random.one_in(20) {
            return position;
        }
    }
}

async fn one_damage(bench: &Bench, original: &Original, folder: &Path) -> Result<(), String> {
    let mut node = bench.launch(command(folder));
    match node.until_ready() {
        Ok(()) => {}
        Err(NotReady::Ended(ended)) => {
            let file = folder.join("chain.redb").display().to_string();
            let good = ended.in_good_order(&[&file, "cannot be used: ", "move the file away"]);
            return if good { Ok(()) } else { Err(ended.into()) };
        }
        Err(NotReady::Hangs) => return Err(NotReady::Hangs.into()),
    }
    let customer = bench.customer(&node, &bench.accounts());
    if customer.chain().await? != original.chain {
        return Err("another chain".into());
    }
    customer.is_valid().await?;
    let peers = customer.peers().await?;
    if peers != original.peers {
        return Err(format!("other peers: {peers:?}"));
    }
    customer.mine().await?.expect(200)?;
    let chain = customer.chain().await?;
    let mined = amounts_in(chain.tip(), SENDER);
    if mined != original.mempool {
        return Err(format!("payments {mined:?} waited instead of {:?}", original.mempool));
    }
    customer.is_valid().await?;
    node.terminate()
}
