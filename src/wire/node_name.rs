//! How a node is called.

use std::{fmt, str::FromStr};

use thiserror::Error;

use crate::format::is_unsafe;

/// The name of a node, for people: 1 to 40 characters, of which none is invisible or changes how the others are shown.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct NodeName(String);

/// Why a text is no name of a node.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum NodeNameError {
    /// It is empty, or too long.
    #[error("the name of a node has 1 to {} characters", NodeName::MAX)]
    Length,
    /// It holds a character that cannot be seen, or that moves others.
    #[error(
        "the name of a node holds no control characters, and none that are invisible or change the direction of the text"
    )]
    Character,
    /// It begins or ends with a blank.
    #[error("the name of a node neither begins nor ends with a blank")]
    Blank,
}

impl NodeName {
    /// The longest name, in characters.
    pub const MAX: usize = 40;

    /// The name of a node that has been given none: that of its machine, as far as it can be used, and the port.
    pub fn of_machine(machine: &str, port: u16) -> Self {
        let name: String = machine.chars().filter(|character| !is_unsafe(*character)).collect();
        let name = match name.trim() {
            "" => "node",
            name => name,
        };
        Self::with_suffix(name, &format!(":{port}"))
    }

    /// The name of one of several nodes: this one and the port.
    pub fn with_port(&self, port: u16) -> Self {
        Self::with_suffix(&self.0, &format!(" {port}"))
    }

    /// Cuts the beginning, so that the whole is not too long.
    fn with_suffix(beginning: &str, suffix: &str) -> Self {
        let beginning: String = beginning.chars().take(Self::MAX - suffix.len()).collect();
        Self(format!("{}{suffix}", beginning.trim_end()))
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for NodeName {
    type Err = NodeNameError;

    fn from_str(text: &str) -> Result<Self, NodeNameError> {
        if !(1..=Self::MAX).contains(&text.chars().count()) {
            Err(NodeNameError::Length)
        } else if text.contains(is_unsafe) {
            Err(NodeNameError::Character)
        } else if text.trim() != text {
            Err(NodeNameError::Blank)
        } else {
            Ok(Self(text.to_owned()))
        }
    }
}

impl fmt::Display for NodeName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_short_and_can_be_seen() {
        let longest = "小".repeat(40);
        for name in ["Ada", "A", "Zoë O'Brien", "王小明", "<b>", &longest] {
            assert_eq!(name.parse::<NodeName>().map(|name| name.to_string()).as_deref(), Ok(name));
        }
        for (text, error) in [
            ("", NodeNameError::Length),
            (&"a".repeat(41), NodeNameError::Length),
            ("a\nb", NodeNameError::Character),
            ("a\u{1b}[31m", NodeNameError::Character),
            ("\u{202e}adA", NodeNameError::Character),
            ("\u{200b}", NodeNameError::Character),
            (" ", NodeNameError::Blank),
            ("Ada ", NodeNameError::Blank),
            ("\u{3000}Ada", NodeNameError::Blank),
        ] {
            assert_eq!(text.parse::<NodeName>(), Err(error), "{text:?}");
        }
    }

    #[test]
    fn without_a_name_a_node_is_called_after_its_machine() {
        for (machine, port, name) in [
            ("ada-laptop", 1001, "ada-laptop:1001"),
            ("", 1001, "node:1001"),
            (" \u{202e}\n", 65535, "node:65535"),
            ("a\u{7}b ", 5001, "ab:5001"),
        ] {
            let made = NodeName::of_machine(machine, port);
            assert_eq!(made.as_str(), name);
            assert_eq!(name.parse(), Ok(made));
        }
        let long = NodeName::of_machine(&"x".repeat(253), 65535);
        assert_eq!(long.as_str(), format!("{}:65535", "x".repeat(34)));
    }

    #[test]
    fn the_nodes_of_a_network_differ_by_their_ports() {
        let name: NodeName = "Ada".parse().unwrap();
        assert_eq!(name.with_port(1001).as_str(), "Ada 1001");
        let long: NodeName = "x".repeat(40).parse().unwrap();
        let (first, second) = (long.with_port(1001), long.with_port(65535));
        assert_eq!(first.as_str(), format!("{} 1001", "x".repeat(35)));
        assert_eq!(second.to_string().parse(), Ok(second));
    }
}
