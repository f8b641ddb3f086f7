//! Properties that hold for any bytes: one check for each fuzz target.
//!
//! The fuzz targets in `fuzz/` call these with bytes that libFuzzer generates; the test module `corpus` calls them with the
//! inputs that are kept. Each check panics when its property does not hold. It returns whether something in the bytes was
//! accepted, so that a test can notice a corpus in which everything is refused.

mod block_reader;
mod block_script;
mod canonical_writer;
#[path = "../../../crates/ledger/tests/sound/chain.rs"]
#[allow(dead_code, reason = "the tests of the ledger use the rest")]
mod chain;
mod peer_chain;
mod plain_accounts;
mod plain_bech32m;
mod plain_encoding;
mod plain_float;
mod plain_json;
mod plain_target;
mod plain_writer;
mod requests;
mod sound_connect;
mod sound_decoders;
mod sound_headers;
mod sound_texts;

pub use block_reader::block_reader;
pub use canonical_writer::{canonical_writer, plain_canonical_block};
pub use peer_chain::peer_chain;
pub use requests::requests;
pub use sound_connect::sound_connect;
pub use sound_decoders::sound_decoders;
pub use sound_headers::sound_headers;
pub use sound_texts::sound_texts;
