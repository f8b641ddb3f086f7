//! The disk is full, and later has room again.

use std::{
    fs,
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use bcoin_testkit::{Answer, NotReady, Process};

use super::{
    customer::{CHEATED, Customer},
    kills::check_folder,
    room::{Base, command},
};
use crate::{
    bench::{Bench, copy_folder},
    tmpfs::Tmpfs,
};

/// Within which time a node has to work again once there is room.
const RECOVERY_TIMEOUT: Duration = Duration::from_secs(5);
/// More large blocks than the disk has room for.
const MAX_LARGE: usize = 100;
/// How often a full disk is tried.
const TRIES: usize = 5;

pub async fn run(bench: &mut Bench, disk: &Tmpfs) {
    let base = Arc::new(Base::new());
    let original = match base.folder(bench).await {
        Ok(folder) => folder,
        Err(error) => return bench.tally.wrong(&error),
    };
    for round in 0..bench.times(3, 20) {
        bench.tally.begin(format!("full disk, round {round}"));
        let folder = disk.folder().join("data");
        let result = match copy_folder(&original, &folder) {
            Ok(()) => one_full_disk(bench, &base, disk, &folder, round).await,
            Err(error) => Err(error),
        };
        bench.tally.judge(result);
        disk.make_room();
        let _ = fs::remove_dir_all(&folder);
    }
}

async fn one_full_disk(
    bench: &mut Bench,
    base: &Arc<Base>,
    disk: &Tmpfs,
    folder: &Path,
    round: u64,
) -> Result<(), String> {
    let record = base.record(&bench.tally);
    let node = bench.start_command(command(folder))?;
    let customer = Customer::new(node.address(), base, &record, &bench.tally);
    for sender in [11, 12, CHEATED] {
        customer.send(sender, false).await?.expect(201)?;
    }
    customer.mine().await?.expect(200)?;
    customer.send(13, false).await?.expect(201)?;

    disk.fill(bench.random.below(100 << 10))?;
    fill_up(&customer).await?;
    for sender in (14..).take(TRIES) {
        customer.inspect().await.map_err(|error| format!("reading from a full disk: {error}"))?;
        customer.is_valid().await?;
        done_or_full(customer.send(sender.min(17), false).await?)?;
        done_or_full(customer.fork(2).await?)?;
        done_or_full(customer.mine().await?)?;
    }
    if round % 3 == 2 {
        return restart_while_full(bench, base, disk, folder, node, &customer).await;
    }
    fill_up(&customer).await?;
    customer.inspect().await?;
    disk.make_room();
    until_it_works(&customer).await?;
    customer.fork(2).await?.expect(201).map_err(|error| format!("with room again: {error}"))?;
    customer.inspect().await?;
    if round % 3 == 1 {
        node.kill()
    } else {
        node.terminate()?
    }
    check_folder(bench, base, folder, &record).await
}

async fn until_it_works(customer: &Customer) -> Result<(), String> {
    let room = Instant::now();
    loop {
        let (sent, mined) = (done_or_full(customer.send(11, false).await?)?, done_or_full(customer.mine().await?)?);
        if sent && mined && customer.get("/readyz").await?.status == 200 {
            return Ok(());
        }
        if room.elapsed() > RECOVERY_TIMEOUT {
            return Err(format!("there is room again since {RECOVERY_TIMEOUT:?}, and still nothing is taken"));
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// Offers blocks until the disk is full. The answer then is 507 and a sentence.
async fn fill_up(customer: &Customer) -> Result<(), String> {
    for _ in 0..MAX_LARGE {
        if !done_or_full(customer.submit_large().await?)? {
            return Ok(());
        }
    }
    Err("the disk does not get full".into())
}

/// Whether it was done; if not, the answer says that the disk is full.
fn done_or_full(answer: Answer) -> Result<bool, String> {
    match answer.status {
        200 | 201 => Ok(true),
        507 if answer.text.contains("nothing was changed") => Ok(false),
        other => Err(format!("on a full disk: {other} {}", answer.text)),
    }
}

/// Ends the node while the disk is full, and tries to start it there and once there is room.
async fn restart_while_full(
    bench: &mut Bench,
    base: &Arc<Base>,
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
            Customer::new(node.address(), base, &customer.record, &bench.tally).inspect().await?;
            node.terminate()?;
        }
        Err(NotReady::Ended(ended)) if ended.in_good_order(&[&folder.display().to_string()]) => {}
        Err(other) => return Err(format!("started on a full disk: {}", String::from(other))),
    }
    disk.make_room();
    check_folder(bench, base, folder, &customer.record).await
}
