//! Why a peer is passed over, as a sentence that may hold what a stranger wrote.

use super::client::PeerError;

/// The longest sentence, in characters.
const LONGEST: usize = 500;

/// The error as a sentence with a capital letter and a full stop, and not too long.
pub(super) fn sentence(error: &PeerError) -> String {
    let text = error.to_string();
    let mut characters = text.chars().take(LONGEST);
    let first = characters.next().into_iter().flat_map(char::to_uppercase);
    first.chain(characters).chain(['.']).collect()
}
