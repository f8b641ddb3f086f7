//! The address of a node: `host:port`.

use std::{fmt, net::IpAddr, str::FromStr};

use thiserror::Error;
use url::{Host, Url};

/// Where a node is asked: a host and a port, shown as `127.0.0.1:1002`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PeerAddress {
    host: Host,
    port: u16,
}

/// Why a text is no address of a node.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum AddressError {
    /// The text cannot be read as an address at all.
    #[error("it is no address such as http://127.0.0.1:1002 ({0})")]
    Malformed(String),
    /// Another scheme than http.
    #[error("nodes speak plain http, not {0}")]
    Scheme(String),
    /// A user name or a password stands in it.
    #[error("an address carries no user name or password")]
    Credentials,
    /// Link-local addresses belong to the machine's own network card and to cloud machines' secrets.
    #[error("link-local addresses are not asked")]
    LinkLocal,
    /// Port 0 cannot be connected to.
    #[error("port 0 is no port that can be asked")]
    PortZero,
}

impl PeerAddress {
    /// The longest text that is read as an address, in characters.
    const MAX_TEXT: usize = 300;
    /// The longest host, in characters, in the ASCII form that is stored (RFC 1035, section 2.3.4). A name grows on its way
    /// there; with a limit on the form that is stored, what is taken can be read again at the next start.
    const MAX_HOST: usize = 253;

    /// The host.
    pub fn host(&self) -> &Host {
        &self.host
    }

    /// The port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The address of a route on this node.
    pub fn url(&self, path: &str) -> String {
        format!("http://{self}{path}")
    }
}

impl FromStr for PeerAddress {
    type Err = AddressError;

    /// Reads `http://host:port`, with or without the scheme, with or without a path, which is dropped; a host alone means
    /// port 80 (docs/contract.md section 2).
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let malformed = |reason: &str| AddressError::Malformed(reason.into());
        if text.chars().count() > Self::MAX_TEXT {
            return Err(malformed("it is too long"));
        }
        // The URL standard would silently drop or turn these.
        if text.contains(|c: char| c.is_whitespace() || c.is_control() || c == '\\') {
            return Err(malformed("it holds a blank, a control character or a backslash"));
        }
        let with_scheme = match text.split_once("://") {
            // What stands in a path is no scheme.
            Some((scheme, _)) if !scheme.contains('/') => text.to_owned(),
            _ => format!("http://{}", text.trim_start_matches('/')),
        };
        let url = Url::parse(&with_scheme).map_err(|error| malformed(&error.to_string()))?;
        if url.scheme() != "http" {
            return Err(AddressError::Scheme(url.scheme().to_owned()));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(AddressError::Credentials);
        }
        let host = url.host().ok_or_else(|| malformed("it has no host"))?.to_owned();
        let ip = match &host {
            Host::Ipv4(ip) => Some(IpAddr::from(*ip)),
            Host::Ipv6(ip) => Some(IpAddr::from(*ip)),
            Host::Domain(name) if name.len() > Self::MAX_HOST => return Err(malformed("its host is too long")),
            Host::Domain(_) => None,
        };
        if ip.is_some_and(is_link_local) {
            return Err(AddressError::LinkLocal);
        }
        match url.port_or_known_default() {
            None | Some(0) => Err(AddressError::PortZero),
            Some(port) => Ok(Self { host, port }),
        }
    }
}

impl fmt::Display for PeerAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.host, self.port)
    }
}

/// Whether an IP address is link-local (RFC 3927, RFC 4291 section 2.5.6), also when it is an IPv4 address in IPv6 clothes.
pub fn is_link_local(ip: IpAddr) -> bool {
    match ip.to_canonical() {
        IpAddr::V4(ip) => ip.is_link_local(),
        IpAddr::V6(ip) => ip.is_unicast_link_local(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_stored_one_way() {
        for (text, address) in [
            ("http://127.0.0.1:1002", "127.0.0.1:1002"),
            ("http://127.0.0.1:1002/", "127.0.0.1:1002"),
            ("http://127.0.0.1:1002/get_chain?x=1#y", "127.0.0.1:1002"),
            ("127.0.0.1:1002", "127.0.0.1:1002"),
            ("//127.0.0.1:1002", "127.0.0.1:1002"),
            ("localhost:1002/", "localhost:1002"),
            ("HTTP://LocalHost:1002", "localhost:1002"),
            ("http://127.0.0.1", "127.0.0.1:80"),
            ("teacher", "teacher:80"),
            ("[::1]:1002", "[::1]:1002"),
            ("http://0x7f.1:01002", "127.0.0.1:1002"),
        ] {
            assert_eq!(text.parse::<PeerAddress>().map(|a| a.to_string()).as_deref(), Ok(address), "{text}");
        }
    }

    #[test]
    fn the_longest_host_that_is_taken_reads_back() {
        let longest = "a".repeat(253);
        let address: PeerAddress = longest.parse().unwrap();
        assert_eq!(address.to_string().parse(), Ok(address));
        // 254 characters as they are, and 100 that take more than 253 in ASCII.
        for text in ["a".repeat(254), ('\u{4e00}'..).step_by(37).take(100).collect()] {
            assert!(matches!(text.parse::<PeerAddress>(), Err(AddressError::Malformed(_))), "{text}");
        }
    }

    #[test]
    fn what_is_no_address_is_refused() {
        use AddressError::{Credentials, LinkLocal, Malformed, PortZero, Scheme};
        for (text, expected) in [
            ("ftp://127.0.0.1:1002", Scheme("ftp".into())),
            ("https://127.0.0.1:1002", Scheme("https".into())),
            ("file:///etc/passwd", Scheme("file".into())),
            ("http://me@127.0.0.1:1002", Credentials),
            ("http://:secret@127.0.0.1:1002", Credentials),
            ("mailto:me@example.org", Credentials),
            ("http://169.254.169.254", LinkLocal),
            ("http://0xA9FEA9FE/latest", LinkLocal),
            ("[fe80::1]:80", LinkLocal),
            ("[::ffff:169.254.1.1]:80", LinkLocal),
            ("127.0.0.1:0", PortZero),
        ] {
            assert_eq!(text.parse::<PeerAddress>(), Err(expected), "{text}");
        }
        let long = "a".repeat(301);
        for text in [
            "",
            "/",
            "http://",
            "http://:80",
            "127.0.0.1:99999",
            "127.0.0.1:port",
            "a b",
            "a\tb",
            "a\\b",
            "javascript:alert(1)",
            "[::1",
            &long,
        ] {
            assert!(matches!(text.parse::<PeerAddress>(), Err(Malformed(_))), "{text}");
        }
    }
}
