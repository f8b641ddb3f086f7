//! The host check. It keeps a site from using a node under a name of the site's own, which its pages may then read from (DNS
//! rebinding; docs/contract.md section 6).

use std::{collections::HashSet, net::IpAddr};

use axum::http::{HeaderMap, Request, Uri, Version, header, uri::Authority};

use super::error::ApiError;

/// What the page about a refused name loads (`refusal_page/shell.html`). It tells nothing about a node.
const UNDER_EVERY_NAME: [&str; 3] = ["/page/icon.svg", "/page/styles/base.css", "/page/styles/refusal.css"];

/// The host names a node answers to, beside every IP address.
#[derive(Clone, Debug)]
pub struct HostNames(HashSet<String>);

impl HostNames {
    /// `localhost`, this machine's own name (bare, as it is, and with mDNS's `.local`), and the names that are `allowed`.
    pub fn new(machine: &str, allowed: &[String]) -> Self {
        let machine = normalised(machine);
        let bare = machine.split('.').next().unwrap_or_default().to_owned();
        let mut names: HashSet<String> = allowed.iter().map(|name| normalised(name)).collect();
        names.extend(["localhost".to_owned(), format!("{bare}.local"), bare, machine]);
        names.retain(|name| !name.is_empty() && name != ".local");
        Self(names)
    }

    fn contains(&self, host: &str) -> bool {
        let ip = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
        ip.parse::<IpAddr>().is_ok() || self.0.contains(&normalised(host))
    }
}

/// The form in which names are compared: lower case, without the dot of the root.
fn normalised(name: &str) -> String {
    name.trim_end_matches('.').to_ascii_lowercase()
}

/// The host a request is for; refuses a foreign one.
pub(super) fn check<B>(names: &HostNames, request: &Request<B>) -> Result<Option<Authority>, ApiError> {
    let host = host_of(request.headers(), request.uri(), request.version())?;
    if let Some(host) = &host
        && !names.contains(host.host())
        && !UNDER_EVERY_NAME.contains(&request.uri().path())
    {
        return Err(ApiError::ForeignHost(host.host().escape_debug().to_string()));
    }
    Ok(host)
}

/// The host a request is for (RFC 9112 section 3.2); only HTTP/1.0 may leave it out.
fn host_of(headers: &HeaderMap, uri: &Uri, version: Version) -> Result<Option<Authority>, ApiError> {
    let mut hosts = headers.get_all(header::HOST).iter();
    match (hosts.next(), hosts.next()) {
        (Some(host), None) => {
            let host = Authority::try_from(host.as_bytes()).map_err(|_| ApiError::BadHost)?;
            // A request line with a whole URL names the host as well, and may not name another one.
            match uri.authority() {
                Some(other) if *other != host => Err(ApiError::BadHost),
                _ if host.as_str().contains('@') => Err(ApiError::BadHost),
                _ => Ok(Some(host)),
            }
        }
        (None, _) if version == Version::HTTP_10 && uri.authority().is_none() => Ok(None),
        _ => Err(ApiError::BadHost),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_node_answers_to_addresses_and_to_its_own_names() {
        let names = HostNames::new("Class-PC.school.example", &["Teacher".into()]);
        for host in [
            "127.0.0.1",
            "[::1]",
            "192.168.1.7",
            "localhost",
            "LOCALHOST.",
            "class-pc",
            "class-pc.local",
            "class-pc.school.example",
            "teacher",
        ] {
            assert!(names.contains(host), "{host}");
        }
        for host in ["", "evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "school.example", ".local"]
        {
            assert!(!names.contains(host), "{host}");
        }
    }
}
