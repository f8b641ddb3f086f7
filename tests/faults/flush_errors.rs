//! Fault 4: the n-th flush of the disk fails once. Afterwards the node has to serve the same as its disk holds.

use std::path::Path;

use bcoin_testkit::{NotReady, process::PROCESS_TIMEOUT};

use super::{
    accounts::SENDER,
    bench::{Bench, copy_folder},
    chain::amounts_in,
    customer::Customer,
    node::command,
    script::{Outcome, play, play_one_round},
    shim::{FlushFault, Shim},
};

pub async fn run(bench: &mut Bench, shim: &Shim) {
    for nth in 1..=bench.times(50, 150) {
        bench.tally.begin(format!("error at flush {nth}"));
        let result = one_error(bench, shim, nth).await;
        bench.tally.judge(result);
    }
}

async fn one_error(bench: &mut Bench, shim: &Shim, nth: u64) -> Result<(), String> {
    let folder = bench.fresh_folder();
    let mark = folder.with_extension("mark");
    let accounts = bench.accounts();
    let peer = bench.start_peer()?;
    let mut failing = command(&folder);
    shim.at_flush(&mut failing, nth, FlushFault::Error, &mark);
    let mut node = bench.launch(failing);
    match node.until_ready() {
        // The flush belonged to the first start. The node has to say so, and the next start has to work.
        Err(NotReady::Ended(ended)) if ended.in_good_order(&[]) && mark.exists() => {
            return bench.check_folder(&folder, &accounts).await;
        }
        ready => ready?,
    }
    let failed_while_starting = mark.exists();
    let customer = bench.customer(&node, &accounts);
    match play(&customer, &peer).await {
        Outcome::Refused(answer) if !mark.exists() => {
            return Err(format!("before the error: {} {}", answer.status, answer.text));
        }
        Outcome::Refused(answer) => drop(answer.expect(500)?),
        Outcome::Gone => {
            return Err(node.until_ended(PROCESS_TIMEOUT).map_or("no answer".into(), String::from));
        }
        Outcome::Completed if failed_while_starting => {}
        Outcome::Completed if mark.exists() => return Err("nobody was told of the error".into()),
        Outcome::Completed => return Err("the flush was not reached".into()),
    }
    compare_with_disk(bench, &customer, &folder).await?;
    play_one_round(&customer, &peer).await.map_err(|error| format!("afterwards: {error}"))?;
    customer.mine_and_check().await?;
    if bench.random.one_in(2) {
        node.kill();
    } else {
        node.terminate()?;
    }
    bench.check_folder(&folder, &accounts).await
}

/// Starts a second node on a copy of the disk: both have to serve the same, and to mine the same transactions.
async fn compare_with_disk(bench: &mut Bench, node: &Customer, folder: &Path) -> Result<(), String> {
    let chain = node.inspect().await.map_err(|error| format!("reading after the error: {error}"))?;
    let copy = bench.fresh_folder();
    copy_folder(folder, &copy)?;
    let restarted = bench.start(&copy)?;
    let disk = bench.customer(&restarted, &bench.accounts());
    if disk.chain().await? != chain {
        return Err("the disk holds another chain than the node serves".into());
    }
    if disk.peers().await? != node.peers().await? {
        return Err("the disk holds other peers than the node serves".into());
    }
    node.mine().await?.expect(200).map_err(|error| format!("mining after the error: {error}"))?;
    disk.mine().await?.expect(200)?;
    let (in_memory, on_disk) = (node.chain().await?, disk.chain().await?);
    let (in_memory, on_disk) = (amounts_in(in_memory.tip(), SENDER), amounts_in(on_disk.tip(), SENDER));
    if in_memory == on_disk {
        restarted.terminate()
    } else {
        Err(format!("payments {in_memory:?} waited in memory, and {on_disk:?} on the disk"))
    }
}
