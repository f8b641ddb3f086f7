//! The same faults under the sound rules.

pub mod chain;
pub mod corruption;
pub mod customer;
pub mod flushes;
pub mod full_disk;
pub mod kills;
pub mod record;
pub mod reorganisations;
pub mod room;
pub mod scenario;
