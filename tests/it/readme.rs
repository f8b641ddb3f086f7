//! The commands of README.md, docs/lesson.md and docs/sound-walk.md: a reader types them, and gets what the documents show.
//!
//! `cargo run --` becomes the program, and the ports become free ones. Nodes stay until another command needs their port or
//! their folder, as if the reader had stopped them with Ctrl-C.

use std::{
    fs,
    ops::Range,
    os::unix::fs::symlink,
    path::Path,
    process::{Command, Stdio},
};

use bcoin_testkit::Process;
use tempfile::TempDir;

use crate::support::{
    BCOIN, free_ports,
    markdown::{Block, Step, blocks},
    masked::{fits, masked},
};

/// How many ports the documents use from 1001 or 5001 on.
const PORTS: u16 = 30;
/// The home folder in the documents.
const HOME: &str = "/home/student";
/// The name of the machine in the README's output.
const MACHINE: &str = "student-laptop";

struct Reader {
    home: TempDir,
    ports: Range<u16>,
    /// Nodes and listeners, with the ports that they use.
    running: Vec<(Process, Range<u16>)>,
}

impl Reader {
    /// A reader in a fresh home folder, who has the example files.
    fn new() -> Self {
        let home = tempfile::tempdir().unwrap();
        let first = free_ports(PORTS);
        let ports = first..first + PORTS;
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        for file in ["nodes.json", "transaction.json"] {
            let text = fs::read_to_string(root.join(file)).unwrap();
            fs::write(home.path().join(file), with_ports(&text, ports.start)).unwrap();
        }
        fs::create_dir(home.path().join("bin")).unwrap();
        symlink(BCOIN.0, home.path().join("bin/bcoin")).unwrap();
        // On a terminal curl shows no progress.
        fs::write(home.path().join(".curlrc"), "silent\nshow-error\n").unwrap();
        Self { home, ports, running: Vec::new() }
    }

    fn bash(&self, command: &str) -> Command {
        let path = format!("{}:{}", self.home.path().join("bin").display(), std::env::var("PATH").unwrap_or_default());
        let mut bash = Command::new("bash");
        bash.env_clear().env("PATH", path).env("HOME", self.home.path()).env("LC_ALL", "C.UTF-8");
        bash.env("BCOIN_NODE", format!("127.0.0.1:{}", self.ports.start));
        bash.args(["-c", command]).current_dir(self.home.path()).stdin(Stdio::null());
        bash
    }

    fn run(&mut self, step: &Step) -> Result<(), String> {
        let command = with_ports(&step.command.replace("cargo run -- ", "bcoin "), self.ports.start);
        let use_of = Use::of(&command, self.ports.start);
        if let Use::Runs(ports) | Use::Folder(ports) = &use_of {
            self.stop(ports)?;
        }
        let (printed, succeeded) = if let Use::Runs(ports) = use_of {
            let first = format!(" --first-port {}", self.ports.start);
            let lacks_port = command.starts_with("bcoin network") && !command.contains("--first-port");
            let further = if lacks_port { first.as_str() } else { "" };
            let command = command.split(" #").next().unwrap_or_default().trim_end();
            let process = Process::start(&mut self.bash(&format!("exec {command}{further}")));
            let printed = process.printed.clone();
            self.running.push((process, ports));
            (printed, true)
        } else {
            let output = self.bash(&command).output().unwrap();
            let stderr = if output.status.success() { &[][..] } else { &output.stderr };
            let printed = [&output.stdout, stderr].concat();
            (String::from_utf8(printed).map_err(|error| error.to_string())?, output.status.success())
        };
        self.compare(step, &printed, succeeded)
    }

    /// Stops what uses these ports.
    fn stop(&mut self, ports: &Range<u16>) -> Result<(), String> {
        let overlaps = |used: &Range<u16>| used.start < ports.end && ports.start < used.end;
        for (process, _) in self.running.extract_if(.., |(_, used)| overlaps(used)) {
            process.terminate()?;
        }
        Ok(())
    }

    fn compare(&self, step: &Step, printed: &str, succeeded: bool) -> Result<(), String> {
        let home = self.home.path().to_str().unwrap();
        let machine = gethostname::gethostname().to_string_lossy().into_owned();
        let printed = printed.replace(home, HOME).replace(&format!(" {machine}:"), &format!(" {MACHINE}:"));
        let printed = masked(&printed, self.ports.clone());
        let expected = step.prints.as_deref().unwrap_or_default();
        if !succeeded && !expected.contains("bcoin: ") {
            return Err(format!("it fails: {printed}"));
        }
        let expected = masked(&with_ports(expected, self.ports.start), self.ports.clone());
        if step.prints.is_none() || fits(&printed, &expected) {
            Ok(())
        } else {
            Err(format!("it prints\n{printed}\nand not\n{expected}"))
        }
    }
}

/// What a command does with ports.
enum Use {
    /// It goes on, and listens there, or asks a node there.
    Runs(Range<u16>),
    /// It needs the folder of the node there.
    Folder(Range<u16>),
    Nothing,
}

impl Use {
    fn of(command: &str, first: u16) -> Self {
        let words: Vec<_> = command.split_whitespace().take_while(|word| *word != "#").collect();
        let Some(("bcoin", words)) = words.split_first().map(|(program, words)| (*program, words)) else {
            return Self::Nothing;
        };
        let value = |flag: &str| {
            let at = words.iter().position(|word| *word == flag)?;
            words.get(at + 1)?.parse::<u16>().ok()
        };
        let port = value("--port").unwrap_or(first);
        match words.first().copied().unwrap_or("--port") {
            "--help" | "--version" => Self::Nothing,
            "network" => Self::Runs(first..first + value("--count").unwrap_or(3)),
            "watch" => Self::Runs(0..0),
            "export" | "import" | "verify" => Self::Folder(port..port + 1),
            flag if flag.starts_with('-') => Self::Runs(port..port + 1),
            _ => Self::Nothing,
        }
    }
}

/// A text of a document with ports from `first` on for those from 1001 or 5001 on.
fn with_ports(text: &str, first: u16) -> String {
    let mut replaced = String::new();
    let mut rest = text;
    while !rest.is_empty() {
        let is_word = |letter: char| letter.is_ascii_alphanumeric();
        let starts_word = rest.starts_with(is_word);
        let length = rest.find(|letter| is_word(letter) != starts_word).unwrap_or(rest.len());
        let (word, after) = rest.split_at(length);
        match word.parse::<u16>() {
            Ok(port @ (1001..=1030 | 5001..=5030)) => replaced.push_str(&(port % 1000 - 1 + first).to_string()),
            _ => replaced.push_str(word),
        }
        rest = after;
    }
    replaced
}

/// Runs a document from its beginning to its end, and returns why blocks of it were not run.
fn read(document: &str) -> Vec<String> {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(document)).unwrap();
    let mut reader = Reader::new();
    let (mut faults, mut not_run, mut run) = (Vec::new(), Vec::new(), 0);
    for Block { line, not_run: reason, steps } in blocks(&text) {
        if let Some(reason) = reason {
            not_run.push(format!("line {line}: {reason}"));
            continue;
        }
        for step in steps {
            run += 1;
            if let Err(fault) = reader.run(&step) {
                faults.push(format!("{document}:{}: {}\n{fault}", step.line, step.command));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n\n"));
    println!("{document}: {run} commands; not run: {not_run:#?}");
    assert!(run > 0, "{document} has no commands");
    not_run
}

#[test]
#[ignore = "needs bash and curl"]
fn the_commands_of_the_readme_do_what_it_says() {
    let not_run = read("README.md");
    assert_eq!(not_run.len(), 9, "{not_run:#?}");
}

#[test]
#[ignore = "needs bash and curl"]
fn the_commands_of_the_lesson_do_what_it_says() {
    let not_run = read("docs/lesson.md");
    assert_eq!(not_run.len(), 2, "{not_run:#?}");
}

#[test]
#[ignore = "needs bash and curl"]
fn the_commands_of_the_sound_walk_do_what_it_says() {
    let not_run = read("docs/sound-walk.md");
    assert_eq!(not_run.len(), 0, "{not_run:#?}");
}

/// Both languages have the same commands.
#[test]
fn the_lesson_has_the_same_commands_in_both_languages() {
    let commands = |document: &str| {
        let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(document)).unwrap();
        let steps = blocks(&text).into_iter().flat_map(|block| block.steps);
        steps.map(|step| step.command.split(" #").next().unwrap_or_default().trim().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(commands("docs/lesson.md"), commands("docs/lesson.zh-CN.md"));
}
