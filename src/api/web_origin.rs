//! An origin of web pages that may use the node.

use std::str::FromStr;

use axum::http::HeaderValue;
use thiserror::Error;
use url::Url;

/// A web origin as browsers send it, such as `https://school.example:8443` (RFC 6454).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebOrigin(HeaderValue);

/// Why a text is no origin.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[error("an origin is a scheme, a host and perhaps a port, such as https://school.example or http://127.0.0.1:8000")]
pub struct WebOriginError;

impl WebOrigin {
    /// Whether a request with this `Origin` comes from it.
    pub(super) fn is(&self, origin: &HeaderValue) -> bool {
        self.0 == origin
    }

    /// The value of headers that name it.
    pub(super) fn header(&self) -> HeaderValue {
        self.0.clone()
    }
}

impl FromStr for WebOrigin {
    type Err = WebOriginError;

    fn from_str(text: &str) -> Result<Self, WebOriginError> {
        let url = Url::parse(text).map_err(|_| WebOriginError)?;
        let has_more = url.path() != "/" || url.query().is_some() || url.fragment().is_some();
        let has_user = !url.username().is_empty() || url.password().is_some();
        let is_web = matches!(url.scheme(), "http" | "https") && text.contains("://");
        // A star is a name to the URL standard; nobody who writes one means that.
        let has_star = text.contains('*');
        if !is_web || has_more || has_user || has_star {
            return Err(WebOriginError);
        }
        let origin = HeaderValue::try_from(url.origin().ascii_serialization()).map_err(|_| WebOriginError)?;
        Ok(Self(origin))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_kept_as_browsers_send_it() {
        for (text, sent) in [
            ("https://school.example", "https://school.example"),
            ("https://School.Example:443/", "https://school.example"),
            ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
            ("http://[::1]:80", "http://[::1]"),
            ("http://b\u{fc}cher.example", "http://xn--bcher-kva.example"),
        ] {
            let origin: WebOrigin = text.parse().unwrap();
            assert!(origin.is(&HeaderValue::from_static(sent)), "{text}: {origin:?}");
            assert!(!origin.is(&HeaderValue::from_static("null")) && !origin.is(&HeaderValue::from_static("*")));
        }
    }

    #[test]
    fn what_is_no_origin_is_refused() {
        for text in [
            "",
            "*",
            "null",
            "school.example",
            "school.example:443",
            "https:school.example",
            "https://",
            "https://*",
            "https://school.example/course",
            "https://school.example?x",
            "https://school.example#x",
            "https://me@school.example",
            "ftp://school.example",
            "file:///",
            "data:text/html,x",
        ] {
            assert_eq!(text.parse::<WebOrigin>(), Err(WebOriginError), "{text}");
        }
    }
}
