//! Temporary files with one bound together: what comes from peers while it is received and checked.

use std::{
    env,
    io::{self, Read, Seek, SeekFrom, Write},
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use tempfile::SpooledTempFile;
use thiserror::Error;
use tokio_util::sync::CancellationToken;

/// The most bytes that all temporary files have together, unless the disk is small (docs/contract.md section 6).
pub const MAX_SPOOL_BYTES: u64 = 4 << 30;
/// Temporary files take at most one part in so many of the disk that is free without them.
const FREE_DISK_PARTS: u64 = 4;
/// How many bytes of a spool stay in memory.
const MAX_SPOOL_MEMORY: usize = 256 << 10;
/// How long a writer waits for a spool that was cut off to give its room back.
const ROOM_TIMEOUT: Duration = Duration::from_secs(2);

/// Temporary files have reached their bound together, and none gives way to the one that was to grow.
#[derive(Clone, Copy, Debug, Error)]
#[error("temporary files have reached the {limit} bytes that they may take together")]
pub struct SpoolsFull {
    /// The bound.
    pub limit: u64,
}

/// What a spool holds. When room is short, the former gives way to the latter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SpoolContent {
    /// Blocks that were checked.
    Checked,
    /// What a peer sends, whatever that is.
    Received,
}

/// The room that spools share; cheap to clone.
///
/// When it is used up, a spool that is still being filled is cut off: the longest one of what is received, or else the longest one
/// of checked blocks. So one that takes much does not stop the others.
#[derive(Clone, Debug)]
pub struct SpoolSpace(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    max: u64,
    users: Mutex<Users>,
    released: Condvar,
}

#[derive(Debug, Default)]
struct Users {
    next_id: u64,
    total: u64,
    spools: Vec<User>,
}

#[derive(Debug)]
struct User {
    id: u64,
    content: SpoolContent,
    bytes: u64,
    /// None when the spool is complete: it is not cut off any more.
    cut_off: Option<CancellationToken>,
}

impl Default for SpoolSpace {
    fn default() -> Self {
        Self::new(MAX_SPOOL_BYTES)
    }
}

impl SpoolSpace {
    /// Room for at most `max` bytes, and a quarter of the free disk.
    pub fn new(max: u64) -> Self {
        Self(Arc::new(Inner { max, users: Mutex::default(), released: Condvar::new() }))
    }

    /// Room without a bound, for what the user of the machine asks for.
    pub fn unlimited() -> Self {
        Self::new(u64::MAX)
    }

    /// A new, empty spool.
    pub fn spool(&self, content: SpoolContent) -> Spool {
        let cut_off = CancellationToken::new();
        let mut users = self.users();
        users.next_id += 1;
        let id = users.next_id;
        users.spools.push(User { id, content, bytes: 0, cut_off: Some(cut_off.clone()) });
        Spool {
            file: SpooledTempFile::new(MAX_SPOOL_MEMORY),
            written: 0,
            cut_off,
            place: Place { id, space: self.clone() },
        }
    }

    /// How many bytes all spools have together.
    pub fn used(&self) -> u64 {
        self.users().total
    }

    fn users(&self) -> MutexGuard<'_, Users> {
        self.0.users.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The bound as the disk is now, when spools take `used` of it.
    fn limit(&self, used: u64) -> u64 {
        if self.0.max == u64::MAX {
            return u64::MAX;
        }
        match fs4::available_space(env::temp_dir()) {
            Ok(free) => self.0.max.min((free.saturating_add(used)) / FREE_DISK_PARTS),
            // The file that is written next shows what is wrong with the disk.
            Err(_) => self.0.max,
        }
    }

    /// Lets the spool `id` grow by `count` bytes. Blocks the thread while a spool that was cut off is given back.
    fn grow(&self, id: u64, count: u64) -> Result<(), SpoolsFull> {
        let deadline = Instant::now() + ROOM_TIMEOUT;
        let mut users = self.users();
        loop {
            let limit = self.limit(users.total);
            if users.total.saturating_add(count) <= limit {
                users.total += count;
                if let Some(own) = users.spools.iter_mut().find(|user| user.id == id) {
                    own.bytes += count;
                }
                return Ok(());
            }
            let rank = |user: &User| (user.content, user.bytes);
            let own = users.spools.iter().find(|user| user.id == id).map(rank);
            let left = deadline.saturating_duration_since(Instant::now());
            let first = users.spools.iter().filter(|user| user.cut_off.is_some()).max_by_key(|user| rank(user));
            match first.filter(|user| user.id != id && Some(rank(user)) > own) {
                Some(User { cut_off: Some(cut_off), .. }) if !left.is_zero() => cut_off.cancel(),
                _ => return Err(SpoolsFull { limit }),
            }
            users = self.0.released.wait_timeout(users, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}

/// The place of a spool among the others; given back when dropped.
#[derive(Debug)]
struct Place {
    id: u64,
    space: SpoolSpace,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut users = self.space.users();
        if let Some(at) = users.spools.iter().position(|user| user.id == self.id) {
            let bytes = users.spools.swap_remove(at).bytes;
            users.total -= bytes;
        }
        drop(users);
        self.space.0.released.notify_all();
    }
}

/// Bytes that are written once and read back: in memory while they are few, in a temporary file when they are many. Writing
/// blocks the thread.
#[derive(Debug)]
pub struct Spool {
    // Declared first, so that it is closed before the place is given back.
    file: SpooledTempFile,
    written: u64,
    cut_off: CancellationToken,
    place: Place,
}

impl Spool {
    /// Is cancelled when others need the room more: what fills the spool then has to stop.
    pub fn cut_off(&self) -> CancellationToken {
        self.cut_off.clone()
    }

    /// Says that nothing more is written, and goes back to the beginning. The spool is not cut off any more.
    ///
    /// # Errors
    /// When the temporary file fails.
    pub fn complete(&mut self) -> io::Result<()> {
        if let Some(user) = self.place.space.users().spools.iter_mut().find(|user| user.id == self.place.id) {
            user.cut_off = None;
        }
        self.rewind()
    }
}

impl Write for Spool {
    /// Fails with [`SpoolsFull`] when there is no room.
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let before = self.written;
        let in_files = |written: u64| if written > MAX_SPOOL_MEMORY as u64 { written } else { 0 };
        let after = before + bytes.len() as u64;
        let growth = in_files(after) - in_files(before);
        if growth > 0 {
            let limit = self.place.space.0.max;
            if self.cut_off.is_cancelled() {
                return Err(full(SpoolsFull { limit }));
            }
            self.place.space.grow(self.place.id, growth).map_err(full)?;
        }
        self.written = after;
        self.file.write_all(bytes)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

fn full(error: SpoolsFull) -> io::Error {
    io::Error::new(io::ErrorKind::QuotaExceeded, error)
}

impl Read for Spool {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.file.read(buffer)
    }
}

impl Seek for Spool {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.file.seek(to)
    }
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::{SpoolContent::*, *};

    const CHUNK: usize = 1 << 20;

    fn spools_full(result: io::Result<()>) -> bool {
        result.is_err_and(|error| error.get_ref().is_some_and(|inner| inner.is::<SpoolsFull>()))
    }

    #[test]
    fn what_was_written_is_read_back_and_its_room_is_given_back() {
        let space = SpoolSpace::new(8 << 20);
        let mut spool = space.spool(Received);
        spool.write_all(&[1; 1000]).unwrap();
        assert_eq!(space.used(), 0, "a short spool stays in memory");
        spool.write_all(&[2; CHUNK]).unwrap();
        assert_eq!(space.used(), CHUNK as u64 + 1000);
        spool.complete().unwrap();
        let mut read = Vec::new();
        spool.read_to_end(&mut read).unwrap();
        assert_eq!(read, [vec![1; 1000], vec![2; CHUNK]].concat());
        drop(spool);
        assert_eq!(space.used(), 0);
    }

    #[test]
    fn the_longest_spool_gives_way_to_a_shorter_one() {
        let space = SpoolSpace::new(4 * CHUNK as u64);
        let mut long = space.spool(Received);
        (0..3).for_each(|_| long.write_all(&[0; CHUNK]).unwrap());
        let cut_off = long.cut_off();
        let filling = thread::spawn(move || {
            while !cut_off.is_cancelled() {
                thread::sleep(Duration::from_millis(1));
            }
            drop(long);
        });
        let mut short = space.spool(Received);
        (0..3).for_each(|_| short.write_all(&[0; CHUNK]).unwrap());
        filling.join().unwrap();
        assert_eq!(space.used(), 3 * CHUNK as u64);
    }

    #[test]
    fn the_longest_spool_cannot_grow_beyond_the_bound() {
        let space = SpoolSpace::new(4 * CHUNK as u64);
        let (mut short, mut long) = (space.spool(Received), space.spool(Received));
        short.write_all(&[0; CHUNK]).unwrap();
        (0..3).for_each(|_| long.write_all(&[0; CHUNK]).unwrap());
        assert!(spools_full(long.write_all(&[0; CHUNK])));
        assert!(!short.cut_off().is_cancelled());
    }

    #[test]
    fn what_is_received_gives_way_to_checked_blocks() {
        let space = SpoolSpace::new(4 * CHUNK as u64);
        let (mut checked, mut received) = (space.spool(Checked), space.spool(Received));
        (0..3).for_each(|_| checked.write_all(&[0; CHUNK]).unwrap());
        received.write_all(&[0; CHUNK]).unwrap();
        assert!(spools_full(received.write_all(&[0; CHUNK])), "it does not take the room of checked blocks");
        let cut_off = received.cut_off();
        let receiving = thread::spawn(move || {
            while !cut_off.is_cancelled() {
                thread::sleep(Duration::from_millis(1));
            }
            drop(received);
        });
        checked.write_all(&[0; CHUNK]).unwrap();
        receiving.join().unwrap();
    }

    #[test]
    fn a_complete_spool_is_not_cut_off() {
        let space = SpoolSpace::new(4 * CHUNK as u64);
        let mut complete = space.spool(Received);
        (0..3).for_each(|_| complete.write_all(&[0; CHUNK]).unwrap());
        complete.complete().unwrap();
        let mut other = space.spool(Received);
        other.write_all(&[0; CHUNK]).unwrap();
        assert!(spools_full(other.write_all(&[0; CHUNK])));
        assert!(!complete.cut_off().is_cancelled());
    }

    #[test]
    fn a_spool_that_was_cut_off_takes_nothing_more() {
        let mut spool = SpoolSpace::new(4 * CHUNK as u64).spool(Received);
        spool.cut_off().cancel();
        assert!(spools_full(spool.write_all(&[0; CHUNK])));
    }
}
