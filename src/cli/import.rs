//! `bcoin import FILE`: adopts a chain from a file, under the same rule as `/replace_chain`.

use std::{
    fs::File,
    io::{self, Read},
    sync::Arc,
};

use tokio::sync::Semaphore;

use super::{Failure, flags::ImportFlags, progress::Progress};
use crate::{
    app::{Config, first_content},
    node::{self, Adoption, CandidateBuilder, NodeConfig, ReadLimits, read_chain},
    store::{self, Location},
};

pub(super) async fn run(flags: ImportFlags) -> Result<(), Failure> {
    tokio::task::spawn_blocking(move || import(&flags)).await?
}

fn import(flags: &ImportFlags) -> Result<(), Failure> {
    let refused = |reason: String| Failure::CannotRun(format!("{} is not imported: {reason}", flags.file.display()));
    let file = File::open(&flags.file).map_err(|error| refused(error.to_string()))?;
    let folder = flags.data.folder()?;
    let checking = Progress::new("checking the folder");
    let opened = store::open(&Location::Folder(folder), first_content(), &|done, total| checking.show(done, total))?;
    drop(checking);

    let own = opened.contents.tip.index;
    let mut builder = CandidateBuilder::new(&opened.store.reader())?;
    let reading = Counted::new(file)?;
    let limits = ReadLimits { body: u64::MAX, long_blocks: Arc::new(Semaphore::new(1)) };
    read_chain(reading, &limits, &mut builder).map_err(|error| refused(error.to_string()))?;
    let candidate = builder.finish().map_err(|error| refused(error.to_string()))?;
    let offered = candidate.tip().index;
    if offered <= own {
        return Err(refused(format!(
            "its chain has length {offered}, and the one here, of length {own}, is as long or longer"
        )));
    }

    let config = NodeConfig { miner: Config::MINER.into(), max_pending: Config::MAX_PENDING };
    let (node, threads) = node::start(opened, config)?;
    let adoption = tokio::runtime::Handle::current().block_on(node.adopt(candidate, None));
    drop(node);
    threads.join();
    match adoption? {
        Adoption::Adopted { replacement, waiting } => {
            let given_up = replacement.given_up.count;
            println!("imported a chain of length {offered}; blocks given up: {given_up}, payments waiting: {waiting}");
            Ok(())
        }
        Adoption::Outdated => Err(refused("the chain here is as long or longer".into())),
    }
}

/// A file that shows how much of it was read.
struct Counted {
    file: File,
    read: u64,
    length: u64,
    progress: Progress,
}

impl Counted {
    fn new(file: File) -> io::Result<Self> {
        Ok(Self { length: file.metadata()?.len(), file, read: 0, progress: Progress::new("importing") })
    }
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.file.read(buffer)?;
        self.read += count as u64;
        self.progress.show(self.read, self.length);
        Ok(count)
    }
}
