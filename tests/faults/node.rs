//! The real program as a process that may be killed at any moment.

use std::{
    fs::{self, File},
    io::{BufRead as _, BufReader, Read, Write as _},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    sync::{
        atomic::{AtomicU64, Ordering},
        mpsc,
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use super::tally::Tally;

/// Who waits longer than this for a process waits for ever.
pub const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// Where the standard error of every process is kept.
pub struct Logs {
    folder: PathBuf,
    next: AtomicU64,
}

/// A node process; killed when dropped.
pub struct Node {
    child: Child,
    lines: mpsc::Receiver<String>,
    readers: Vec<JoinHandle<()>>,
    log: PathBuf,
    /// What it printed so far on standard output and standard error.
    pub printed: String,
}

/// How a process ended.
#[derive(Debug)]
pub struct Ended {
    pub status: ExitStatus,
    pub stderr: String,
}

/// Why a node is not ready.
#[derive(Debug)]
pub enum NotReady {
    Ended(Ended),
    /// It neither gets ready nor ends.
    Hangs,
}

impl From<NotReady> for String {
    fn from(not_ready: NotReady) -> Self {
        match not_ready {
            NotReady::Ended(ended) => ended.into(),
            NotReady::Hangs => "the node is neither ready nor does it end".into(),
        }
    }
}

impl Ended {
    /// Whether the program ended because it said why it cannot start: exit code 1, and one sentence at the end.
    pub fn in_good_order(&self, sentence: &[&str]) -> bool {
        let last = self.stderr.lines().last().unwrap_or_default();
        let told = last.strip_prefix("bcoin: ").is_some_and(|told| sentence.iter().all(|part| told.contains(part)));
        self.status.code() == Some(1) && told
    }
}

impl From<Ended> for String {
    fn from(ended: Ended) -> Self {
        format!("the node ended with {}, saying {:?}", ended.status, ended.stderr.trim_end())
    }
}

impl Logs {
    pub fn new(folder: PathBuf) -> Self {
        fs::create_dir_all(&folder).expect("a folder for logs");
        Self { folder, next: AtomicU64::new(0) }
    }

    fn next(&self) -> PathBuf {
        self.folder.join(format!("{:05}.stderr", self.next.fetch_add(1, Ordering::Relaxed)))
    }

    /// Looks for panics in everything that was logged.
    pub fn search(&self, tally: &Tally) {
        tally.about("a log");
        for entry in fs::read_dir(&self.folder).expect("the logs").flatten() {
            let log = String::from_utf8_lossy(&fs::read(entry.path()).expect("a log")).into_owned();
            for line in log.lines().filter(|line| line.contains("panicked at ")) {
                tally.panicked(&format!("{line} ({})", entry.path().display()));
            }
        }
    }
}

/// `bcoin` with its data in `folder`, on a free port, and nothing of this environment that would change what it does.
pub fn command(folder: &Path) -> Command {
    let mut command = bare_command();
    command.arg("--data-dir").arg(folder);
    command
}

/// `bcoin` that keeps its data in memory.
pub fn command_in_memory() -> Command {
    bare_command()
}

fn bare_command() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_bcoin"));
    command.args(["--port", "0"]).stdin(Stdio::null()).env_remove("RUST_LOG");
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("BCOIN_")) {
        command.env_remove(name);
    }
    command
}

impl Node {
    /// Starts the process and does not wait for anything.
    pub fn launch(mut command: Command, logs: &Logs) -> Self {
        let log = logs.next();
        let mut child =
            command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program can be started");
        let (send, lines) = mpsc::channel();
        let stdout = child.stdout.take().expect("a pipe");
        let stderr = child.stderr.take().expect("a pipe");
        let readers = vec![follow(stdout, send.clone(), None), follow(stderr, send, Some(log.clone()))];
        Self { child, lines, readers, log, printed: String::new() }
    }

    /// Starts the process and waits until it is ready.
    pub fn start(command: Command, logs: &Logs) -> Result<Self, String> {
        let mut node = Self::launch(command, logs);
        node.until_ready()?;
        Ok(node)
    }

    /// The next line that it prints; none when it has ended, or says nothing more.
    pub fn next_line(&mut self, wait: Duration) -> Option<String> {
        let line = self.lines.recv_timeout(wait).ok()?;
        self.printed.push_str(&line);
        Some(line)
    }

    pub fn until_ready(&mut self) -> Result<(), NotReady> {
        let deadline = Instant::now() + LONGEST_WAIT;
        while !self.printed.contains("with Ctrl-C.") {
            if self.next_line(deadline.saturating_duration_since(Instant::now())).is_none() {
                return Err(self.until_ended(LONGEST_WAIT).map_or(NotReady::Hangs, NotReady::Ended));
            }
        }
        Ok(())
    }

    /// Waits for the end of the process.
    pub fn until_ended(&mut self, wait: Duration) -> Option<Ended> {
        let deadline = Instant::now() + wait;
        let status = loop {
            match self.child.try_wait().expect("a child of this process") {
                Some(status) => break status,
                None if Instant::now() > deadline => return None,
                None => thread::sleep(Duration::from_millis(2)),
            }
        };
        for reader in self.readers.drain(..) {
            // A reader that failed has nothing more to say.
            let _ = reader.join();
        }
        let stderr = String::from_utf8_lossy(&fs::read(&self.log).unwrap_or_default()).into_owned();
        Some(Ended { status, stderr })
    }

    /// What `kill -9` does.
    pub fn kill(mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        self.until_ended(LONGEST_WAIT);
    }

    /// Asks the process to end.
    pub fn ask_to_end(&self) {
        let pid = self.child.id().to_string();
        // It may have ended already.
        let _ = Command::new("kill").args(["-TERM", &pid]).stderr(Stdio::null()).status();
    }

    /// Asks the process to end, which it has to do with exit code 0.
    pub fn terminate(mut self) -> Result<(), String> {
        if !cfg!(unix) {
            self.kill();
            return Ok(());
        }
        self.ask_to_end();
        match self.until_ended(LONGEST_WAIT) {
            Some(ended) if ended.status.code() == Some(0) => Ok(()),
            Some(ended) => Err(format!("asked to end, {}", String::from(ended))),
            None => Err("the node does not end when it is asked to".into()),
        }
    }

    fn said(&self, before: &str) -> Option<&str> {
        self.printed.split_once(before)?.1.split_whitespace().next()
    }

    pub fn address(&self) -> SocketAddr {
        let address = self.said("http://").and_then(|word| word.trim_end_matches(',').parse().ok());
        address.expect("a node that is ready has said its address")
    }

    /// The node's own name, which has to stay.
    pub fn name(&self) -> &str {
        self.said("B-Coin node ").expect("a node that is ready has said its name")
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Passes every line on while it is printed, and keeps it in `log`.
fn follow(pipe: impl Read + Send + 'static, lines: mpsc::Sender<String>, log: Option<PathBuf>) -> JoinHandle<()> {
    thread::spawn(move || {
        let mut log = log.map(|path| File::create(path).expect("a log"));
        let mut pipe = BufReader::new(pipe);
        let mut line = Vec::new();
        while pipe.read_until(b'\n', &mut line).is_ok_and(|length| length > 0) {
            if let Some(log) = &mut log {
                log.write_all(&line).expect("a log");
            }
            // Nobody has to listen.
            let _ = lines.send(String::from_utf8_lossy(&line).into_owned());
            line.clear();
        }
    })
}
