//! The fault suite: it causes real faults in node processes, and counts what was lost.
//!
//! ```sh
//! cargo test --release --test faults                    # the short form
//! cargo test --release --test faults -- --long          # the long form
//! cargo test --release --test faults -- kill clock      # only the faults with one of these words in their names
//! cargo test --release --test faults -- sound           # only those under the sound rules
//! BCOIN_FAULT_SEED=7 cargo test --release --test faults # with the random numbers of an earlier run
//! ```

#![allow(clippy::unwrap_used, reason = "in a test, what is not as expected is a failure")]
#![allow(unreachable_pub, reason = "nothing is outside of a program")]

mod accounts;
mod bench;
mod chain;
mod clock;
mod corruption;
mod customer;
mod flush_errors;
mod flush_kills;
mod full_disk;
mod kills;
mod node;
mod script;
mod shim;
mod sigterm;
mod sound;
mod tally;
mod tmpfs;
mod two_processes;
mod upgrade_kills;

use std::{
    env,
    path::Path,
    process::ExitCode,
    time::{Instant, SystemTime, UNIX_EPOCH},
};

use bcoin_testkit::Random;

use self::{
    bench::Bench,
    shim::Shim,
    tally::{Row, print_table},
    tmpfs::Tmpfs,
};

const KILLS: &str = "kill -9 under load";
const FLUSH_KILLS: &str = "kill at the n-th flush";
const FULL_DISK: &str = "full disk";
const FLUSH_ERRORS: &str = "I/O error at the n-th flush";
const CORRUPTION: &str = "flipped bits, zeroed pages";
const TWO_PROCESSES: &str = "two processes, one folder";
const SIGTERM: &str = "SIGTERM while starting";
const CLOCK: &str = "clock set back and ahead";
const UPGRADE_KILLS: &str = "kill at a flush of the upgrade";

const SOUND_KILLS: &str = "sound: kill -9 under load";
const SOUND_REORGANISATIONS: &str = "sound: kill when reorganising";
const SOUND_FLUSH_KILLS: &str = "sound: kill at the n-th flush";
const SOUND_FULL_DISK: &str = "sound: full disk";
const SOUND_FLUSH_ERRORS: &str = "sound: I/O error at a flush";
const SOUND_CORRUPTION: &str = "sound: flipped bits";

const FAULTS: [&str; 15] = [
    KILLS,
    FLUSH_KILLS,
    FULL_DISK,
    FLUSH_ERRORS,
    CORRUPTION,
    TWO_PROCESSES,
    SIGTERM,
    CLOCK,
    UPGRADE_KILLS,
    SOUND_KILLS,
    SOUND_REORGANISATIONS,
    SOUND_FLUSH_KILLS,
    SOUND_FULL_DISK,
    SOUND_FLUSH_ERRORS,
    SOUND_CORRUPTION,
];

struct Options {
    long: bool,
    words: Vec<String>,
}

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    if arguments.iter().any(|argument| argument == shim::SHOW_CLOCKS) {
        shim::show_clocks();
        return ExitCode::SUCCESS;
    }
    if let Some(unknown) = arguments.iter().find(|argument| argument.starts_with('-') && *argument != "--long") {
        eprintln!("{unknown} is not known here; there is --long, and words that choose faults: {FAULTS:?}");
        return ExitCode::from(2);
    }
    let long = arguments.iter().any(|argument| argument == "--long");
    let options = Options { long, words: arguments.into_iter().filter(|argument| argument != "--long").collect() };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(4).enable_all().build().unwrap();
    runtime.block_on(async {
        tokio::select! {
            code = run(&options) => code,
            // Returning, instead of ending by the signal, unmounts the small disk.
            _ = tokio::signal::ctrl_c() => ExitCode::from(130),
        }
    })
}

async fn run(options: &Options) -> ExitCode {
    let seed = env::var("BCOIN_FAULT_SEED").map_or_else(|_| seed_of_now(), |seed| seed.parse().unwrap());
    println!("{} form, BCOIN_FAULT_SEED={seed}", if options.long { "long" } else { "short" });
    let folder = tempfile::Builder::new().prefix("bcoin-faults-").tempdir().unwrap();
    let shim = Shim::build(folder.path());
    let mut rows = Vec::new();
    for (fault, number) in FAULTS.into_iter().zip(1..) {
        if !options.words.is_empty() && !options.words.iter().any(|word| fault.contains(word)) {
            continue;
        }
        println!("{fault} ...");
        let own = folder.path().join(format!("fault-{number}"));
        let bench = Bench::new(options.long, Random::new(seed, fault), &own);
        rows.push(try_fault(fault, bench, &shim, &own).await);
    }
    print_table(&rows);
    let failed = rows.iter().filter(|row| fails(row)).count();
    if failed > 0 {
        println!("{failed} faults are not stood; what the nodes said and left is in {}", folder.keep().display());
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

async fn try_fault(fault: &'static str, mut bench: Bench, shim: &Result<Shim, String>, folder: &Path) -> Row {
    let start = Instant::now();
    let done = break_it(fault, &mut bench, shim, folder).await;
    bench.logs.search(&bench.tally);
    Row { fault, counts: bench.tally.so_far(), took: start.elapsed(), skipped: done.err() }
}

/// Runs a fault. The error says why it cannot be tried.
async fn break_it(fault: &str, bench: &mut Bench, shim: &Result<Shim, String>, folder: &Path) -> Result<(), String> {
    let shim = shim.as_ref().map_err(Clone::clone);
    match fault {
        KILLS => kills::run(bench).await,
        FLUSH_KILLS => flush_kills::run(bench, shim?).await,
        FULL_DISK => full_disk::run(bench, &Tmpfs::mount(folder.join("disk"))?).await,
        FLUSH_ERRORS => flush_errors::run(bench, shim?).await,
        CORRUPTION => corruption::run(bench).await,
        TWO_PROCESSES => two_processes::run(bench).await,
        SIGTERM => sigterm::run(bench).await,
        CLOCK => clock::run(bench, shim?).await,
        UPGRADE_KILLS => upgrade_kills::run(bench, shim?).await,
        SOUND_KILLS => sound::kills::run(bench).await,
        SOUND_REORGANISATIONS => sound::reorganisations::run(bench, shim).await?,
        SOUND_FLUSH_KILLS => sound::flushes::kills(bench, shim?).await,
        SOUND_FULL_DISK => sound::full_disk::run(bench, &Tmpfs::mount(folder.join("disk"))?).await,
        SOUND_FLUSH_ERRORS => sound::flushes::errors(bench, shim?).await,
        SOUND_CORRUPTION => sound::corruption::run(bench).await,
        other => return Err(format!("there is no fault {other:?}")),
    }
    Ok(())
}

/// Whether a line of the table fails the suite. A skipped fault is a failure in CI.
fn fails(row: &Row) -> bool {
    if row.skipped.is_some() {
        return env::var("CI").is_ok_and(|ci| ci == "true");
    }
    row.counts.bad() > 0
}

fn seed_of_now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().subsec_nanos().into()
}
