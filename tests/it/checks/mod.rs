//! Properties that hold for any bytes: one check for each fuzz target.
//!
//! The fuzz targets in `fuzz/` call these with bytes that libFuzzer generates; the test module `corpus` calls them with the
//! inputs that are kept. Each check panics when its property does not hold. It returns whether something in the bytes was
//! accepted, so that a test can notice a corpus in which everything is refused.

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
