//! Fault 7: SIGTERM after each line that a node prints while it starts.

use std::{path::Path, time::Duration};

use bcoin_testkit::{Process, process::PROCESS_TIMEOUT};

use super::{bench::Bench, node::command};

/// After how much time without a line a node counts as started.
const SILENCE_TIMEOUT: Duration = Duration::from_millis(500);

pub async fn run(bench: &mut Bench) {
    for _ in 0..bench.times(3, 20) {
        for verbosity in [&[][..], &["-v"], &["-vv"]] {
            let result = one_verbosity(bench, verbosity).await;
            bench.tally.judge(result);
        }
    }
}

async fn one_verbosity(bench: &mut Bench, verbosity: &[&str]) -> Result<(), String> {
    let folder = bench.fresh_folder();
    let accounts = bench.accounts();
    let lines = {
        let mut node = launch(bench, &folder, verbosity);
        node.until_ready()?;
        while node.next_line(SILENCE_TIMEOUT).is_some() {}
        let customer = bench.customer(&node, &accounts);
        for _ in 0..5 {
            customer.pay().await?.expect(201)?;
            customer.mine().await?.expect(200)?;
        }
        customer.pay().await?.expect(201)?;
        let lines = node.printed.lines().count();
        node.terminate()?;
        lines
    };
    for line in 0..=lines {
        bench.tally.begin(format!("{verbosity:?} after line {line} of {lines}"));
        let result = one_line(bench, &folder, verbosity, line).await;
        bench.tally.judge(result);
        let node = bench.start(&folder)?;
        bench.customer(&node, &accounts).inspect().await?;
        node.terminate()?;
    }
    bench.check_folder(&folder, &accounts).await
}

fn launch(bench: &Bench, folder: &Path, verbosity: &[&str]) -> Process {
    let mut command = command(folder);
    command.args(verbosity);
    bench.launch(command)
}

async fn one_line(bench: &mut Bench, folder: &Path, verbosity: &[&str], line: usize) -> Result<(), String> {
    let mut node = launch(bench, folder, verbosity);
    if line == 0 {
        // Somewhere between the start of the process and its first line.
        tokio::time::sleep(bench.random.milliseconds(0, 20)).await;
    }
    for _ in 0..line {
        node.next_line(PROCESS_TIMEOUT).ok_or("fewer lines than the last time")?;
    }
    if line > 0 {
        return node.terminate();
    }
    node.signal("-TERM");
    let ended = node.until_ended(PROCESS_TIMEOUT).ok_or("the node does not end when it is asked to")?;
    // A process that has not printed anything yet may be ended by the signal itself.
    let by_signal = ended.status.code().is_none() && ended.stderr.is_empty();
    if ended.status.code() == Some(0) || by_signal { Ok(()) } else { Err(ended.into()) }
}
