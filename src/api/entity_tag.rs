//! Whether a client has an answer already (RFC 9110 sections 8.8.3 and 13.1.2).

use axum::http::{HeaderMap, header};
use bcoin_ledger::BlockHash;

/// The entity tag of a chain: the hash of its last block (RFC 9110 section 8.8.3). It is weak, because the body may be compressed.
pub(super) fn of_chain(tip: BlockHash) -> String {
    format!("W/\"{tip}\"")
}

/// Whether `If-None-Match` lists this tag, or is `*`. Tags are compared weakly. The tag holds no comma.
pub(super) fn is_known(headers: &HeaderMap, tag: &str) -> bool {
    let lists = headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|list| list.to_str().ok());
    lists.flat_map(|list| list.split(',')).map(str::trim).any(|known| known == "*" || opaque(known) == opaque(tag))
}

/// A tag without the mark of weak ones.
fn opaque(tag: &str) -> &str {
    tag.strip_prefix("W/").unwrap_or(tag)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_found_in_any_list_in_its_weak_and_its_strong_form() {
        let known = |lists: &[&'static str]| {
            let lists = lists.iter().map(|list| (header::IF_NONE_MATCH, (*list).parse().unwrap()));
            let mut headers = HeaderMap::new();
            for (name, list) in lists {
                headers.append(name, list);
            }
            is_known(&headers, "W/\"1f2e\"")
        };
        for lists in
            [&["W/\"1f2e\""][..], &["\"1f2e\""], &["*"], &["\"a,b\", W/\"1f2e\" ,\"c\""], &["\"a\"", "\"b\",\"1f2e\""]]
        {
            assert!(known(lists), "{lists:?}");
        }
        for lists in [&[][..], &[""], &["1f2e"], &["\"1f2\""], &["w/\"1f2e\""], &["\"1f2e,\""], &["\"*\""]] {
            assert!(!known(lists), "{lists:?}");
        }
    }
}
