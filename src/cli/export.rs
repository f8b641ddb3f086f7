//! `bcoin export`: a chain as the JSON that `/get_chain` serves.

use std::{
    fs::File,
    io::{self, BufWriter, Write},
    path::Path,
};

use super::{Failure, flags::ExportFlags, progress::Progress};
use crate::{
    ledger::ITEM_SEPARATOR,
    store::{self, GivenUp, StoreError},
    wire::answers::ChainFrame,
};

pub(super) fn run(flags: &ExportFlags) -> Result<(), Failure> {
    let folder = flags.data.folder()?;
    let checking = Progress::new("checking");
    let opened = store::open_existing(&folder, &|done, total| checking.show(done, total))?;
    drop(checking);
    let snapshot = opened.store.reader().snapshot()?;
    if flags.list_given_up {
        return list(&snapshot.given_up()?);
    }
    let (texts, length): (Box<dyn Iterator<Item = Result<String, StoreError>>>, u64) = match flags.given_up {
        None => (Box::new(snapshot.blocks(1)?), snapshot.length()?),
        Some(number) => {
            let chain = snapshot.given_up()?.into_iter().find(|chain| chain.number == number).ok_or_else(|| {
                Failure::CannotRun(format!("no given-up chain has the number {number}; --list-given-up shows them"))
            })?;
            (Box::new(snapshot.given_up_blocks(&chain)?), chain.length)
        }
    };
    match &flags.out {
        None => write_chain(texts, length, io::stdout().lock()),
        Some(file) => write_file(file, |out| write_chain(texts, length, out)),
    }
}

fn list(chains: &[GivenUp]) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    if chains.is_empty() {
        writeln!(out, "no chain was given up")?;
    }
    for GivenUp { number, given_up_at, length, fork, .. } in chains {
        writeln!(out, "{number}: length {length}, its own after block {fork}, given up at {given_up_at}")?;
    }
    Ok(())
}

fn write_chain(
    texts: impl Iterator<Item = Result<String, StoreError>>,
    length: u64,
    out: impl Write,
) -> Result<(), Failure> {
    let progress = Progress::new("exporting");
    let frame = ChainFrame::chain();
    let mut out = BufWriter::with_capacity(1 << 20, out);
    out.write_all(frame.opening.as_bytes())?;
    for (done, text) in (1..).zip(texts) {
        if done > 1 {
            out.write_all(ITEM_SEPARATOR.as_bytes())?;
        }
        out.write_all(text?.as_bytes())?;
        progress.show(done, length);
    }
    out.write_all((frame.closing)(length).as_bytes())?;
    Ok(out.flush()?)
}

/// Writes under another name first, so that there is never half a file.
fn write_file(file: &Path, write: impl FnOnce(&File) -> Result<(), Failure>) -> Result<(), Failure> {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let failed = |error: io::Error| Failure::CannotRun(format!("{} cannot be written: {error}", file.display()));
    let unfinished = tempfile::NamedTempFile::new_in(folder).map_err(failed)?;
    write(unfinished.as_file())?;
    unfinished.as_file().sync_all().map_err(failed)?;
    unfinished.persist(file).map_err(|error| failed(error.error))?;
    Ok(())
}
