//! The address of a node: `host:port`.

use std::{
    fmt,
    net::{IpAddr, Ipv4Addr},
    str::FromStr,
};

use thiserror::Error;
use url::{Host, Url};

use crate::ip_filter::may_be_asked;

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
    #[error("it is no address such as http://HOST:PORT ({0})")]
    Malformed(String),
    /// Another scheme than http.
    #[error("nodes speak plain http, not {0}")]
    Scheme(String),
    /// A user name or a password stands in it.
    #[error("an address carries no user name or password")]
    Credentials,
    /// No node is at this IP address, and something else may be. See [`may_be_asked`].
    #[error("link-local, metadata, multicast and broadcast addresses are not asked, nor is 0.x.x.x")]
    NotAsked,
    /// An IPv4 address that the URL standard reads, in another spelling than the usual one.
    #[error(
        "an IPv4 address has four decimal parts such as 127.0.0.1, and only a number alone is a port of this machine"
    )]
    Ipv4Spelling,
    /// Port 0 cannot be connected to.
    #[error("port 0 is no port that can be asked")]
    PortZero,
    /// A number alone that is no port.
    #[error("a number alone is a port of this machine, and {0} is beyond the last one, 65535")]
    PortTooLarge(String),
    /// A colon without a port: a slip, or the scheme of something else, such as `unix:/run/x.sock`.
    #[error("no port stands after the colon, and nodes speak plain http, which needs no other scheme than http://")]
    PortMissing,
}

impl PeerAddress {
    /// The longest text that is read as an address, in characters.
    const MAX_TEXT: usize = 300;
    /// The longest host, in characters, in the ASCII form that is stored (RFC 1035, section 2.3.4). A name grows on its way
    /// there; with a limit on the form that is stored, what is taken can be read again at the next start.
    const MAX_HOST: usize = 253;

    fn new(host: Host, port: u16) -> Result<Self, AddressError> {
        let ip = match &host {
            Host::Ipv4(ip) => Some(IpAddr::from(*ip)),
            Host::Ipv6(ip) => Some(IpAddr::from(*ip)),
            Host::Domain(_) => None,
        };
        match port {
            _ if !ip.is_none_or(may_be_asked) => Err(AddressError::NotAsked),
            0 => Err(AddressError::PortZero),
            port => Ok(Self { host, port }),
        }
    }

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
    /// port 80, and a number alone is a port of this machine (docs/contract.md section 2).
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let malformed = |reason: &str| AddressError::Malformed(reason.into());
        if text.chars().count() > Self::MAX_TEXT {
            return Err(malformed("it is too long"));
        }
        // The URL standard would silently drop or turn these.
        if text.contains(|c: char| c.is_whitespace() || c.is_control() || c == '\\') {
            return Err(malformed("it holds a blank, a control character or a backslash"));
        }
        if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
            let port = text.parse().map_err(|_| AddressError::PortTooLarge(text.to_owned()))?;
            return Self::new(Host::Ipv4(Ipv4Addr::LOCALHOST), port);
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
        let authority = authority(&with_scheme);
        if authority.ends_with(':') {
            return Err(AddressError::PortMissing);
        }
        let host = url.host().ok_or_else(|| malformed("it has no host"))?.to_owned();
        match &host {
            // The URL standard reads an IPv4 address in other digits, bases and numbers of parts, too.
            Host::Ipv4(ip) if authority.split(':').next() != Some(ip.to_string().as_str()) => {
                return Err(AddressError::Ipv4Spelling);
            }
            Host::Domain(name) if name.len() > Self::MAX_HOST => return Err(malformed("its host is too long")),
            Host::Domain(name) if has_empty_label(name) => {
                return Err(malformed("a part of its name is empty, between two dots or before the first one"));
            }
            _ => {}
        }
        Self::new(host, url.port_or_known_default().unwrap_or_default())
    }
}

impl fmt::Display for PeerAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.host, self.port)
    }
}

/// The host and the port as they are written in a URL with a scheme, without what follows them.
fn authority(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest).trim_start_matches('/');
    rest.split(['/', '?', '#']).next().unwrap_or_default()
}

/// Whether a name has nothing between two of its dots, or before the first one. A dot at its end stands for the root.
fn has_empty_label(name: &str) -> bool {
    name.strip_suffix('.').unwrap_or(name).split('.').any(str::is_empty)
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
            ("127.0.0.1:01002", "127.0.0.1:1002"),
            ("1002", "127.0.0.1:1002"),
            ("80", "127.0.0.1:80"),
            ("65535", "127.0.0.1:65535"),
            ("0.0.0.0:1002", "0.0.0.0:1002"),
            ("teacher.example.:1002", "teacher.example.:1002"),
            ("unix:80", "unix:80"),
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
        use AddressError::{Credentials, Malformed, NotAsked, PortMissing, PortTooLarge, PortZero, Scheme};
        for (text, expected) in [
            ("ftp://127.0.0.1:1002", Scheme("ftp".into())),
            ("https://127.0.0.1:1002", Scheme("https".into())),
            ("file:///etc/passwd", Scheme("file".into())),
            ("http://me@127.0.0.1:1002", Credentials),
            ("http://:secret@127.0.0.1:1002", Credentials),
            ("mailto:me@example.org", Credentials),
            ("http://169.254.169.254", NotAsked),
            ("http://169.254.169.254:0/latest", NotAsked),
            ("[fe80::1]:80", NotAsked),
            ("[::ffff:169.254.1.1]:80", NotAsked),
            ("[::ffff:a9fe:101]:80", NotAsked),
            ("[0:0:0:0:0:FFFF:A9FE:A9FE]:80", NotAsked),
            ("[fd00:ec2::254]", NotAsked),
            ("[FD00:0EC2:0:0:0:0:0:0254]", NotAsked),
            ("0.0.0.1:1002", NotAsked),
            ("255.255.255.255:1002", NotAsked),
            ("[ff02::1]:1002", NotAsked),
            ("127.0.0.1:0", PortZero),
            ("0", PortZero),
            ("000", PortZero),
            ("65536", PortTooLarge("65536".into())),
            ("2130706433", PortTooLarge("2130706433".into())),
            ("127.0.0.1:", PortMissing),
            ("http://teacher:/get_chain", PortMissing),
            ("unix:/run/x.sock", PortMissing),
            ("http:/127.0.0.1:1002", PortMissing),
            ("unix:///run/x.sock", Scheme("unix".into())),
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
            "a..b",
            "a..",
            ".a",
            ".",
            "http://a..b:1002",
            "a\u{3002}\u{3002}b",
            "127.0.0.1.1",
            "127.0.0.256",
            "unix:run",
            "http:127.0.0.1:1002",
            &long,
        ] {
            assert!(matches!(text.parse::<PeerAddress>(), Err(Malformed(_))), "{text}");
        }
    }

    #[test]
    fn an_ipv4_address_has_four_decimal_parts() {
        for text in [
            "127.1",
            "127.0.1",
            "127.1:1002",
            "0x7f.1",
            "0x7f.0.0.1",
            "0x7f000001",
            "0X7F000001:1002",
            "0177.0.0.1",
            "127.0.0.01",
            "127.000.000.001:1002",
            "127.0.0.1.",
            "127.0.0.1.:1002",
            "http://1002",
            "http://2130706433",
            "//1002",
            "1002/",
            "1002:1002",
            "http://0xA9FEA9FE/latest",
            "169.16689662",
            "0251.0376.0251.0376",
            // Digits and dots that the URL standard turns into ASCII ones.
            "\u{ff11}\u{ff12}\u{ff17}.0.0.1",
            "127\u{3002}0\u{3002}0\u{3002}1:1002",
            "\u{2460}\u{2461}\u{2466}.0.0.1",
            "\u{ff11}\u{ff10}\u{ff10}\u{ff12}",
            "%31%32%37.0.0.1",
            "127%2e0.0.1",
        ] {
            assert_eq!(text.parse::<PeerAddress>(), Err(AddressError::Ipv4Spelling), "{text}");
        }
    }
}
