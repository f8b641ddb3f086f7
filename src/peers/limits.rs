//! What a peer may cost (docs/contract.md section 6).

use std::time::Duration;

use bcoin_node::{MAX_SPOOL_BYTES, store::Location};

/// How long a peer may take and how much it may send.
#[derive(Clone, Copy, Debug)]
pub struct ClientLimits {
    /// Time to connect.
    pub connect: Duration,
    /// Time for a short document of `/api/v1`, and for all that is asked to show how a peer is.
    pub document: Duration,
    /// Time to the first byte of a chain.
    pub first_byte: Duration,
    /// Time over which the rate is averaged once a chain has begun to arrive.
    pub rate_window: Duration,
    /// The lowest rate, in bytes per second as they are received.
    pub min_rate: u64,
    /// The longest chain that is taken: the bytes that the encodings of its blocks have together.
    pub chain_bytes: u64,
    /// The bytes that all temporary files have together.
    pub spool_bytes: u64,
    /// How long a round waits for others once a valid chain has arrived, and from its beginning when none is arriving.
    pub round_pause: Duration,
    /// How long a round takes at most.
    pub round: Duration,
}

impl ClientLimits {
    /// The default of [`ClientLimits::chain_bytes`].
    const CHAIN_BYTES: u64 = 1 << 30;
    /// Its default for a node that keeps its data in memory.
    const CHAIN_BYTES_IN_MEMORY: u64 = 64 << 20;

    /// The defaults of a node that keeps its data there.
    pub fn of(location: &Location) -> Self {
        match location {
            Location::Memory => Self { chain_bytes: Self::CHAIN_BYTES_IN_MEMORY, ..Self::default() },
            Location::Folder(_) => Self::default(),
        }
    }
}

impl Default for ClientLimits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(3),
            document: Duration::from_secs(10),
            first_byte: Duration::from_secs(60),
            rate_window: Duration::from_secs(10),
            min_rate: 32 << 10,
            chain_bytes: Self::CHAIN_BYTES,
            spool_bytes: MAX_SPOOL_BYTES,
            round_pause: Duration::from_secs(8),
            round: Duration::from_secs(60),
        }
    }
}
