//! How the target follows the power of a network (docs/sound-rules.md section 4).

mod asert;
mod classroom;
mod retarget;

pub use asert::{Anchor, Asert};
pub use classroom::classroom;
pub use retarget::{RETARGET_BLOCKS, retarget};
