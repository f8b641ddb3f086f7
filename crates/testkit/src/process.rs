//! Programs as child processes, mostly the program `bcoin`. A test may kill them at any moment.

use std::{
    env,
    fs::{self, File},
    io::{BufRead as _, BufReader, Read, Write as _},
    net::SocketAddr,
    path::PathBuf,
    process::{Child, Command, ExitStatus, Output, Stdio},
    sync::mpsc,
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use crate::Http;

/// How long a process may take to get ready or to end. After that it counts as hanging.
pub const PROCESS_TIMEOUT: Duration = Duration::from_secs(30);
/// What a node prints when it is ready.
const READY: &str = "with Ctrl-C.";

/// The path of `bcoin`. Cargo sets it only for tests and benchmarks of that package: `env!("CARGO_BIN_EXE_bcoin")`.
#[derive(Clone, Copy, Debug)]
pub struct Program(pub &'static str);

impl Program {
    /// The program with these arguments, without `RUST_LOG` and the `BCOIN_` variables of this environment, and with wallets and rooms
    /// that are not those of the user.
    pub fn command(self, arguments: &[&str]) -> Command {
        let mut command = Command::new(self.0);
        command.args(arguments).stdin(Stdio::null()).env_remove("RUST_LOG");
        command.env("XDG_DATA_HOME", env::temp_dir().join("bcoin-tests"));
        for (name, _) in env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("BCOIN_")) {
            command.env_remove(name);
        }
        command
    }

    /// Runs the program until it ends by itself.
    pub fn run(self, arguments: &[&str]) -> Output {
        self.command(arguments).output().expect("the program starts")
    }

    /// Starts a node, and waits until it is ready.
    pub fn start(self, arguments: &[&str]) -> Process {
        Process::start(&mut self.command(arguments))
    }
}

/// A running program; killed when dropped.
#[derive(Debug)]
pub struct Process {
    child: Child,
    lines: mpsc::Receiver<String>,
    readers: Vec<JoinHandle<()>>,
    log: Option<PathBuf>,
    /// The lines that were read so far, of standard output and of standard error where it is logged.
    pub printed: String,
}

/// How a process ended.
#[derive(Debug)]
pub struct Ended {
    /// Its exit code, or the signal that ended it.
    pub status: ExitStatus,
    /// Its whole standard error, if that was logged.
    pub stderr: String,
}

/// Why a process is not ready.
#[derive(Debug)]
pub enum NotReady {
    /// It has ended.
    Ended(Ended),
    /// It is neither ready nor has it ended in time.
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
    /// Whether the program ended with exit code 1 and a sentence on standard error that contains all of these parts.
    pub fn in_good_order(&self, parts: &[&str]) -> bool {
        let last = self.stderr.lines().last().unwrap_or_default();
        let named =
            last.strip_prefix("bcoin: ").is_some_and(|sentence| parts.iter().all(|part| sentence.contains(part)));
        self.status.code() == Some(1) && named
    }
}

impl From<Ended> for String {
    fn from(ended: Ended) -> Self {
        format!("the node ended with {}, saying {:?}", ended.status, ended.stderr.trim_end())
    }
}

impl Process {
    /// Starts a process, and does not wait for anything. Its standard error goes where the command sends it.
    pub fn launch(command: &mut Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap_or_else(|error| panic!("{command:?}: {error}"));
        let (send, lines) = mpsc::channel();
        let stdout = child.stdout.take().expect("a pipe");
        Self { child, lines, readers: vec![follow(stdout, send, None)], log: None, printed: String::new() }
    }

    /// Starts a process, and does not wait for anything. Its standard error is read as its standard output is, and kept in
    /// `log`.
    pub fn launch_logged(command: &mut Command, log: PathBuf) -> Self {
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{command:?}: {error}"));
        let (send, lines) = mpsc::channel();
        let stdout = child.stdout.take().expect("a pipe");
        let stderr = child.stderr.take().expect("a pipe");
        let file = File::create(&log).unwrap_or_else(|error| panic!("{}: {error}", log.display()));
        let readers = vec![follow(stdout, send.clone(), None), follow(stderr, send, Some(file))];
        Self { child, lines, readers, log: Some(log), printed: String::new() }
    }

    /// Starts a node without its standard error, and waits until it is ready.
    pub fn start(command: &mut Command) -> Self {
        Self::start_saying(READY, command.stderr(Stdio::null()))
    }

    /// Starts a process, and waits until it has printed a line with these words.
    pub fn start_saying(words: &str, command: &mut Command) -> Self {
        let mut process = Self::launch(command);
        if let Err(not_ready) = process.until_said(words) {
            panic!("{command:?}, which printed {:?}: {not_ready:?}", process.printed);
        }
        process
    }

    /// The next line that it prints; none when it has ended, or prints nothing within `wait`.
    pub fn next_line(&mut self, wait: Duration) -> Option<String> {
        let line = self.lines.recv_timeout(wait).ok()?;
        self.printed.push_str(&line);
        Some(line)
    }

    /// Waits until a node is ready.
    ///
    /// # Errors
    /// When it ends before that, or hangs.
    pub fn until_ready(&mut self) -> Result<(), NotReady> {
        self.until_said(READY)
    }

    fn until_said(&mut self, words: &str) -> Result<(), NotReady> {
        let deadline = Instant::now() + PROCESS_TIMEOUT;
        while !self.printed.contains(words) {
            if self.next_line(deadline.saturating_duration_since(Instant::now())).is_none() {
                return Err(self.until_ended(PROCESS_TIMEOUT).map_or(NotReady::Hangs, NotReady::Ended));
            }
        }
        Ok(())
    }

    /// Waits for the end of the process, and reads what it printed.
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
            // A reader that panicked delivers no more lines.
            let _ = reader.join();
        }
        self.printed.extend(self.lines.try_iter());
        let stderr = self.log.as_ref().map(|log| fs::read(log).unwrap_or_default()).unwrap_or_default();
        Some(Ended { status, stderr: String::from_utf8_lossy(&stderr).into_owned() })
    }

    /// Kills the process as `kill -9` does: it cannot react.
    pub fn kill(mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        self.until_ended(PROCESS_TIMEOUT);
    }

    /// Sends a signal, as `kill` and service managers do: `-TERM`, `-INT`.
    pub fn signal(&self, signal: &str) {
        // It may have ended already.
        let _ = Command::new("kill").args([signal, &self.id().to_string()]).stderr(Stdio::null()).status();
    }

    /// Asks the process to end, which it has to do with exit code 0. Where there are no signals, it is killed.
    ///
    /// # Errors
    /// When it ends in another way, or hangs.
    pub fn terminate(mut self) -> Result<(), String> {
        if !cfg!(unix) {
            self.kill();
            return Ok(());
        }
        self.signal("-TERM");
        match self.until_ended(PROCESS_TIMEOUT) {
            Some(ended) if ended.status.code() == Some(0) => Ok(()),
            Some(ended) => Err(format!("asked to end, {}", String::from(ended))),
            None => Err("the node does not end when it is asked to".into()),
        }
    }

    /// Ends a node that is ready with a signal.
    pub fn end_by(mut self, signal: &str) -> ExitStatus {
        let known = self.printed.len();
        self.signal(signal);
        let ended = self.until_ended(PROCESS_TIMEOUT).expect("the node ends when it is asked to");
        assert_eq!(self.printed[known..], *"", "a node that is ready has nothing more to say on standard output");
        ended.status
    }

    /// The process id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// The first address that it printed.
    pub fn address(&self) -> SocketAddr {
        self.printed_addresses().next().expect("a node that is ready has said its address")
    }

    /// The addresses that it printed.
    pub fn addresses(&self) -> Vec<SocketAddr> {
        self.printed_addresses().collect()
    }

    fn printed_addresses(&self) -> impl Iterator<Item = SocketAddr> {
        let words = self.printed.split_whitespace().filter_map(|word| word.strip_prefix("http://"));
        // URLs with a path are examples of what to ask for.
        words.filter_map(|word| word.trim_end_matches(',').parse().ok())
    }

    /// A client of the node at the first address.
    pub fn http(&self) -> Http {
        Http::new(self.address())
    }

    /// The node's address that it printed at start. A restart must not change it.
    pub fn name(&self) -> &str {
        let name = self.printed.split_once("B-Coin node ").and_then(|(_, rest)| rest.split_whitespace().next());
        name.expect("a node that is ready has said its name")
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Sends each line as soon as it is printed, and appends it to `log`.
fn follow(pipe: impl Read + Send + 'static, lines: mpsc::Sender<String>, mut log: Option<File>) -> JoinHandle<()> {
    thread::spawn(move || {
        let mut pipe = BufReader::new(pipe);
        let mut line = Vec::new();
        while pipe.read_until(b'\n', &mut line).is_ok_and(|length| length > 0) {
            if let Some(log) = &mut log {
                log.write_all(&line).expect("room for the log");
            }
            // The receiver may be gone.
            let _ = lines.send(String::from_utf8_lossy(&line).into_owned());
            line.clear();
        }
    })
}

/// A figure about the memory of a process, in bytes: `VmRSS` is the resident size now, `VmHWM` its maximum so far. Linux only.
pub fn memory(id: u32, figure: &str) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{id}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(figure)?.strip_prefix(':'))?;
    Some(line.trim().trim_end_matches(" kB").parse::<u64>().ok()? << 10)
}

#[cfg(all(test, unix))]
mod tests {
    use std::ffi::OsStr;

    use super::*;

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    #[test]
    fn lines_are_read_while_they_are_printed() {
        let script = "echo 'B-Coin node abc'; echo 'at http://127.0.0.1:5, http://127.0.0.1:6'; exec sleep 60";
        let process = Process::start_saying(":6", &mut shell(script));
        assert_eq!(process.name(), "abc");
        assert_eq!(process.address().port(), 5);
        assert_eq!(process.addresses().len(), 2);
        assert_eq!(process.end_by("-TERM").code(), None);
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn memory_is_told_in_bytes() {
        let held = std::hint::black_box(vec![1_u8; 32 << 20]);
        let highest = memory(std::process::id(), "VmHWM").unwrap();
        assert!((32 << 20..16 << 30).contains(&highest), "{highest}");
        assert!(memory(std::process::id(), "VmRSS").is_some_and(|now| now > 32 << 20));
        assert_eq!(memory(std::process::id(), "VmH"), None);
        drop(held);
    }

    #[test]
    fn standard_error_is_kept_and_the_end_is_reported() {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("log");
        let mut command = shell("echo out; echo 'bcoin: the file is full' >&2; exit 1");
        let mut process = Process::launch_logged(&mut command, log.clone());
        let Err(NotReady::Ended(ended)) = process.until_ready() else { panic!("it has ended") };
        assert!(ended.in_good_order(&["file", "full"]) && !ended.in_good_order(&["empty"]), "{ended:?}");
        assert!(process.printed.contains("out\n") && process.printed.contains("full\n"), "{}", process.printed);
        assert_eq!(fs::read_to_string(log).unwrap(), "bcoin: the file is full\n");
    }

    #[test]
    fn waits_have_an_end() {
        let mut process = Process::launch(&mut shell("exec sleep 60"));
        assert!(process.until_ended(Duration::from_millis(10)).is_none());
        assert!(process.next_line(Duration::from_millis(10)).is_none());
        assert!(process.terminate().unwrap_err().starts_with("asked to end, the node ended with "));
    }

    #[test]
    fn the_program_gets_nothing_of_this_environment() {
        let command = Program("bcoin").command(&["--help"]);
        let (set, removed): (Vec<_>, Vec<_>) = command.get_envs().partition(|(_, value)| value.is_some());
        assert!(removed.iter().any(|(name, _)| *name == "RUST_LOG"));
        let is_ours = |name: &OsStr| name == "RUST_LOG" || name.to_string_lossy().starts_with("BCOIN_");
        assert!(removed.iter().all(|(name, _)| is_ours(name)));
        assert!(set.iter().all(|(name, _)| *name == "XDG_DATA_HOME"));
    }
}
