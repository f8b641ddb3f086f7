//! A data file that cannot be written: redb works on it as on any other, and what it writes stays in memory.
//!
//! redb's own read-only database checks no checksums, and refuses a file whose process was killed. A database that may write checks
//! every page and repairs what was not closed; what it writes for that is little.

use std::{
    collections::{HashMap, hash_map::Entry},
    fs::File,
    io, iter,
    ops::Range,
    sync::{PoisonError, RwLock, RwLockWriteGuard},
};

use redb::{DatabaseError, StorageBackend, backends::FileBackend};

/// How many bytes are kept together.
const CHUNK: u64 = 4096;

#[derive(Debug)]
pub(super) struct ReadOnlyFile {
    file: FileBackend,
    written: RwLock<Written>,
}

/// What is different from the file.
#[derive(Debug)]
struct Written {
    /// By their number, from the beginning of the file.
    chunks: HashMap<u64, Vec<u8>>,
    length: u64,
    /// How much of the file still counts: what is cut off and added again holds zeros.
    of_file: u64,
}

impl ReadOnlyFile {
    pub(super) fn new(file: File) -> Result<Self, DatabaseError> {
        let length = file.metadata()?.len();
        let written = Written { chunks: HashMap::new(), length, of_file: length };
        Ok(Self { file: FileBackend::new(file)?, written: written.into() })
    }

    fn written(&self) -> RwLockWriteGuard<'_, Written> {
        self.written.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// The chunk with this number as the file holds it.
    fn chunk_of_file(&self, number: u64, of_file: u64) -> io::Result<Vec<u8>> {
        let mut chunk = vec![0; CHUNK as usize];
        let (start, end) = (number * CHUNK, ((number + 1) * CHUNK).min(of_file));
        if start < end {
            self.file.read(start, &mut chunk[..(end - start) as usize])?;
        }
        Ok(chunk)
    }
}

/// The places of `length` bytes from `offset` on, chunk by chunk: its number, the place in it, and the place in the bytes.
fn places(offset: u64, length: usize) -> impl Iterator<Item = (u64, Range<usize>, Range<usize>)> {
    let mut done = 0;
    iter::from_fn(move || {
        let at = offset + done as u64;
        let within = (at % CHUNK) as usize;
        let count = (length - done).min(CHUNK as usize - within);
        let place = (at / CHUNK, within..within + count, done..done + count);
        done += count;
        (count > 0).then_some(place)
    })
}

impl StorageBackend for ReadOnlyFile {
    fn len(&self) -> io::Result<u64> {
        Ok(self.written.read().unwrap_or_else(PoisonError::into_inner).length)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let written = self.written.read().unwrap_or_else(PoisonError::into_inner);
        if offset.checked_add(out.len() as u64).is_none_or(|end| end > written.length) {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        for (number, within, place) in places(offset, out.len()) {
            match written.chunks.get(&number) {
                Some(chunk) => out[place].copy_from_slice(&chunk[within]),
                None => out[place].copy_from_slice(&self.chunk_of_file(number, written.of_file)?[within]),
            }
        }
        Ok(())
    }

    fn set_len(&self, length: u64) -> io::Result<()> {
        let mut written = self.written();
        written.of_file = written.of_file.min(length);
        written.chunks.retain(|number, chunk| {
            let kept = length.saturating_sub(number * CHUNK).min(CHUNK);
            chunk[kept as usize..].fill(0);
            kept > 0
        });
        written.length = length;
        Ok(())
    }

    fn sync_data(&self) -> io::Result<()> {
        Ok(())
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        let mut written = self.written();
        let of_file = written.of_file;
        for (number, within, place) in places(offset, data.len()) {
            let chunk = match written.chunks.entry(number) {
                Entry::Occupied(chunk) => chunk.into_mut(),
                Entry::Vacant(free) => free.insert(self.chunk_of_file(number, of_file)?),
            };
            chunk[within].copy_from_slice(&data[place]);
        }
        written.length = written.length.max(offset + data.len() as u64);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads, writes and cuts at random, here and in a list of bytes.
    #[test]
    fn it_behaves_as_a_file_and_leaves_the_file_alone() {
        let mut random = bcoin_testkit::Random::new(1, "read-only file");
        let content: Vec<u8> = (0..20_000_u32).map(|place| (place % 251) as u8).collect();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        std::fs::write(&path, &content).unwrap();
        let file = ReadOnlyFile::new(File::open(&path).unwrap()).unwrap();
        let mut expected = content.clone();
        for round in 0..2000_u32 {
            let (offset, length) = (random.below(24_000), random.below(9000) as usize);
            match random.below(8) {
                0 => {
                    file.set_len(offset).unwrap();
                    expected.resize(offset as usize, 0);
                }
                1..4 if offset as usize <= expected.len() => {
                    let data = vec![round as u8; length];
                    file.write(offset, &data).unwrap();
                    expected.resize(expected.len().max(offset as usize + length), 0);
                    expected[offset as usize..offset as usize + length].copy_from_slice(&data);
                }
                _ => {
                    let mut out = vec![0; length];
                    let read = file.read(offset, &mut out);
                    match expected.get(offset as usize..offset as usize + length) {
                        Some(bytes) => assert!(read.is_ok() && out == bytes, "round {round}"),
                        None => assert!(read.is_err(), "round {round}"),
                    }
                }
            }
            assert_eq!(file.len().unwrap(), expected.len() as u64);
        }
        assert_eq!(std::fs::read(&path).unwrap(), content);
    }
}
