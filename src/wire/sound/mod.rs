//! The JSON shapes of the sound rules (docs/sound-rules.md section 6), shared by the server, the client that asks peers and the
//! command line. The OpenAPI document is made from them.
//!
//! Amounts are integers in units. Hashes and ids are shown with their bytes reversed, notes and signatures in lower-case hexadecimal
//! digits, keys as addresses.

mod accounts;
mod answers;
mod blocks;
mod events;
mod mining;
mod replacements;
mod requests;
mod status;
#[cfg(test)]
mod tests;
mod transactions;

pub use accounts::{AccountJson, AccountPage, Accounts, BookedTransaction};
pub use answers::{AddedAnswer, ChainAnswer, MinedAnswer, ReplacedAnswer};
pub use blocks::{
    BlockJson, Blocks, ChainPiece, FoundBlock, HeaderJson, HeaderPiece, Headers, MAX_HEADERS, MinedJson, OutcomeJson,
    RawHeaderJson, RawJson, SubmittedJson,
};
pub use events::{BlockEvent, LeftEvent, ReplacementEvent, TransactionEvent, event};
pub use mining::{TemplateJson, TemplateRequest};
pub use replacements::{ConnectedBlocks, GivenUpBlocks, ReplacementJson, ReturnedJson, RoundJson};
pub use requests::{
    SoundRequestError, TransferRequest, raw_from_json, receiver_from_json, transfer_from_json, transfer_with_keys,
};
pub use status::{MempoolJson, SoundStatus};
pub use transactions::{
    Accepted, DepartureJson, Pending, ProofJson, RewardJson, TransactionJson, TransactionState, TransactionStatus,
    TransferJson,
};
