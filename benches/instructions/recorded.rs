//! The counts that were recorded: a file with one line for each part.

use std::{error::Error, fs, process::Command};

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/instructions/recorded.txt");
/// What begins the line that says which compiler made the program that was counted.
const COMPILER: &str = "# ";
/// By how much a count may grow.
const GROWTH: f64 = 0.05;

pub struct Recorded {
    compiler: String,
    counts: Vec<(String, u64)>,
}

impl Recorded {
    pub fn of(counts: Vec<(&str, u64)>) -> Self {
        let counts = counts.into_iter().map(|(part, count)| (part.to_owned(), count)).collect();
        Self { compiler: compiler(), counts }
    }

    pub fn read() -> Result<Self, Box<dyn Error>> {
        let text = fs::read_to_string(FILE).map_err(|error| format!("{FILE}: {error}; make it with --record"))?;
        let (comments, lines): (Vec<_>, Vec<_>) = text.lines().partition(|line| line.starts_with(COMPILER));
        let compiler = comments.first().map(|line| line.trim_start_matches(COMPILER).to_owned()).unwrap_or_default();
        let count = |line: &str| {
            let (part, count) = line.split_once(' ')?;
            Some((part.to_owned(), count.trim().parse().ok()?))
        };
        let counts = lines.into_iter().map(|line| count(line).ok_or(format!("{FILE}: {line:?} is no count")));
        Ok(Self { compiler, counts: counts.collect::<Result<_, _>>()? })
    }

    pub fn write(&self) -> Result<(), Box<dyn Error>> {
        let lines: String = self.counts.iter().map(|(part, count)| format!("{part} {count}\n")).collect();
        let text = format!("{COMPILER}{}\n{lines}", self.compiler);
        print!("{text}");
        Ok(fs::write(FILE, text)?)
    }

    /// Prints how the counts changed; whether none grew too much.
    pub fn compare(&self, counts: &[(&str, u64)]) -> bool {
        let compiler = compiler();
        if compiler != self.compiler {
            println!("recorded with {}, counted with {compiler}: counts may differ for that", self.compiler);
        }
        let mut stands = true;
        for (part, count) in counts {
            let Some((_, recorded)) = self.counts.iter().find(|(recorded, _)| recorded == part) else {
                println!("{part}: {count} instructions, never recorded: run it with --record");
                stands = false;
                continue;
            };
            let growth = *count as f64 / *recorded as f64 - 1.0;
            let verdict = if growth > GROWTH { "GREW TOO MUCH" } else { "ok" };
            println!("{part}: {count} instructions, recorded {recorded}, {:+.2} %: {verdict}", 100.0 * growth);
            stands &= growth <= GROWTH;
        }
        stands
    }
}

fn compiler() -> String {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(rustc).arg("--version").output().map(|output| output.stdout).unwrap_or_default();
    String::from_utf8_lossy(&output).trim().to_owned()
}
