//! Running this program under valgrind's callgrind.

use std::{error::Error, io::ErrorKind, process::Command};

/// How many instructions a part executes.
///
/// # Errors
/// When valgrind is missing, or fails.
pub fn count(part: &str) -> Result<u64, Box<dyn Error>> {
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null", "--toggle-collect=*::parts::counted*"])
        .arg(std::env::current_exe()?)
        .args([crate::ROLE, part])
        .output()
        .map_err(|error| match error.kind() {
            ErrorKind::NotFound => "valgrind is not installed; on Debian: apt-get install valgrind".to_owned(),
            _ => format!("valgrind: {error}"),
        })?;
    let printed = String::from_utf8_lossy(&output.stderr);
    let collected = printed.lines().find_map(|line| line.split_once("Collected : "));
    match collected.and_then(|(_, count)| count.trim().parse().ok()) {
        Some(count) if count > 0 && output.status.success() => Ok(count),
        _ => Err(format!("{part} was not counted: {printed}").into()),
    }
}
