//! How errors and times are told, wherever they are.

use std::{error::Error, fmt::Display, time::Duration};

/// The text with a capital letter at its beginning.
pub(crate) fn capitalised(text: &impl Display) -> String {
    let text = text.to_string();
    let mut characters = text.chars();
    match characters.next() {
        Some(first) => first.to_uppercase().chain(characters).collect(),
        None => text,
    }
}

/// What is behind an error; the errors around it only say that something went wrong.
pub(crate) fn root_cause(error: &dyn Error) -> String {
    let mut cause = error;
    while let Some(behind) = cause.source() {
        cause = behind;
    }
    cause.to_string()
}

/// A time in milliseconds.
pub(crate) fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}
