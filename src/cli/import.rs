//! `bcoin import FILE`: adopts a chain from a file, under the same rule as `/replace_chain`.

use std::{
    fmt::Display,
    fs::File,
    io::{self, Read},
    path::Path,
};

use bcoin_ledger::{Power, chapter::Chapter};
use bcoin_node::{
    Adoption, CandidateBuilder, CandidateLimits,
    store::{Location, Opened},
};

use super::{failure::Failure, flags::ImportFlags, progress::Progress};
use crate::{
    app::{self, Config, chapter_content},
    peers::{Turn, decode_chain},
};

pub(super) async fn run(flags: ImportFlags) -> Result<(), Failure> {
    tokio::task::spawn_blocking(move || import(&flags)).await?
}

fn import(flags: &ImportFlags) -> Result<(), Failure> {
    let file = ProgressReader::open(&flags.file).map_err(|error| refused(flags, &error))?;
    let folder = flags.data.folder(None)?;
    let checking = Progress::new("checking the folder");
    let opened =
        Opened::open(Chapter, &Location::Folder(folder), chapter_content(), &|done, total| checking.show(done, total))?;
    drop(checking);
    let new_data = opened.store.new_data();
    let imported = adopt(flags, file, opened);
    if let (Err(_), Some(new_data)) = (&imported, new_data) {
        new_data.remove();
    }
    imported
}

fn adopt(flags: &ImportFlags, file: ProgressReader, opened: Opened<Chapter>) -> Result<(), Failure> {
    let own = opened.contents.ancestors.tip;
    let mut builder = CandidateBuilder::new(Chapter, &opened.store.reader(), CandidateLimits::unlimited());
    decode_chain(file, u64::MAX, &mut Turn::alone(), &Chapter, &mut builder).map_err(|error| refused(flags, &error))?;
    let candidate = builder.finish().map_err(|error| refused(flags, &error))?;
    let offered = candidate.tip();
    if !offered.has_more_work_than(&own) {
        let lengths = format!(
            "its chain has length {}, and the one here, of length {}, is as long or longer",
            offered.height, own.height
        );
        return Err(refused(flags, &lengths));
    }

    let (node, threads) = app::start_chapter(opened, Config::MINER.into(), Config::MAX_MEMPOOL, Power::FULL)?;
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
        Adoption::Outdated => Err(refused(flags, &"the chain here is as long or longer")),
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
