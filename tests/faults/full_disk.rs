//! Fault 3: the disk is full, and later has room again.

use std::{
    fs,
    path::Path,
    time::{Duration, Instant},
};

use bcoin_testkit::{Answer, NotReady, Process};

use super::{
    bench::Bench,
    customer::Customer,
    node::command,
    script::{grow, play_one_round},
    tmpfs::Tmpfs,
};

/// Within which time a node has to work again once there is room.
const RECOVERY_TIMEOUT: Duration = Duration::from_secs(5);
/// More transactions than an almost full disk has room for.
const MAX_TRANSACTIONS: u64 = 20_000;

pub async fn run(bench: &mut Bench, disk: &Tmpfs) {
    for round in 0..bench.times(3, 20) {
        bench.tally.begin(format!("full disk, round {round}"));
        let folder = disk.folder().join("data");
        let result = one_full_disk(bench, disk, &folder, round).await;
        bench.tally.judge(result);
        disk.make_room();
        let _ = fs::remove_dir_all(&folder);
    }
    bench.tally.begin("a first start on a full disk".into());
    let result = first_start_on_a_full_disk(bench, disk).await;
    bench.tally.judge(result);
}

async fn one_full_disk(bench: &mut Bench, disk: &Tmpfs, folder: &Path, round: u64) -> Result<(), String> {
    let accounts = bench.accounts();
    let node = bench.start(folder)?;
    let customer = bench.customer(&node, &accounts);
    let peer = bench.start_peer()?;
    play_one_round(&customer, &peer).await?;

    disk.fill(bench.random.below(400 << 10))?;
    fill_up_with_transactions(&customer).await?;
    let length = customer.accounts.lock().unwrap().length;
    grow(&peer, length + 1).await?;
    for _ in 0..5 {
        customer.chain().await.map_err(|error| format!("reading from a full disk: {error}"))?;
        customer.is_valid().await?;
        done_or_full(customer.pay_to(&"x".repeat(256)).await?)?;
        done_or_full(customer.mine().await?)?;
        done_or_full(customer.replace().await?)?;
    }
    if round % 3 == 2 {
        return restart_while_full(bench, disk, folder, node, &customer).await;
    }
    fill_up_with_transactions(&customer).await?;
    ready_is(&customer, 503).await?;
    disk.make_room();
    // Asking is enough: nobody has to send a payment first.
    ready_is(&customer, 200).await?;
    let room = Instant::now();
    loop {
        let (paid, mined) = (done_or_full(customer.pay().await?)?, done_or_full(customer.mine().await?)?);
        if paid && mined {
            break;
        }
        if room.elapsed() > RECOVERY_TIMEOUT {
            return Err(format!("there is room again since {RECOVERY_TIMEOUT:?}, and still nothing is taken"));
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    play_one_round(&customer, &peer).await.map_err(|error| format!("with room again: {error}"))?;
    customer.mine_and_check().await?;
    if round % 3 == 1 {
        node.kill()
    } else {
        node.terminate()?
    }
    bench.check_folder(folder, &accounts).await
}

/// Asks `/readyz` until it has this status.
async fn ready_is(customer: &Customer, status: u16) -> Result<(), String> {
    let since = Instant::now();
    loop {
        let answer = customer.ready().await?;
        if answer.status == status {
            return Ok(());
        }
        if since.elapsed() > RECOVERY_TIMEOUT {
            return Err(format!("/readyz still is not {status}: {} {}", answer.status, answer.text));
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// Sends transactions until the disk is full. The answer then is 507 and a sentence.
async fn fill_up_with_transactions(customer: &Customer) -> Result<(), String> {
    let name = "a name that takes room ".repeat(11);
    for _ in 0..MAX_TRANSACTIONS {
        if !done_or_full(customer.pay_to(&name).await?)? {
            return Ok(());
        }
    }
    Err("the disk does not get full".into())
}

/// Whether it was done; if not, the answer says that the disk is full.
fn done_or_full(answer: Answer) -> Result<bool, String> {
    match answer.status {
        200 | 201 => Ok(true),
        507 if answer.text.trim().ends_with('.') => Ok(false),
        other => Err(format!("on a full disk: {other} {}", answer.text)),
    }
}

/// Ends the node while the disk is full, and tries to start it there and once there is room.
async fn restart_while_full(
    bench: &mut Bench,
    disk: &Tmpfs,
    folder: &Path,
    node: Process,
    customer: &Customer,
) -> Result<(), String> {
    if bench.random.one_in(2) {
        node.kill()
    } else {
        node.terminate()?
    }
    let mut node = bench.launch(command(folder));
    match node.until_ready() {
        Ok(()) => {
            bench.customer(&node, &customer.accounts).inspect().await?;
            node.terminate()?;
        }
        Err(NotReady::Ended(ended)) if ended.in_good_order(&[&folder.display().to_string()]) => {}
        Err(other) => return Err(format!("started on a full disk: {}", String::from(other))),
    }
    disk.make_room();
    bench.check_folder(folder, &customer.accounts).await
}

async fn first_start_on_a_full_disk(bench: &mut Bench, disk: &Tmpfs) -> Result<(), String> {
    let folder = disk.folder().join("first");
    for room in [0, 8 << 10, 64 << 10, 512 << 10] {
        disk.fill(room)?;
        let mut node = bench.launch(command(&folder));
        match node.until_ready() {
            Ok(()) => node.terminate()?,
            Err(NotReady::Ended(ended))
                if ended.in_good_order(&[&folder.display().to_string(), "a new node needs", "--in-memory"]) =>
            {
                if folder.exists() {
                    return Err("a node that had no room for its data has left its folder".into());
                }
            }
            Err(other) => return Err(String::from(other)),
        }
        disk.make_room();
        bench.check_folder(&folder, &bench.accounts()).await?;
        fs::remove_dir_all(&folder).map_err(|error| error.to_string())?;
    }
    Ok(())
}
