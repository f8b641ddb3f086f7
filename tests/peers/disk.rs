//! A peer whose chains are small on the wire and large on the disk: gzip of raw DEL characters, each of which is six characters of
//! canonical text. The node replaces its chain three times.

use std::{
    fs,
    os::unix::fs::MetadataExt as _,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread,
    time::Duration,
};

use bcoin_ledger::chapter::{Number, Scalar, Transaction};
use bcoin_testkit::{FakePeer, Http, chain};

use crate::BCOIN;

/// Where temporary files are bounded, in bytes.
const MAX_TEMPORARY: u64 = 4 << 30;
/// How many bytes the stale chains that are kept have together at most. Beside a shorter chain they are what fills the disk.
const STALE: u64 = 256 << 20;

/// Returns whether the disk stays within its bounds: three times the largest chain, twice that after a stop, or in both cases what
/// the chain and the stale chains may have together, if that is more; and the bound of temporary files. And whether another node
/// adopts the chain afterwards.
pub async fn small_on_the_wire(long: bool) -> bool {
    let (block_bytes, lengths) = if long { (30_000_000, [11, 12, 13]) } else { (6_000_000, [3, 4, 5]) };
    println!("chains that are small on the wire");
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let node = BCOIN.start(&["--port", "0", "--data-dir", data.to_str().unwrap()]);
    let http = node.http();
    let temporary = Temporary::watch(node.id());
    let (mut largest, mut most, mut good) = (0, 0, true);
    for length in lengths {
        let body = body(length, block_bytes);
        let peer = FakePeer::serving_gzip(std::iter::once(body)).await;
        http.connect(&[&peer.address()]).await;
        good &= http.get("/api/v1/peers").await.status == 200;
        let answer = http.request("POST", "/api/v1/replacements").send().await.unwrap();
        good &= answer.status().as_u16() == 200;
        let (reached, bytes) = state(&http).await;
        good &= reached == length;
        largest = largest.max(bytes);
        most = most.max(disk(&data));
        http.request("DELETE", &format!("/api/v1/peers/{}", peer.address())).send().await.unwrap();
    }
    let temporary = temporary.most();

    let honest = BCOIN.start(&["--port", "0", "--data-dir", folder.path().join("honest").to_str().unwrap()]);
    honest.http().connect(&[&node.address().to_string()]).await;
    honest.http().get("/replace_chain").await;
    let adopted = state(&honest.http()).await == state(&http).await;
    honest.kill();
    let stopped = node.terminate();
    let after = disk(&data);
    let times = |bytes: u64| bytes as f64 / largest as f64;
    let bound = |count: u64| (count * largest).max(largest + STALE);
    println!("the largest chain             {} MB", largest / 1_000_000);
    println!("disk, at most                 {:.2} times that (bound 3)", times(most));
    println!("disk after a stop             {:.2} times that (bound 2)", times(after));
    println!("temporary files, at most      {} MB (bound {})", temporary / 1_000_000, MAX_TEMPORARY / 1_000_000);
    println!("another node adopts it        {}", if adopted { "yes" } else { "NO" });
    good && adopted && stopped.is_ok() && most <= bound(3) && after <= bound(2) && temporary <= MAX_TEMPORARY
}

/// A chain as a peer sends it, whose blocks have so many bytes of canonical text. Nothing in it may wait as a payment.
fn body(length: u64, block_bytes: usize) -> Vec<u8> {
    let name = Scalar::Text("\u{7f}".repeat(block_bytes / 6));
    let texts = chain::texts_with(length, |index| {
        let amount = Scalar::Number(Number::from(index));
        let payment = Transaction { sender: name.clone(), receiver: Scalar::Null, amount };
        (format!("chain of {length}"), vec![payment])
    });
    chain::body(texts).replace("\\u007f", "\u{7f}").into_bytes()
}

async fn state(http: &Http) -> (u64, u64) {
    let status = http.get("/api/v1/status").await.json();
    (status["length"].as_u64().unwrap(), status["chain_bytes"].as_u64().unwrap())
}

/// How many bytes the files in a folder take on the disk.
fn disk(folder: &Path) -> u64 {
    fs::read_dir(folder).unwrap().map(|file| file.unwrap().metadata().unwrap().blocks() * 512).sum()
}

/// Watches how many bytes the temporary files of a process have together: files without a name that it holds open.
struct Temporary {
    most: Arc<AtomicU64>,
    over: Arc<AtomicBool>,
    thread: thread::JoinHandle<()>,
}

impl Temporary {
    fn watch(process: u32) -> Self {
        let (most, over) = (Arc::<AtomicU64>::default(), Arc::<AtomicBool>::default());
        let (highest, ended) = (most.clone(), over.clone());
        let thread = thread::spawn(move || {
            while !ended.load(Ordering::Relaxed) {
                highest.fetch_max(temporary_bytes(process), Ordering::Relaxed);
                thread::sleep(Duration::from_millis(20));
            }
        });
        Self { most, over, thread }
    }

    fn most(self) -> u64 {
        self.over.store(true, Ordering::Relaxed);
        self.thread.join().unwrap();
        self.most.load(Ordering::Relaxed)
    }
}

fn temporary_bytes(process: u32) -> u64 {
    let Ok(files) = fs::read_dir(format!("/proc/{process}/fd")) else { return 0 };
    let unnamed = files
        .flatten()
        .map(|file| file.path())
        .filter(|file| fs::read_link(file).is_ok_and(|target| target.to_string_lossy().ends_with(" (deleted)")));
    unnamed.filter_map(|file| fs::metadata(file).ok()).map(|file| file.len()).sum()
}
