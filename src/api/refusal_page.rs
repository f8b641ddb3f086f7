//! The answer to a refused navigation: a page that explains it, in English and in Chinese. It has no script.

mod languages;

use std::net::{IpAddr, SocketAddr};

use axum::{
    http::{Extensions, HeaderMap, HeaderValue, header},
    response::{IntoResponse as _, Response},
};

use self::languages::{Language, in_order};
use super::{error::ApiError, origin_check::is_navigation, page};

/// What all these pages have around their texts.
const SHELL: &str = include_str!("refusal_page/shell.html");

/// The address of this node at which a connection has arrived: an extension of each of its requests.
#[derive(Clone, Copy, Debug)]
pub(super) struct ReachedAddress(pub(super) SocketAddr);

impl ReachedAddress {
    /// The URL of the node's page at this address; `None` for an address that only one interface understands.
    fn url(self) -> Option<String> {
        let ip = self.0.ip().to_canonical();
        let has_scope = matches!(ip, IpAddr::V6(ip) if ip.is_unicast_link_local());
        (!has_scope).then(|| format!("http://{}/", SocketAddr::new(ip, self.0.port())))
    }
}

/// The answer to a request that a check has refused: a page for a person, the plain error for a program.
pub(super) fn answer(error: ApiError, headers: &HeaderMap, extensions: &Extensions) -> Response {
    if !is_navigation(headers) {
        return error.into_response();
    }
    let languages = in_order(headers);
    let sections = match &error {
        ApiError::ForeignSite => languages.map(|language| foreign_site(language).to_owned()),
        ApiError::FromNowhere { path } => languages.map(|language| from_nowhere(language).replace("{path}", path)),
        ApiError::ForeignHost(name) => {
            // Whoever has sent the request knows this address, so a page under a foreign name learns nothing from it. The
            // node's other addresses are not told.
            let url = extensions.get::<ReachedAddress>().copied().and_then(ReachedAddress::url);
            languages.map(|language| foreign_host(language, name, url.as_deref()))
        }
        _ => return error.into_response(),
    };
    let text = SHELL.replace("{lang}", languages[0].tag()).replace("{sections}", &sections.concat());
    let mut response = (error.status(), text).into_response();
    for (name, value) in [
        (header::CONTENT_TYPE, page::HTML),
        (header::CACHE_CONTROL, "no-store"),
        (header::CONTENT_SECURITY_POLICY, page::POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        // A link on it is the node's own, and has to be known as such.
        (header::REFERRER_POLICY, "same-origin"),
    ] {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

fn foreign_site(language: Language) -> &'static str {
    match language {
        Language::English => include_str!("refusal_page/site.en.html"),
        Language::Chinese => include_str!("refusal_page/site.zh-CN.html"),
    }
}

fn from_nowhere(language: Language) -> &'static str {
    match language {
        Language::English => include_str!("refusal_page/nowhere.en.html"),
        Language::Chinese => include_str!("refusal_page/nowhere.zh-CN.html"),
    }
}

fn foreign_host(language: Language, name: &str, url: Option<&str>) -> String {
    let (text, before) = match language {
        Language::English => (include_str!("refusal_page/host.en.html"), "This address works:"),
        Language::Chinese => (include_str!("refusal_page/host.zh-CN.html"), "这个地址可用："),
    };
    let address = url.map(|url| format!("  <p>{before} <a class=\"button\" href=\"{url}\">{url}</a></p>"));
    // The name comes last, so that nothing in it is replaced.
    text.replace("{address}", &address.unwrap_or_default()).replace("{name}", &escaped(name))
}

/// A text that is no markup.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_never_markup() {
        assert_eq!(escaped("<b a='1' c=\"2\">&"), "&lt;b a=&#39;1&#39; c=&quot;2&quot;&gt;&amp;");
        let text = foreign_host(Language::English, "<i>{address}", None);
        assert!(text.contains("&lt;i&gt;{address}") && !text.contains("<i>"), "{text}");
    }

    #[test]
    fn the_address_that_was_reached_is_one_that_can_be_opened() {
        for (address, url) in [
            ("127.0.0.1:1001", Some("http://127.0.0.1:1001/")),
            ("[::1]:1001", Some("http://[::1]:1001/")),
            ("[::ffff:192.168.1.7]:1001", Some("http://192.168.1.7:1001/")),
            ("[fe80::1%2]:1001", None),
        ] {
            assert_eq!(ReachedAddress(address.parse().unwrap()).url().as_deref(), url, "{address}");
        }
    }
}
