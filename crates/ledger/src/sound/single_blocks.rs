//! The sound rules, as far as blocks that travel one by one need them.

use chrono::{DateTime, Utc};

use super::{block_error::BlockError, header::Header, header_chain::HeaderError, rules::Sound};
use crate::{
    hash::BlockHash,
    single_blocks::{Invalidity, SingleBlocks},
};

impl SingleBlocks for Sound {
    fn hash(&self, header: &Header) -> BlockHash {
        header.hash()
    }

    fn parent(&self, header: &Header) -> BlockHash {
        header.previous
    }

    fn time(&self, header: &Header) -> DateTime<Utc> {
        DateTime::from_timestamp(header.time.into(), 0).unwrap_or_default()
    }

    /// The bits have to stand for a target that is not easier than the limit, and the hash has to meet it.
    fn check_least_work(&self, header: &Header) -> Result<(), BlockError> {
        let limit = self.network().parameters().profile().limit();
        let target = header.bits.decode().ok().filter(|target| *target <= limit);
        let hash = header.hash();
        let target = target.ok_or(HeaderError::Work { hash, target: limit })?;
        if target.is_met_by(hash) { Ok(()) } else { Err(HeaderError::Work { hash, target }.into()) }
    }

    fn invalidity(&self, error: &BlockError) -> Invalidity {
        error.invalidity()
    }
}
