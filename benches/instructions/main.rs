//! Counts the instructions that the hot paths execute, and compares them with `recorded.txt`. Unlike times, counts are the same on
//! a busy machine.
//!
//! ```sh
//! cargo bench --bench instructions                # compare; fails when a count grew by more than 5 %
//! cargo bench --bench instructions -- --record    # write recorded.txt again, after an intended change
//! ```
//!
//! It needs valgrind, which runs this program again for each part, and counts what happens inside [`counted`].
//! valgrind has no SHA instructions, so hashing and the puzzle are counted in their portable forms.

#![allow(unreachable_pub, reason = "nothing is outside of a program")]

mod callgrind;
mod parts;
mod recorded;

use std::{error::Error, process::ExitCode};

use parts::PARTS;
use recorded::Recorded;

/// The argument that makes this program do one part, named by the next argument, and nothing else.
const ROLE: &str = "run";

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [ROLE, part] => {
            parts::run(part);
            Ok(ExitCode::SUCCESS)
        }
        ["--record"] => {
            Recorded::of(count_all()?).write()?;
            Ok(ExitCode::SUCCESS)
        }
        [] => {
            let recorded = Recorded::read()?;
            let stands = recorded.compare(&count_all()?);
            Ok(if stands { ExitCode::SUCCESS } else { ExitCode::FAILURE })
        }
        _ => Err("the one argument there is is --record".into()),
    }
}

fn count_all() -> Result<Vec<(&'static str, u64)>, Box<dyn Error>> {
    PARTS.iter().map(|(part, _)| Ok((*part, callgrind::count(part)?))).collect()
}
