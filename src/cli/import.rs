//! `bcoin import FILE`: adopts a chain from a file, under the same rule as `/replace_chain`.

use std::{
    fmt::Display,
    fs::File,
    io::{self, Read},
    path::{Path, PathBuf},
};

use bcoin_ledger::{Power, Rules, chapter::Chapter, sound::Sound};
use bcoin_node::{
    Adoption, CandidateBuilder, CandidateLimits, NodeHandle, NodeThreads,
    store::{FirstContent, Location, Opened},
};

use super::{failure::Failure, flags::ImportFlags, progress::Progress, rooms};
use crate::{
    app::{self, Config, chapter_content, sound_content},
    peers::{Exchange, Turn, decode_chain},
};

pub(super) async fn run(flags: ImportFlags) -> Result<(), Failure> {
    tokio::task::spawn_blocking(move || import(&flags)).await?
}

fn import(flags: &ImportFlags) -> Result<(), Failure> {
    let file = ProgressReader::open(&flags.file).map_err(|error| refused(flags, &error))?;
    let network = rooms::network(&flags.data.rules)?;
    let folder = flags.data.folder(network.as_ref())?;
    match network {
        None => {
            let start = |opened| app::start_chapter(opened, Config::MINER.into(), Config::MAX_MEMPOOL, Power::FULL);
            let first = chapter_content();
            import_with(flags, file, Importing { rules: Chapter, folder, first, better: "is as long or longer", start })
        }
        Some(network) => {
            let rules = Sound::new(network);
            let first = sound_content(&rules);
            let start = |opened| app::start_sound(opened, Config::MAX_MEMPOOL);
            import_with(flags, file, Importing { rules, folder, first, better: "has as much work or more", start })
        }
    }
}

/// Starts the threads of a node.
type Start<R> = fn(Opened<R>) -> io::Result<(NodeHandle<R>, NodeThreads)>;

/// Where a chain is imported, and under which rules.
struct Importing<R: Rules> {
    rules: R,
    folder: PathBuf,
    first: FirstContent<R::CheckedBlock>,
    /// How a chain is that is not worse.
    better: &'static str,
    start: Start<R>,
}

fn import_with<R: Exchange>(flags: &ImportFlags, file: ProgressReader, to: Importing<R>) -> Result<(), Failure> {
    let Importing { rules, folder, first, better, start } = to;
    let checking = Progress::new("checking the folder");
    let opened = Opened::open(rules, &Location::Folder(folder), first, &|done, total| checking.show(done, total))?;
    drop(checking);
    let new_data = opened.store.new_data();
    let imported = adopt(flags, file, opened, better, start);
    if let (Err(_), Some(new_data)) = (&imported, new_data) {
        new_data.remove();
    }
    imported
}

fn adopt<R: Exchange>(
    flags: &ImportFlags,
    file: ProgressReader,
    opened: Opened<R>,
    better: &str,
    start: Start<R>,
) -> Result<(), Failure> {
    let own = *opened.contents.ancestors.as_ref();
    let rules = opened.store.rules().clone();
    let mut builder = CandidateBuilder::new(rules.clone(), &opened.store.reader(), CandidateLimits::unlimited());
    decode_chain(file, u64::MAX, &mut Turn::alone(), &rules, &mut builder).map_err(|error| refused(flags, &error))?;
    let candidate = builder.finish().map_err(|error| refused(flags, &error))?;
    let offered = candidate.tip();
    if !offered.has_more_work_than(&own) {
        let lengths =
            format!("its chain has length {}, and the one here, of length {}, {better}", offered.height, own.height);
        return Err(refused(flags, &lengths));
    }

    let (node, threads) = start(opened)?;
    let adoption = tokio::runtime::Handle::current().block_on(node.adopt(candidate, None));
    drop(node);
    threads.join();
    match adoption? {
        Adoption::Adopted { replacement, waiting } => {
            let (length, disconnected) = (replacement.tip.height, replacement.stale.count);
            println!(
                "imported a chain of length {length}; blocks given up: {disconnected}, payments waiting: {waiting}"
            );
            Ok(())
        }
        Adoption::Outdated => Err(refused(flags, &format!("the chain here {better}"))),
    }
}

fn refused(flags: &ImportFlags, reason: &dyn Display) -> Failure {
    Failure::CannotRun(format!("{} is not imported: {reason}", flags.file.display()))
}

/// A file that reports on a progress bar how much of it was read.
struct ProgressReader {
    file: File,
    read: u64,
    length: u64,
    progress: Progress,
}

impl ProgressReader {
    fn open(file: &Path) -> io::Result<Self> {
        let file = File::open(file)?;
        Ok(Self { length: file.metadata()?.len(), file, read: 0, progress: Progress::new("importing") })
    }
}

impl Read for ProgressReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.file.read(buffer)?;
        self.read += count as u64;
        self.progress.show(self.read, self.length);
        Ok(count)
    }
}
