//! A progress bar for work that takes longer than a second.

use std::{
    sync::OnceLock,
    time::{Duration, Instant},
};

use indicatif::{ProgressBar, ProgressStyle};

/// After how much time the bar appears.
const DELAY: Duration = Duration::from_secs(1);

/// A progress bar on standard error; invisible when that is no terminal.
pub(super) struct Progress {
    what: &'static str,
    started: Instant,
    bar: OnceLock<ProgressBar>,
}

impl Progress {
    pub(super) fn new(what: &'static str) -> Self {
        Self { what, started: Instant::now(), bar: OnceLock::new() }
    }

    /// Shows how many of how many are done.
    pub(super) fn show(&self, done: u64, total: u64) {
        if self.started.elapsed() > DELAY {
            self.bar.get_or_init(|| self.draw(total)).set_position(done);
        }
    }

    fn draw(&self, total: u64) -> ProgressBar {
        // The template is a constant that is known to be right; the default style is a bar as well.
        let style = ProgressStyle::with_template("{msg} {wide_bar} {percent}% {eta}")
            .unwrap_or_else(|_| ProgressStyle::default_bar());
        ProgressBar::new(total).with_style(style).with_message(self.what)
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(bar) = self.bar.get() {
            bar.finish_and_clear();
        }
    }
}
