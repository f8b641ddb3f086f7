//! `bcoin verify`: checks a data folder, and says what it found.

use super::{Failure, flags::VerifyFlags, progress::Progress};
use crate::store::{self, Verdict};

pub(super) fn run(flags: &VerifyFlags) -> Result<(), Failure> {
    let folder = flags.data.folder()?;
    let progress = Progress::new("verifying");
    let verdict = store::verify(&folder, &|done, total| progress.show(done, total))?;
    drop(progress);
    let Verdict { blocks, pending, peers, given_up, database, faults, more_faults } = verdict;
    println!("{}", folder.display());
    match &database {
        None => println!("  database        every page is as it was written"),
        Some(damage) => println!("  database        damaged: {damage}"),
    }
    println!("  blocks          {blocks}");
    println!("  waiting         {pending}");
    println!("  peers           {peers}");
    println!("  given-up chains {given_up}");
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
