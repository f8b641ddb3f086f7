//! Which language a browser prefers (RFC 9110 section 12.5.4).

use axum::http::{HeaderMap, header};

/// A language of the pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Language {
    English,
    Chinese,
}

impl Language {
    /// The tag that HTML names it by.
    pub(super) fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Chinese => "zh-CN",
        }
    }
}

/// Both languages, the one that is preferred first; English when neither is.
pub(super) fn in_order(headers: &HeaderMap) -> [Language; 2] {
    let wishes: Vec<&str> =
        headers.get_all(header::ACCEPT_LANGUAGE).iter().filter_map(|wishes| wishes.to_str().ok()).collect();
    let (english, chinese) = (best("en", &wishes), best("zh", &wishes));
    if chinese > english { [Language::Chinese, Language::English] } else { [Language::English, Language::Chinese] }
}

/// How much a language is preferred: its weight, and for equal weights, which range comes first.
fn best(language: &str, wishes: &[&str]) -> (f32, isize) {
    let ranges = wishes.iter().flat_map(|wishes| wishes.split(','));
    let places = (0_isize..).map(|place| -place);
    let weights = ranges.zip(places).filter_map(|(range, place)| Some((weight(language, range)?, place)));
    weights.fold((0.0, isize::MIN), |best, found| if found > best { found } else { best })
}

/// The weight of a range such as `zh-CN;q=0.9`, if it is one of this language.
fn weight(language: &str, range: &str) -> Option<f32> {
    let (tag, parameter) = range.split_once(';').unwrap_or((range, "q=1"));
    if !tag.trim().split('-').next()?.eq_ignore_ascii_case(language) {
        return None;
    }
    parameter.trim().strip_prefix("q=")?.parse().ok().filter(|weight| *weight > 0.0 && *weight <= 1.0)
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn the_preferred_language_comes_first() {
        for (wishes, first) in [
            ("", Language::English),
            ("de", Language::English),
            ("zh-CN", Language::Chinese),
            ("ZH", Language::Chinese),
            ("zh-TW,zh;q=0.9,en;q=0.8", Language::Chinese),
            ("en-GB,en;q=0.9,zh;q=0.8", Language::English),
            ("en;q=0.5, zh;q=0.6", Language::Chinese),
            ("en, zh", Language::English),
            ("zh, en", Language::Chinese),
            ("de, zh;q=0", Language::English),
            ("zh;q=NaN", Language::English),
            ("zh;q=9", Language::English),
            (";,;q=,zh;x", Language::English),
            ("fr, zh;q=0.1", Language::Chinese),
        ] {
            let headers = HeaderMap::from_iter([(header::ACCEPT_LANGUAGE, HeaderValue::from_static(wishes))]);
            assert_eq!(in_order(&headers)[0], first, "{wishes}");
        }
    }
}
