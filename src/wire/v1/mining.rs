//! Mining by itself.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// When a node mines without being asked for each block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "mode", rename_all = "snake_case")]
pub enum Mining {
    /// Never.
    Off,
    /// A block in each interval.
    Interval {
        /// The interval in milliseconds.
        #[schema(minimum = 100, maximum = 3_600_000)]
        every_ms: u64,
    },
    /// Whenever payments wait.
    OnPayment,
}
