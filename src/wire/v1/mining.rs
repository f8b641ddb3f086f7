//! The mining mode: when a node mines without a request.

use serde::{Deserialize, Deserializer, Serialize, de::Error as _};
use utoipa::ToSchema;

/// When a node mines without being asked for each block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "mode", rename_all = "snake_case")]
#[schema(as = Mining)]
pub enum MiningJson {
    /// Never.
    Off,
    /// A block in each interval.
    Interval {
        /// The interval in milliseconds.
        #[serde(deserialize_with = "whole")]
        #[schema(minimum = 100, maximum = 3_600_000)]
        every_ms: u64,
    },
    /// Whenever payments wait.
    OnPayment,
    /// One block after the other; under the sound rules only.
    Continuous,
}

/// A whole number, which JSON may write as `1000.0` too.
fn whole<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    let number = f64::deserialize(deserializer)?;
    // Beyond 2^53 not every whole number is a float.
    if number.fract() == 0.0 && (0.0..=9_007_199_254_740_992.0).contains(&number) {
        Ok(number as u64)
    } else {
        Err(D::Error::custom(format_args!("{number} is no whole number of milliseconds")))
    }
}
