//! `bcoin verify`: checks a data folder, and prints what it found.

use std::{panic, path::Path};

use bcoin_ledger::{Rules, chapter::Chapter, sound::Sound};
use bcoin_node::store::{self, Verdict};

use super::{failure::Failure, flags::VerifyFlags, progress::Progress, rooms};

pub(super) fn run(flags: &VerifyFlags) -> Result<(), Failure> {
    let network = rooms::network(&flags.data.rules)?;
    let folder = flags.data.folder(network.as_ref())?;
    match network {
        None => verify(&Chapter, &folder),
        Some(network) => verify(&Sound::new(network), &folder),
    }
}

fn verify<R: Rules>(rules: &R, folder: &Path) -> Result<(), Failure> {
    let progress = Progress::new("verifying");
    // The database panics on damaged pages. The panic becomes `Verdict::database`, which is printed below.
    let hook = panic::take_hook();
    panic::set_hook(Box::new(|_| ()));
    let verdict = store::verify(rules, folder, &|done, total| progress.show(done, total));
    panic::set_hook(hook);
    drop(progress);
    let Verdict { blocks, waiting, peers, stale, database, faults, more_faults } = verdict?;
    println!("{}", folder.display());
    match &database {
        None => println!("  database        every page is as it was written"),
        Some(damage) => println!("  database        damaged: {damage}"),
    }
    println!("  blocks          {blocks}");
    println!("  waiting         {waiting}");
    println!("  peers           {peers}");
    println!("  given-up chains {stale}");
    for fault in &faults {
        println!("  {fault}");
    }
    if more_faults > 0 {
        println!("  and {more_faults} more");
    }
    if database.is_none() && faults.is_empty() {
        println!("Everything is in order.");
        return Ok(());
    }
    Err(Failure::CannotRun(format!(
        "the data in {} is damaged; move the folder away to start with a new chain, and import a chain from a peer or a file",
        folder.display()
    )))
}
