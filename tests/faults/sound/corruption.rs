//! Flipped bits and zeroed pages in the data file of a node that does not run. The damage is noticed by the start and by `verify`, or
//! it is of no consequence.

use std::{fs, path::Path, sync::Arc};

use bcoin_testkit::{NotReady, Process};

use super::{
    customer::Customer,
    room::{Base, command, verify},
    scenario::{End, Scenario},
};
use crate::{bench::Bench, corruption::damaged_copy};

/// How many blocks the replaced chain has.
const DEPTH: usize = 10;

pub async fn run(bench: &mut Bench) {
    let base = Arc::new(Base::new());
    let scenario = match Scenario::prepare(bench, &base, DEPTH).await {
        Ok(scenario) => scenario,
        Err(error) => return bench.tally.wrong(&format!("no folder to damage: {error}")),
    };
    for attempt in 0..bench.times(40, 400) {
        let folder = bench.fresh_folder();
        // Without and with blocks beside the chain.
        let original = if attempt % 4 < 2 { &scenario.beside } else { &scenario.apart };
        match damaged_copy(original, &folder, &mut bench.random, attempt % 2 == 0) {
            Ok(damage) => {
                bench.tally.begin(damage);
                let result = one_damage(bench, &base, &scenario, &folder, attempt % 4 < 2).await;
                bench.tally.judge(result);
            }
            Err(error) => bench.tally.wrong(&error),
        }
        // Hundreds of folders would fill the disk.
        let _ = fs::remove_dir_all(&folder);
    }
}

async fn one_damage(
    bench: &Bench,
    base: &Arc<Base>,
    scenario: &Scenario,
    folder: &Path,
    has_branch: bool,
) -> Result<(), String> {
    let found = if bench.tally.so_far().tried.is_multiple_of(2) { verify(folder)? } else { None };
    let mut node = bench.launch(command(folder));
    match node.until_ready() {
        Ok(()) if found.is_some() => return Err(format!("it starts, and verify found {}", found.unwrap_or_default())),
        Ok(()) => {}
        Err(NotReady::Ended(ended)) => {
            let file = folder.join("chain.redb").display().to_string();
            let good = ended.in_good_order(&[&file, "cannot be used: ", "move the file away"]);
            return if good { Ok(()) } else { Err(ended.into()) };
        }
        Err(NotReady::Hangs) => return Err(NotReady::Hangs.into()),
    }
    let customer = customer(bench, base, &node);
    if scenario.check(bench, &customer).await? != End::Old {
        return Err("another chain".into());
    }
    customer.is_valid().await?;
    if has_branch {
        customer.submit(scenario.new.last().ok_or("no block")?).await?.expect(201)?;
        if scenario.check(bench, &customer).await? != End::New {
            return Err("another chain after the reorganisation".into());
        }
        scenario.mine_what_waits(&customer).await?;
    }
    node.terminate()
}

fn customer(bench: &Bench, base: &Arc<Base>, node: &Process) -> Customer {
    Customer::new(node.address(), base, &base.record(&bench.tally), &bench.tally)
}
