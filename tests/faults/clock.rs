//! Fault 8: the clock is set back a day, before 1970, and a century ahead. HTTP cannot express a time before 1970: then a
//! node ends with a sentence, and changes nothing.

use std::path::Path;

use bcoin_testkit::NotReady;
use chrono::{Local, NaiveDateTime, TimeDelta};
use serde_json::Value;

use super::{bench::Bench, node::command, shim::Shim};

const DAY: i64 = 24 * 60 * 60;
const YEAR: i64 = 365 * DAY;

pub async fn run(bench: &mut Bench, shim: &Shim) {
    let before_1970 = -(Local::now().timestamp() + 10 * YEAR);
    let shifts = [("a day back", -DAY), ("before 1970", before_1970), ("a century ahead", 100 * YEAR)];
    for _ in 0..bench.times(1, 5) {
        for (name, shift) in shifts {
            bench.tally.begin(name.into());
            bench.tally.judge(shim.check_clocks(shift));
            let result = one_clock(bench, shim, shift).await;
            bench.tally.judge(result);
        }
    }
}

/// One chain is begun at the right time, continued at the wrong one, and again at the right one. Another chain is begun at the
/// wrong time.
async fn one_clock(bench: &mut Bench, shim: &Shim, shift: i64) -> Result<(), String> {
    let (folder, accounts) = (bench.fresh_folder(), bench.accounts());
    for shift in [0, shift, 0] {
        run_node(bench, shim, shift, &folder, &accounts)
            .await
            .map_err(|error| format!("restart at {shift} s: {error}"))?;
    }
    bench.check_folder(&folder, &accounts).await?;
    let (folder, accounts) = (bench.fresh_folder(), bench.accounts());
    for shift in [shift, 0] {
        run_node(bench, shim, shift, &folder, &accounts)
            .await
            .map_err(|error| format!("begun at {shift} s: {error}"))?;
    }
    bench.check_folder(&folder, &accounts).await
}

async fn run_node(
    bench: &Bench,
    shim: &Shim,
    shift: i64,
    folder: &Path,
    accounts: &std::sync::Arc<std::sync::Mutex<super::accounts::Accounts>>,
) -> Result<(), String> {
    let mut shifted = command(folder);
    shim.shift_clock(&mut shifted, shift);
    if Local::now().timestamp() + shift < 0 {
        let mut node = bench.launch(shifted);
        return match node.until_ready() {
            Err(NotReady::Ended(ended)) if ended.in_good_order(&["the clock"]) => Ok(()),
            Err(other) => Err(other.into()),
            Ok(()) => Err("the node started before 1970".into()),
        };
    }
    let node = bench.start_command(shifted)?;
    let customer = bench.customer(&node, accounts);
    let before = customer.inspect().await?.length();
    for _ in 0..3 {
        customer.pay().await?.expect(201)?;
        customer.mine().await?.expect(200)?;
    }
    let chain = customer.mine_and_check().await?;
    let own = usize::try_from(before).map_err(|error| error.to_string())?;
    for block in &chain.blocks[own..] {
        check_timestamp(block, shift)?;
    }
    node.terminate()
}

/// The time of a block is written as Python writes it, and is the time of the shifted clock.
fn check_timestamp(block: &Value, shift: i64) -> Result<(), String> {
    let text = block["timestamp"].as_str().ok_or("a block without a timestamp")?;
    let time = NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S%.f")
        .map_err(|error| format!("timestamp {text:?}: {error}"))?;
    let shifted = Local::now().naive_local() + TimeDelta::seconds(shift);
    // Two days leave room for changes of the time zone in the meantime.
    if (19..=26).contains(&text.len()) && (shifted - time).num_seconds().abs() < 2 * DAY {
        Ok(())
    } else {
        Err(format!("timestamp {text:?} where it is {shifted}"))
    }
}
