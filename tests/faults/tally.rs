//! The counts of each fault, and the table at the end.

use std::{
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

/// How many lines are printed for one fault.
const MAX_LINES: u64 = 25;

/// The counts of one fault; clones count together.
#[derive(Clone, Default)]
pub struct Tally(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    counts: Counts,
    /// The name of the current attempt.
    attempt: String,
}

#[derive(Clone, Debug, Default)]
pub struct Counts {
    pub tried: u64,
    pub acknowledged: u64,
    pub lost: u64,
    pub wrong: u64,
    pub panics: u64,
}

/// One line of the table.
pub struct Row {
    pub fault: &'static str,
    pub counts: Counts,
    pub took: Duration,
    /// Why the fault could not be tried.
    pub skipped: Option<String>,
}

impl Counts {
    pub fn bad(&self) -> u64 {
        self.lost + self.wrong + self.panics
    }
}

impl Tally {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }

    pub fn so_far(&self) -> Counts {
        self.state().counts.clone()
    }

    /// Begins an attempt.
    pub fn begin(&self, attempt: String) {
        let mut state = self.state();
        state.counts.tried += 1;
        state.attempt = attempt;
    }

    /// What is found from now on belongs to no single attempt.
    pub fn about(&self, what: &str) {
        self.state().attempt = what.into();
    }

    pub fn acknowledged(&self) {
        self.state().counts.acknowledged += 1;
    }

    pub fn lost(&self, what: &str) {
        self.state().counts.lost += 1;
        self.say("LOST", what);
    }

    pub fn wrong(&self, what: &str) {
        self.state().counts.wrong += 1;
        self.say("WRONG", what);
    }

    pub fn panicked(&self, what: &str) {
        self.state().counts.panics += 1;
        self.say("PANIC", what);
    }

    /// Counts an error as a wrong answer.
    pub fn judge(&self, result: Result<(), String>) {
        if let Err(error) = result {
            self.wrong(&error);
        }
    }

    fn say(&self, kind: &str, what: &str) {
        let state = self.state();
        let lines = state.counts.bad();
        if lines <= MAX_LINES {
            println!("  {kind}: {}: {}", state.attempt, what.trim_end());
        }
        if lines == MAX_LINES {
            println!("  (what follows is only counted)");
        }
    }
}

/// Prints the table of results.
pub fn print_table(rows: &[Row]) {
    println!(
        "\n{:<28} {:>6} {:>13} {:>6} {:>6} {:>7} {:>8}",
        "fault", "tried", "acknowledged", "lost", "wrong", "panics", "seconds"
    );
    for Row { fault, counts, took, skipped } in rows {
        if let Some(reason) = skipped {
            println!("{fault:<28} SKIPPED: {reason}");
            continue;
        }
        let Counts { tried, acknowledged, lost, wrong, panics } = counts;
        let seconds = took.as_secs_f64();
        println!("{fault:<28} {tried:>6} {acknowledged:>13} {lost:>6} {wrong:>6} {panics:>7} {seconds:>8.1}");
    }
}
