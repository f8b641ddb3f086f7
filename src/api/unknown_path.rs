//! The answer to a path where nothing is: 404, with the path that may have been meant.

use std::sync::Arc;

use axum::http::Uri;
use strsim::damerau_levenshtein;

use super::{error::ApiError, middleware::is_v1};
use crate::wire::v1::PREFIX;

/// Paths beside the documented ones that people type.
const FURTHER_PATHS: [&str; 5] = ["/class", "/docs", "/metrics", "/healthz", "/readyz"];
/// A longer path is compared with nothing, so that what a comparison costs has a bound.
const MAX_COMPARED: usize = 64;
/// So many letters of a name may be wrong: one of each three.
const LETTERS_FOR_AN_ERROR: usize = 3;

/// The paths that a mistyped one is compared with.
#[derive(Clone)]
pub(super) struct KnownPaths(Arc<[String]>);

impl KnownPaths {
    /// These paths, in which `{name}` stands for any segment, and the ones that no document describes.
    pub(super) fn new(documented: impl IntoIterator<Item = String>) -> Self {
        Self(documented.into_iter().chain(FURTHER_PATHS.map(str::to_owned)).collect())
    }

    /// The answer to a path where nothing is.
    pub(super) fn error(&self, uri: &Uri) -> ApiError {
        let path = uri.path().to_owned();
        let meant = self.nearest(&path);
        if is_v1(&path) { ApiError::UnknownPathOfV1 { path, meant } } else { ApiError::UnknownPath { path, meant } }
    }

    /// The path that was probably meant; none when nothing is near.
    fn nearest(&self, path: &str) -> Option<String> {
        if path.len() > MAX_COMPARED {
            return None;
        }
        let asked = Segments::of(path);
        let near = |is_v1: bool| {
            let known = self.0.iter().map(|known| Segments::of(known)).filter(|known| known.is_v1 == is_v1);
            let near = known.filter_map(|known| Some((asked.distance(&known)?, known)));
            near.min_by_key(|(distance, _)| *distance).map(|(_, known)| asked.filled_into(&known))
        };
        let of_a_word =
            || self.0.iter().filter(|known| asked.is_a_word_of(known)).min_by_key(|known| known.len()).cloned();
        // At last those with `/api/v1` where it does not belong, or without it.
        near(asked.is_v1).or_else(of_a_word).or_else(|| near(!asked.is_v1))
    }
}

/// A path without `/api/v1`, in parts.
struct Segments<'a> {
    is_v1: bool,
    names: Vec<&'a str>,
}

impl<'a> Segments<'a> {
    fn of(path: &'a str) -> Self {
        let is_v1 = is_v1(path);
        let rest = if is_v1 { &path[PREFIX.len()..] } else { path };
        Self { is_v1, names: rest.split('/').filter(|name| !name.is_empty()).collect() }
    }

    /// How many letters have to be changed to come to the names of a known path; none when these are too many.
    fn distance(&self, known: &Segments) -> Option<usize> {
        if self.names.is_empty() || self.names.len() != known.names.len() {
            return None;
        }
        self.names.iter().zip(&known.names).map(|(name, known)| name_distance(name, known)).sum()
    }

    /// Whether this is one of the words of a route of the chapter, such as `chain` of `/get_chain`.
    fn is_a_word_of(&self, known: &str) -> bool {
        let [name] = self.names[..] else { return false };
        known
            .strip_prefix('/')
            .is_some_and(|known| known.contains('_') && known.split('_').any(|word| word == plain(name)))
    }

    /// The known path, with the segments of this one where it takes any.
    fn filled_into(&self, known: &Segments) -> String {
        let names = self.names.iter().zip(&known.names).map(|(name, known)| if is_any(known) { name } else { known });
        let prefix = if known.is_v1 { PREFIX } else { "" };
        names.fold(prefix.to_owned(), |path, name| path + "/" + name)
    }
}

/// Whether a segment of a known path stands for any.
fn is_any(known: &str) -> bool {
    known.starts_with('{')
}

/// How many letters differ; none when more than one of each three do. Case, `-` and `_` do not count.
fn name_distance(name: &str, known: &str) -> Option<usize> {
    if is_any(known) {
        return Some(0);
    }
    let (name, known) = (plain(name), plain(known));
    let most = known.len() / LETTERS_FOR_AN_ERROR;
    let distance =
        if name.len().abs_diff(known.len()) > most { return None } else { damerau_levenshtein(&name, &known) };
    (distance <= most).then_some(distance)
}

/// A name in small letters, without what joins its words.
fn plain(name: &str) -> String {
    name.chars().filter(|letter| !matches!(letter, '-' | '_')).collect::<String>().to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nearest(path: &str) -> Option<String> {
        let documented = [
            "/mine_block",
            "/get_chain",
            "/is_valid",
            "/add_transaction",
            "/connect_node",
            "/replace_chain",
            "/api/v1/blocks",
            "/api/v1/blocks/{id}",
            "/api/v1/blocks/{id}/text",
            "/api/v1/peers",
            "/api/v1/status",
            "/api/v1/chain",
        ];
        KnownPaths::new(documented.map(str::to_owned)).nearest(path)
    }

    #[test]
    fn what_is_near_is_named() {
        for (path, meant) in [
            ("/mine_block/", "/mine_block"),
            ("/mineblock", "/mine_block"),
            ("/mine-block", "/mine_block"),
            ("//mine_block", "/mine_block"),
            ("/mine_blcok", "/mine_block"),
            ("/get-chain", "/get_chain"),
            ("/Get_Chain", "/get_chain"),
            ("/getChain/", "/get_chain"),
            ("/add_transactions", "/add_transaction"),
            ("/connect_nodes", "/connect_node"),
            ("/isvalid", "/is_valid"),
            ("/replace_chains", "/replace_chain"),
            ("/api/v1/block", "/api/v1/blocks"),
            ("/api/v1/blocks/", "/api/v1/blocks"),
            ("/api/v1/block/7", "/api/v1/blocks/7"),
            ("/api/v1/blocks/7/txt/", "/api/v1/blocks/7/text"),
            ("/api/v1/Status", "/api/v1/status"),
            ("/api/v1/mine_block", "/mine_block"),
            ("/blocks", "/api/v1/blocks"),
            ("/status", "/api/v1/status"),
            ("/doc", "/docs"),
            ("/class/", "/class"),
            ("/mine", "/mine_block"),
            ("/chain", "/get_chain"),
            ("/transaction", "/add_transaction"),
        ] {
            assert_eq!(nearest(path).as_deref(), Some(meant), "{path}");
        }
    }

    #[test]
    fn what_is_far_off_is_not() {
        let long = format!("/mine_block{}", "/".repeat(MAX_COMPARED));
        for path in [
            "/",
            "//",
            "/a",
            "/wp-login.php",
            "/favicon.ico",
            "/robots.txt",
            "/get_price",
            "/mint",
            "/api",
            "/api/v1",
            "/%00",
        ] {
            assert_eq!(nearest(path), None, "{path}");
        }
        for path in ["/api/v1/", "/api/v1/nonsense", "/api/v1/blocks/7/text/more", "/mine_block/mine_block", &long] {
            assert_eq!(nearest(path), None, "{path}");
        }
    }
}
