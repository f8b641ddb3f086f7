//! Fault 9: killed at each flush of the upgrade of a data folder, just before it and just after it.

use std::{fs, path::Path};

use bcoin_testkit::{Client, format_1};

use super::{
    bench::Bench,
    node::command,
    shim::{FlushFault, Shim},
};

/// More flushes than an upgrade and a start make.
const MAX_FLUSHES: u64 = 100;

pub async fn run(bench: &mut Bench, shim: &Shim) {
    for nth in 1..=MAX_FLUSHES {
        for fault in [FlushFault::KillBefore, FlushFault::KillAfter] {
            bench.tally.begin(format!("{fault:?} of flush {nth} of an upgrade"));
            match one_kill(bench, shim, nth, fault).await {
                Ok(true) => {}
                // It got ready with fewer flushes, so all of them have been tried.
                Ok(false) => return,
                Err(error) => bench.tally.wrong(&error),
            }
        }
    }
    bench.tally.wrong(&format!("an upgrade makes more than {MAX_FLUSHES} flushes"));
}

/// Returns whether the upgrade was killed.
async fn one_kill(bench: &mut Bench, shim: &Shim, nth: u64, fault: FlushFault) -> Result<bool, String> {
    let folder = bench.fresh_folder();
    format_1::write_folder(&folder);
    let mut faulty = command(&folder);
    shim.at_flush(&mut faulty, nth, fault, &folder.with_extension("mark"));
    let mut node = bench.launch(faulty);
    let is_ready = node.until_ready().is_ok();
    node.kill();
    if is_ready {
        return Ok(false);
    }
    let format = fs::read_to_string(folder.join("format")).map_err(|error| error.to_string())?;
    if !["B-Coin data, format 1\n", "B-Coin data, format 2\n"].contains(&format.as_str()) {
        return Err(format!("the file format holds {format:?}"));
    }
    check(bench, &folder).await.map(|()| true)
}

/// Starts a node on the folder; the whole content has to be there.
async fn check(bench: &Bench, folder: &Path) -> Result<(), String> {
    let node = bench.start(folder)?;
    let client = Client::new(node.address());
    if !format_1::is_chain(&client.get("/get_chain").await?.expect(200)?.text) {
        return Err("another chain".into());
    }
    for (path, expected) in format_1::ANSWERS {
        let answer = client.get(path).await?.expect(200)?.text;
        if !format_1::is_contained(expected, &answer) {
            return Err(format!("{path}: {answer}"));
        }
        bench.tally.acknowledged();
    }
    node.terminate()
}
