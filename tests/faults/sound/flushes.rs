//! The n-th flush of the disk fails, or the node is killed just before or after it, while transfers are sent, blocks come and branches
//! overtake.

use std::{
    net::{Ipv4Addr, SocketAddr},
    ops::Range,
    path::{Path, PathBuf},
    sync::Arc,
};

use bcoin_testkit::{Answer, NoAnswer, NotReady, process::PROCESS_TIMEOUT};

use super::{
    chain::Chain,
    customer::{CHEATED, Customer},
    kills::check_folder,
    room::{Base, command, is_in_order},
};
use crate::{
    bench::{Bench, copy_folder},
    shim::{FlushFault, Shim},
};

/// Far more steps than are needed to reach any flush that is tried.
const MAX_STEPS: u16 = 400;
/// How many kinds of steps there are.
const STEPS: u16 = 8;
/// More flushes than the first start on a new folder makes.
const MAX_FIRST_FLUSHES: u64 = 100;

/// Kills.
pub async fn kills(bench: &mut Bench, shim: &Shim) {
    let base = Arc::new(Base::new());
    let Some(original) = prepared(bench, &base).await else { return };
    first_starts(bench, shim).await;
    for nth in 1..=bench.times(36, 150) {
        for (fault, parity) in [(FlushFault::KillBefore, 0), (FlushFault::KillAfter, 1)] {
            // The short form takes turns.
            if !bench.long && nth % 2 != parity {
                continue;
            }
            bench.tally.begin(format!("{fault:?} of flush {nth}"));
            let result = one_flush(bench, (&base, &original), shim, nth, fault).await;
            bench.tally.judge(result);
        }
    }
}

/// Errors.
pub async fn errors(bench: &mut Bench, shim: &Shim) {
    let base = Arc::new(Base::new());
    let Some(original) = prepared(bench, &base).await else { return };
    for nth in 1..=bench.times(24, 150) {
        bench.tally.begin(format!("error at flush {nth}"));
        let result = one_flush(bench, (&base, &original), shim, nth, FlushFault::Error).await;
        bench.tally.judge(result);
    }
}

/// The folder that all attempts begin with.
async fn prepared(bench: &mut Bench, base: &Base) -> Option<PathBuf> {
    let folder = base.folder(bench).await;
    folder.inspect_err(|error| bench.tally.wrong(&format!("no folder: {error}"))).ok()
}

/// Kills at each flush of the very first start.
async fn first_starts(bench: &mut Bench, shim: &Shim) {
    for nth in 1..=MAX_FIRST_FLUSHES {
        bench.tally.begin(format!("killed at flush {nth} of the first start"));
        let folder = bench.fresh_folder();
        let mut faulty = command(&folder);
        shim.at_flush(&mut faulty, nth, FlushFault::KillBefore, &folder.with_extension("mark"));
        let mut node = bench.launch(faulty);
        let is_ready = node.until_ready().is_ok();
        node.kill();
        let result = start_once(bench, &folder);
        bench.tally.judge(result);
        if is_ready {
            return;
        }
    }
}

fn start_once(bench: &Bench, folder: &Path) -> Result<(), String> {
    bench.start_command(command(folder))?.terminate()?;
    is_in_order(folder)
}

async fn one_flush(
    bench: &mut Bench,
    (base, original): (&Arc<Base>, &Path),
    shim: &Shim,
    nth: u64,
    fault: FlushFault,
) -> Result<(), String> {
    let folder = bench.fresh_folder();
    copy_folder(original, &folder)?;
    let mark = folder.with_extension("mark");
    let record = base.record(&bench.tally);
    let mut faulty = command(&folder);
    shim.at_flush(&mut faulty, nth, fault, &mark);
    let mut node = bench.launch(faulty);
    let is_error = matches!(fault, FlushFault::Error);
    match node.until_ready() {
        Ok(()) => {}
        Err(NotReady::Ended(ended)) if mark.exists() && (!is_error || ended.in_good_order(&[])) => {
            return check_folder(bench, base, &folder, &record).await;
        }
        Err(other) => return Err(other.into()),
    }
    let failed_while_starting = mark.exists();
    let customer = Customer::new(node.address(), base, &record, &bench.tally);
    let outcome = play(&customer, 0..MAX_STEPS).await;
    if !is_error {
        let ended = node.until_ended(PROCESS_TIMEOUT).ok_or("the node was not killed")?;
        if ended.status.code().is_some() || !mark.exists() {
            return Err(format!("not killed: {}", String::from(ended)));
        }
        return check_folder(bench, base, &folder, &record).await;
    }
    match outcome {
        Ok(Some(answer)) if mark.exists() => drop(answer.expect(500)?),
        Ok(Some(answer)) => return Err(format!("before the error: {} {}", answer.status, answer.text)),
        Ok(None) if failed_while_starting => {}
        Ok(None) => return Err("nobody was told of the error".into()),
        Err(_) => return Err(node.until_ended(PROCESS_TIMEOUT).map_or("no answer".into(), String::from)),
    }
    compare_with_disk(bench, &customer, &folder).await?;
    if let Some(answer) = play(&customer, 0..STEPS).await? {
        return Err(format!("afterwards: {} {}", answer.status, answer.text));
    }
    customer.inspect().await?;
    if bench.random.one_in(2) {
        node.kill();
    } else {
        node.terminate()?;
    }
    check_folder(bench, base, &folder, &record).await
}

/// Plays steps of all kinds until one is refused, whose answer is returned.
async fn play(customer: &Customer, steps: Range<u16>) -> Result<Option<Answer>, NoAnswer> {
    for step in steps {
        let answer = match step % STEPS {
            0 => customer.send(11, false).await?,
            1 => customer.send(CHEATED, false).await?,
            2 => customer.send(11, true).await?,
            3 => customer.mine().await?,
            4 => customer.send(12, false).await?,
            5 => customer.submit_solution().await?,
            // No program listens on these low ports. Each round uses another one.
            6 => customer.connect(SocketAddr::from((Ipv4Addr::LOCALHOST, 1 + step / STEPS))).await?,
            _ => customer.fork(1 + usize::from(step / STEPS) % 3).await?,
        };
        if answer.status >= 300 {
            return Ok(Some(answer));
        }
    }
    Ok(None)
}

/// Starts a second node on a copy of the disk: both have to serve the same.
async fn compare_with_disk(bench: &mut Bench, node: &Customer, folder: &Path) -> Result<(), String> {
    let chain = node.inspect().await.map_err(|error| format!("reading after the error: {error}"))?;
    let copy = bench.fresh_folder();
    copy_folder(folder, &copy)?;
    let restarted = bench.start_command(command(&copy))?;
    let disk = node.at(restarted.address());
    if Chain::read(&disk.client).await? != chain {
        return Err("the disk holds another chain than the node serves".into());
    }
    if disk.waiting().await? != node.waiting().await? {
        return Err("on the disk others wait than in memory".into());
    }
    restarted.terminate()
}
