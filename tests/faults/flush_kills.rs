//! Fault 2: killed at the n-th flush of the disk, just before it and just after it, the very first start included.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use bcoin_testkit::Process;

use super::{
    bench::Bench,
    node::command,
    script::play,
    shim::{FlushFault, Shim},
};

pub async fn run(bench: &mut Bench, shim: &Shim) {
    for nth in 1..=bench.times(50, 150) {
        for fault in [FlushFault::KillBefore, FlushFault::KillAfter] {
            bench.tally.begin(format!("{fault:?} of flush {nth}"));
            let result = one_kill(bench, shim, nth, fault).await;
            bench.tally.judge(result);
        }
    }
}

async fn one_kill(bench: &mut Bench, shim: &Shim, nth: u64, fault: FlushFault) -> Result<(), String> {
    let folder = bench.fresh_folder();
    let accounts = bench.accounts();
    let peer = bench.start_peer()?;
    let (mut node, mark) = launch(bench, shim, nth, fault, &folder);
    if node.until_ready().is_ok() {
        play(&bench.customer(&node, &accounts), &peer).await;
    }
    let ended = node.until_ended(Duration::from_secs(5)).ok_or("the node was not killed")?;
    if ended.status.code().is_some() || !mark.exists() {
        return Err(format!("not killed: {}", String::from(ended)));
    }
    if bench.random.one_in(2) {
        // Killed again while it repairs the file.
        let again = 1 + bench.random.below(3);
        let (mut node, _) = launch(bench, shim, again, fault, &folder);
        // It may get ready before that flush.
        let _ = node.until_ready();
        node.kill();
    }
    bench.check_folder(&folder, &accounts).await
}

fn launch(bench: &Bench, shim: &Shim, nth: u64, fault: FlushFault, folder: &Path) -> (Process, PathBuf) {
    let mark = folder.with_extension("mark");
    let mut faulty = command(folder);
    shim.at_flush(&mut faulty, nth, fault, &mark);
    (bench.launch(faulty), mark)
}
