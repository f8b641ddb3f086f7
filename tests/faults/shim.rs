//! The preloaded library between an unmodified node and the system. It is built when the suite starts.

use std::{
    path::{Path, PathBuf},
    process::Command,
    time::{Instant, SystemTime, UNIX_EPOCH},
};

/// The suite itself, started with this argument, prints its clocks.
pub const SHOW_CLOCKS: &str = "--show-clocks";

#[derive(Clone)]
pub struct Shim(PathBuf);

/// What happens at a flush.
#[derive(Clone, Copy, Debug)]
pub enum FlushFault {
    KillBefore,
    KillAfter,
    Error,
}

impl Shim {
    /// Builds the library; the error says why that is not possible.
    pub fn build(folder: &Path) -> Result<Self, String> {
        if !cfg!(target_os = "linux") {
            return Err("LD_PRELOAD is there on Linux only".into());
        }
        let library = folder.join("preload.so");
        let source = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/faults/preload.c");
        let built = Command::new("cc")
            .args(["-std=gnu11", "-Wall", "-Wextra", "-Werror", "-O2", "-shared", "-fPIC", "-o"])
            .args([&library, Path::new(source)])
            .output()
            .map_err(|error| format!("no C compiler, cc: {error}"))?;
        if !built.status.success() {
            return Err(format!("cc: {}", String::from_utf8_lossy(&built.stderr)));
        }
        Ok(Self(library))
    }

    /// Makes the `nth` flush of a process fail; the file `mark` is made when it has.
    pub fn at_flush(&self, command: &mut Command, nth: u64, fault: FlushFault, mark: &Path) {
        let action = match fault {
            FlushFault::KillBefore => "kill-before",
            FlushFault::KillAfter => "kill-after",
            FlushFault::Error => "error",
        };
        command
            .env("LD_PRELOAD", &self.0)
            .env("FAULTS_FLUSH", nth.to_string())
            .env("FAULTS_FLUSH_ACTION", action)
            .env("FAULTS_FLUSH_MARK", mark);
    }

    /// Shifts the time of day of a process.
    pub fn shift_clock(&self, command: &mut Command, seconds: i64) {
        command.env("LD_PRELOAD", &self.0).env("FAULTS_CLOCK", seconds.to_string());
    }

    /// Checks that the shift moves the time of day, and not the monotonic clock.
    pub fn check_clocks(&self, shift: i64) -> Result<(), String> {
        let mut command = Command::new(std::env::current_exe().map_err(|error| error.to_string())?);
        self.shift_clock(command.arg(SHOW_CLOCKS), shift);
        let printed = command.output().map_err(|error| error.to_string())?.stdout;
        let printed = String::from_utf8_lossy(&printed).into_owned();
        let shown: Vec<i64> = printed.split_whitespace().filter_map(|word| word.parse().ok()).collect();
        let [time, measured] = shown[..] else { return Err(format!("the clocks cannot be read: {printed:?}")) };
        let (own_time, own_measured) = clocks();
        let (time_off, measured_off) = (own_time + shift - time, own_measured - measured);
        // Whole seconds are rounded towards zero, so small differences are possible.
        if time_off.abs() < 10 && measured_off.abs() < 10 {
            Ok(())
        } else {
            Err(format!("shifted by {shift} s, the clocks are off by {time_off} s and {measured_off} s"))
        }
    }
}

/// Prints what [`Shim::check_clocks`] reads.
pub fn show_clocks() {
    let (time, measured) = clocks();
    println!("{time} {measured}");
}

/// The time of day and the monotonic clock, in seconds. The latter is visible only in the `Debug` text of `Instant`.
fn clocks() -> (i64, i64) {
    let time = match SystemTime::now().duration_since(UNIX_EPOCH) {
        Ok(since) => since.as_secs().cast_signed(),
        Err(before) => -before.duration().as_secs().cast_signed(),
    };
    let instant = format!("{:?}", Instant::now());
    let digits: String = instant.chars().skip_while(|c| !c.is_ascii_digit()).take_while(char::is_ascii_digit).collect();
    (time, digits.parse().unwrap_or(-1))
}
