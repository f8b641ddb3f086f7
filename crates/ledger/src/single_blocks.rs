//! What more a node has to know of rules under which blocks travel one by one: each is judged when it comes, wherever its parent
//! is.

use chrono::{DateTime, Utc};

use crate::{hash::BlockHash, rules::Rules, tip::Tip};

/// Rules under which a block says itself which one is its parent, and carries work that shows without it. A checked header tells the
/// end of the chain that ends with its block.
pub trait SingleBlocks: Rules<BlockError: Clone, CheckedHeader: AsRef<Tip>> {
    /// The header with which the encoding of a block begins. The rest is not read.
    ///
    /// # Errors
    /// When there is no whole header, or the bytes are too many for a block.
    fn read_header(&self, encoding: &[u8]) -> Result<Self::Header, Self::BlockError>;

    /// The hash of the block with this header.
    fn hash(&self, header: &Self::Header) -> BlockHash;

    /// The hash of the block before.
    fn parent(&self, header: &Self::Header) -> BlockHash;

    /// From when on the header is not early.
    fn due(&self, header: &Self::Header) -> DateTime<Utc>;

    /// Judges the work of a header whose parent is not known: whether it is at least that of the easiest block that there can be.
    ///
    /// # Errors
    /// When it is less.
    fn check_least_work(&self, header: &Self::Header) -> Result<(), Self::BlockError>;

    /// Judges whether the transactions of a block are those that its header names, and no others with the same root: then no other
    /// body belongs to the header.
    ///
    /// # Errors
    /// When they are not.
    fn check_body(&self, block: &Self::Block) -> Result<(), Self::BlockError>;

    /// What may be concluded from an error.
    fn invalidity(&self, error: &Self::BlockError) -> Invalidity;
}

/// How a block is invalid: what may be concluded from that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Invalidity {
    /// For ever: the hash may be remembered as that of an invalid block.
    Permanent,
    /// Not yet valid: its time is ahead of the clock, which is nobody's fault.
    Early,
    /// Its parent is not the block that it was judged after.
    MissingParent,
    /// It has not the body that belongs to its header: who sent it is to blame, and the hash is not.
    Body,
}
