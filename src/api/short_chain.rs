//! The body of `/get_chain`, kept while it is short and still true: most chains are short, and most requests read them.

use std::sync::{Arc, PoisonError, RwLock};

use bytes::Bytes;

use crate::ledger::BlockHash;

/// Shared by all requests.
#[derive(Clone, Default)]
pub(super) struct ShortChain(Arc<RwLock<Option<(BlockHash, Bytes)>>>);

impl ShortChain {
    /// The body for the chain that ends with `tip`, if it is kept.
    pub(super) fn get(&self, tip: BlockHash) -> Option<Bytes> {
        let kept = self.0.read().unwrap_or_else(PoisonError::into_inner);
        kept.as_ref().filter(|(kept, _)| *kept == tip).map(|(_, body)| body.clone())
    }

    /// Keeps the body for the chain that ends with `tip`, instead of the one before.
    pub(super) fn keep(&self, tip: BlockHash, body: Bytes) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Some((tip, body));
    }
}
