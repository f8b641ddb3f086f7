//! What has to hold for any bytes whatever: one check for each fuzz target.
//!
//! The fuzz targets in `fuzz/` call these with bytes that libFuzzer makes up; the test module `corpus` calls them with the
//! inputs that are kept. Each check panics when something does not hold, and says whether it found something in the bytes
//! that is taken, so that a test can tell a corpus that reaches the code from one that is all refused at the door.

mod block_reader;
mod canonical_writer;
mod peer_chain;
mod plain_float;
mod plain_json;
mod plain_writer;
mod requests;

pub use block_reader::block_reader;
pub use canonical_writer::{canonical_writer, plain_canonical_block};
pub use peer_chain::peer_chain;
pub use requests::requests;
