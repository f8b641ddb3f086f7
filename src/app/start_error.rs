//! Why a node cannot start.

use std::{io, net::SocketAddr};

use bcoin_node::{AddPeersError, store::OpenError};
use thiserror::Error;

/// Why a node cannot start. Each text says what to do.
#[derive(Debug, Error)]
pub enum StartError {
    /// Another program listens there.
    #[error("port {port} is taken by another program; stop that program, or choose another port with {flag}", flag = Self::PORT_FLAGS)]
    PortTaken {
        /// The port.
        port: u16,
    },
    /// The system keeps the port for privileged users.
    #[error(
        "port {port} is not permitted: this system keeps ports below 1024 for the administrator; either choose a port from 1024 on \
         with {flag}, such as 5001, or let everyone use port {port} with `sudo sysctl net.ipv4.ip_unprivileged_port_start={port}`",
        flag = Self::PORT_FLAGS
    )]
    PortNotPermitted {
        /// The port.
        port: u16,
    },
    /// The address cannot be listened on for another reason.
    #[error("cannot listen on {address}: {source}; choose an address of this machine with --host")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the system said.
        source: io::Error,
    },
    /// The data cannot be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The nodes to connect cannot be kept.
    #[error("cannot connect the nodes given with --nodes and --join: {0}")]
    Peers(AddPeersError),
    /// The clock is before 1970. HTTP dates cannot express such a time, and hyper panics on it.
    #[error("the clock of this computer is set before 1970; set it right, and start again")]
    Clock,
    /// The system refuses something that every node needs.
    #[error("the system refuses a thread or a network client: {0}")]
    System(Box<dyn std::error::Error + Send + Sync>),
}

impl StartError {
    const PORT_FLAGS: &str = "--port (--first-port for `bcoin network`)";
}

pub(super) fn system(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> StartError {
    StartError::System(error.into())
}
