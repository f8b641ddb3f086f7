//! `bcoin export`: a chain as JSON: what `/get_chain` serves under the printed rules, and what nodes exchange under the sound ones.

use std::{
    fs::File,
    io::{self, BufWriter, Write},
    path::Path,
};

use bcoin_ledger::{
    Rules,
    chapter::{Chapter, ITEM_SEPARATOR},
    sound::Sound,
};
use bcoin_node::store::{Opened, StaleBranch, StoreError};

use super::{failure::Failure, flags::ExportFlags, progress::Progress, rooms};
use crate::wire::answers::ChainFrame;

/// The blocks of a chain, one after the other.
type Blocks = Box<dyn Iterator<Item = Result<Vec<u8>, StoreError>>>;

pub(super) fn run(flags: &ExportFlags) -> Result<(), Failure> {
    let network = rooms::network(&flags.data.rules)?;
    let folder = flags.data.folder(network.as_ref())?;
    match network {
        None => export(flags, Chapter, &folder, |block| block),
        // The encoding in hex, as the pieces of a chain travel between nodes.
        Some(network) => {
            export(flags, Sound::new(network), &folder, |block| format!("\"{}\"", hex::encode(block)).into())
        }
    }
}

/// Writes the chain of the folder, each block as `shown` makes it of its encoding.
fn export<R: Rules>(
    flags: &ExportFlags,
    rules: R,
    folder: &Path,
    shown: fn(Vec<u8>) -> Vec<u8>,
) -> Result<(), Failure> {
    let checking = Progress::new("checking");
    let opened = Opened::open_existing(rules, folder, &|done, total| checking.show(done, total))?;
    drop(checking);
    let snapshot = opened.store.reader().snapshot()?;
    if flags.list_given_up {
        return list(&snapshot.stale_branches()?);
    }
    let (blocks, length): (Blocks, u64) = match flags.given_up {
        None => (Box::new(snapshot.blocks(..)?), snapshot.length()?),
        Some(number) => {
            let chain =
                snapshot.stale_branches()?.into_iter().find(|chain| chain.number == number).ok_or_else(|| {
                    Failure::CannotRun(format!("no given-up chain has the number {number}; --list-given-up shows them"))
                })?;
            (Box::new(snapshot.stale_blocks(&chain)?), chain.length)
        }
    };
    let blocks = blocks.map(|block| block.map(shown));
    match &flags.out {
        None => write_chain(blocks, length, io::stdout().lock()),
        Some(file) => write_file(file, |out| write_chain(blocks, length, out)),
    }
}

fn list(chains: &[StaleBranch]) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    if chains.is_empty() {
        writeln!(out, "no chain was given up")?;
    }
    for StaleBranch { number, replaced_at, length, fork, .. } in chains {
        writeln!(out, "{number}: length {length}, its own after block {fork}, given up at {replaced_at}")?;
    }
    Ok(())
}

fn write_chain(
    blocks: impl Iterator<Item = Result<Vec<u8>, StoreError>>,
    length: u64,
    out: impl Write,
) -> Result<(), Failure> {
    let progress = Progress::new("exporting");
    let frame = ChainFrame::chain();
    let mut out = BufWriter::with_capacity(1 << 20, out);
    out.write_all(frame.opening.as_bytes())?;
    for (done, block) in (1..).zip(blocks) {
        if done > 1 {
            out.write_all(ITEM_SEPARATOR.as_bytes())?;
        }
        out.write_all(&block?)?;
        progress.show(done, length);
    }
    out.write_all((frame.closing)(length).as_bytes())?;
    Ok(out.flush()?)
}

/// Writes to a temporary file first, so that the file is never incomplete.
fn write_file(file: &Path, write: impl FnOnce(&File) -> Result<(), Failure>) -> Result<(), Failure> {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let failed = |error: io::Error| Failure::CannotRun(format!("{} cannot be written: {error}", file.display()));
    let unfinished = tempfile::NamedTempFile::new_in(folder).map_err(failed)?;
    write(unfinished.as_file())?;
    unfinished.as_file().sync_all().map_err(failed)?;
    unfinished.persist(file).map_err(|error| failed(error.error))?;
    Ok(())
}
