//! The answer to a refused navigation: a page that explains it, in English and in Chinese. It has no script.

use axum::{
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse as _, Response},
};

use super::{error::ApiError, origin_check::is_navigation, page};

/// The answer to a request that a check has refused: a page for a person, the plain error for a program.
pub(super) fn answer(error: ApiError, headers: &HeaderMap) -> Response {
    let text = match &error {
        ApiError::ForeignSite => include_str!("foreign_site.html").to_owned(),
        ApiError::ForeignHost(_) => {
            include_str!("foreign_host.html").replace("{sentence}", &escaped(&error.to_string()))
        }
        _ => return error.into_response(),
    };
    if !is_navigation(headers) {
        return error.into_response();
    }
    let mut response = (error.status(), text).into_response();
    for (name, value) in [
        (header::CONTENT_TYPE, page::HTML),
        (header::CACHE_CONTROL, "no-store"),
        (header::CONTENT_SECURITY_POLICY, page::POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
    ] {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
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
    }
}
