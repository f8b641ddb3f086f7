//! Standard output of the commands: colours on terminals, escapes for unsafe characters, and no error when the reader of a pipe
//! has gone.

use std::{
    env,
    fmt::Display,
    io::{self, ErrorKind, IsTerminal as _, Write as _},
};

use clap::builder::styling::{AnsiColor, Style};
use serde::Serialize;
use serde_json::value::RawValue;

use super::super::{failure::Failure, flags::AskFlags};
use crate::format::is_unsafe;

/// How many characters of a text from the network are printed.
const MAX_TEXT: usize = 300;

/// Something went well.
pub(super) const GOOD: Style = AnsiColor::Green.on_default();
/// Something needs attention.
pub(super) const NOTABLE: Style = AnsiColor::Yellow.on_default();
/// Something is wrong.
pub(super) const BAD: Style = AnsiColor::Red.on_default();
/// The subject of a line.
pub(super) const STRONG: Style = Style::new().bold();
/// Something of little importance.
pub(super) const FAINT: Style = Style::new().dimmed();

/// Standard output.
#[derive(Clone, Copy)]
pub(super) struct Output {
    json: bool,
    colours: bool,
}

impl Output {
    pub(super) fn new(flags: &AskFlags) -> Self {
        Self { json: flags.json, colours: has_colours() }
    }

    /// Whether `--json` is given.
    pub(super) fn is_json(self) -> bool {
        self.json
    }

    /// The text in this style, if colours are on.
    pub(super) fn paint(self, style: Style, text: impl Display) -> String {
        if self.colours { format!("{style}{text}{style:#}") } else { text.to_string() }
    }

    /// Prints a line.
    pub(super) fn line(self, text: impl Display) -> Result<(), Failure> {
        let mut line = text.to_string();
        line.push('\n');
        let mut out = io::stdout().lock();
        match out.write_all(line.as_bytes()).and_then(|()| out.flush()) {
            Err(error) if error.kind() == ErrorKind::BrokenPipe => Err(Failure::NobodyReads),
            Err(error) => Err(Failure::CannotRun(format!("standard output cannot be written: {error}"))),
            Ok(()) => Ok(()),
        }
    }

    /// Prints a JSON document on one line.
    pub(super) fn document(self, json: &RawValue) -> Result<(), Failure> {
        self.line(one_line(json.get()))
    }

    /// Prints a value as a JSON document on one line.
    pub(super) fn value(self, value: &impl Serialize) -> Result<(), Failure> {
        self.document(&serde_json::value::to_raw_value(value)?)
    }

    /// Resolves when the reader of standard output has gone, so that `watch | head` ends at once and not with the next line. Only
    /// pipes report this, and only on Unix.
    pub(super) async fn reader_gone(self) {
        #[cfg(unix)]
        {
            use std::os::fd::AsFd as _;
            use tokio::{io::Interest, net::unix::pipe::Sender};

            let pipe = io::stdout().as_fd().try_clone_to_owned().and_then(Sender::from_owned_fd_unchecked);
            if let Ok(pipe) = pipe
                && pipe.ready(Interest::ERROR).await.is_ok_and(|ready| ready.is_error())
            {
                return;
            }
        }
        std::future::pending().await
    }
}

/// Whether standard output takes colours.
pub(in super::super) fn has_colours() -> bool {
    takes_colours(io::stdout().is_terminal(), |name| env::var(name).unwrap_or_default())
}

/// Whether to use colours: on terminals that support them, unless `NO_COLOR` is set (no-color.org).
fn takes_colours(terminal: bool, variable: impl Fn(&str) -> String) -> bool {
    // The old console of Windows would print the codes. Windows Terminal supports colours and sets WT_SESSION.
    let knows_colours = match variable("TERM").as_str() {
        "dumb" => false,
        "" => !cfg!(windows) || !variable("WT_SESSION").is_empty(),
        _ => true,
    };
    terminal && knows_colours && variable("NO_COLOR").is_empty()
}

/// A text from the network in a form that is safe to print: shortened, and with escapes for characters that move the cursor or
/// change the order of the text around them.
pub(super) fn shown(text: &str) -> String {
    let mut shown = String::with_capacity(text.len().min(4 * MAX_TEXT));
    for (count, character) in text.chars().enumerate() {
        if count == MAX_TEXT {
            shown.push_str("...");
            break;
        }
        if is_unsafe(character) {
            shown.extend(character.escape_unicode());
        } else {
            shown.push(character);
        }
    }
    shown
}

/// JSON on one line, with escapes for the same characters as in [`shown`]. Its value does not change.
fn one_line(json: &str) -> String {
    let mut line = String::with_capacity(json.len());
    for character in json.trim().chars() {
        match character {
            // JSON has these between its tokens only.
            '\n' | '\r' | '\t' => line.push(' '),
            character if is_unsafe(character) => {
                for unit in character.encode_utf16(&mut [0; 2]) {
                    line.push_str(&format!("\\u{unit:04x}"));
                }
            }
            character => line.push(character),
        }
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_strangers_text_can_do_nothing_to_a_terminal() {
        assert_eq!(shown("Zoë O'Brien हिन्दी 👩‍🚀 \\"), "Zoë O'Brien हिन्दी 👩‍🚀 \\");
        assert_eq!(shown("a\u{1b}[31mb\r\n\u{9b}c"), "a\\u{1b}[31mb\\u{d}\\u{a}\\u{9b}c");
        assert_eq!(shown("10\u{202e}01\u{2066}"), "10\\u{202e}01\\u{2066}");
        assert_eq!(shown(&"x".repeat(300)).len(), 300);
        assert_eq!(shown(&"x".repeat(301)), format!("{}...", "x".repeat(300)));
    }

    #[test]
    fn json_stays_the_same_on_one_line() {
        let json = "{\n\t\"a\": \"\u{9b}31m\u{202e}\u{7f}\u{e0001}\",\r\n \"b\": 1.50}\n";
        let line = one_line(json);
        assert!(line.is_ascii() && !line.contains(|c: char| c.is_control()), "{line}");
        assert!(line.ends_with("\"b\": 1.50}"), "{line}");
        let value = |text| serde_json::from_str::<serde_json::Value>(text).unwrap();
        assert_eq!(value(&line), value(json));
    }

    #[test]
    fn colours_are_for_terminals_and_never_against_the_users_wish() {
        let with = |terminal, name: &'static str, value: &'static str| {
            takes_colours(terminal, |asked| match asked {
                "TERM" if name != "TERM" => "xterm".into(),
                asked if asked == name => value.into(),
                _ => String::new(),
            })
        };
        assert!(with(true, "", ""));
        assert!(with(true, "NO_COLOR", ""), "an empty NO_COLOR is none");
        assert!(!with(true, "NO_COLOR", "1"));
        assert!(!with(true, "TERM", "dumb"));
        assert!(!with(false, "", ""));
        let painted = |colours| Output { json: false, colours }.paint(GOOD, "x");
        assert_eq!((painted(false).as_str(), painted(true).as_str()), ("x", "\u{1b}[32mx\u{1b}[0m"));
    }
}
