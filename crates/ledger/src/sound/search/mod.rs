//! Searching for a header whose hash meets its target: Bitcoin's work (docs/sound-rules.md section 4).
//!
//! A trial is a nonce under an extranonce. When all nonces are used up, the next extranonce gives the header another Merkle
//! root, and with every second that passes it gets a later time.

mod kernel;
mod prepared;
#[cfg(target_arch = "x86_64")]
mod sha_ni;

use std::{ops::Range, sync::Arc, time::Instant};

pub use kernel::first_in;

use self::prepared::Prepared;
use super::{header::Header, target::Target};
use crate::{
    rules::Found,
    search::{Power, Trials, Workers, first_solution},
    sha256::Kernel,
};

/// How many nonces there are.
const NONCES: u64 = 1 << 32;
/// How many nonces a worker tries before it looks around: 2 ms without SHA instructions.
const RANGE: u64 = 1 << 12;

/// What headers are made from, such as the template of a block.
pub trait HeaderSource: Send + Sync + 'static {
    /// The header with this extranonce in the coinbase, as it is so many seconds after the source was made. Its nonce does not
    /// matter. Called for every few thousand nonces.
    fn header(&self, extranonce: u64, seconds: u32) -> Header;

    /// What the hash of the header has to meet.
    fn target(&self) -> Target;
}

/// What makes the header of a [`HeaderSource`] meet the target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Solution {
    /// The extranonce of the coinbase.
    pub extranonce: u64,
    /// The time of the header.
    pub time: u32,
    /// The nonce of the header.
    pub nonce: u32,
}

/// Where a search begins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Start {
    /// The first extranonce. Miners of the same template begin at different ones, so that they do not try the same headers.
    pub extranonce: u64,
    /// The first nonce under it. Under the extranonces after it nonces begin at 0.
    pub nonce: u32,
}

/// Searches on these workers until a header meets the target or `cancelled` says so. `cancelled` is asked every 5 ms or so. The
/// time of the header is that of the source after the whole seconds since the search began.
pub fn search<T: HeaderSource>(
    template: Arc<T>,
    start: Start,
    workers: Workers,
    cancelled: impl Fn() -> bool,
) -> Option<Found<Solution>> {
    let first = u64::from(start.nonce);
    let headers = Headers::new(template, start.extranonce, Instant::now());
    let (trial, solution) = first_solution(headers, first..u64::MAX, workers, cancelled)?;
    // Trials are tried in their order, so the number of the solution is their count.
    Some(Found { solution, trials: trial - first + 1 })
}

/// The smallest nonce, from 0 on, with which the hash of this header meets the target. All cores search. `None` when there is none, or `cancelled` says so.
pub fn first_nonce(header: &Header, target: Target, cancelled: impl Fn() -> bool) -> Option<u32> {
    first_nonce_on(Workers::all(Power::FULL), header, target, cancelled)
}

fn first_nonce_on(workers: Workers, header: &Header, target: Target, cancelled: impl Fn() -> bool) -> Option<u32> {
    let nonces = Nonces { prepared: Prepared::new(header, target), kernel: Kernel::fastest() };
    first_solution(nonces, 0..NONCES, workers, cancelled).map(|(_, nonce)| nonce)
}

/// The nonces of one header.
struct Nonces {
    prepared: Prepared,
    kernel: Kernel,
}

impl Trials for Nonces {
    const RANGE: u64 = RANGE;
    type Found = u32;

    fn first_in(&self, range: Range<u64>) -> Option<(u64, u32)> {
        kernel::first_prepared(self.kernel, &self.prepared, range).map(|nonce| (nonce.into(), nonce))
    }
}

/// The headers of a template. The lower half of a trial's number is the nonce, and the upper half is added to the extranonce.
struct Headers<T> {
    template: Arc<T>,
    target: Target,
    extranonce: u64,
    began: Instant,
    kernel: Kernel,
}

impl<T: HeaderSource> Headers<T> {
    fn new(template: Arc<T>, extranonce: u64, began: Instant) -> Self {
        let target = template.target();
        Self { template, target, extranonce, began, kernel: Kernel::fastest() }
    }

    /// The first solution among trials that share an extranonce.
    fn first_under_one_extranonce(&self, range: Range<u64>) -> Option<(u64, Solution)> {
        let base = range.start - range.start % NONCES;
        let extranonce = self.extranonce.wrapping_add(base / NONCES);
        let seconds = u32::try_from(self.began.elapsed().as_secs()).unwrap_or(u32::MAX);
        let header = self.template.header(extranonce, seconds);
        let prepared = Prepared::new(&header, self.target);
        let nonce = kernel::first_prepared(self.kernel, &prepared, range.start - base..range.end - base)?;
        Some((base + u64::from(nonce), Solution { extranonce, time: header.time, nonce }))
    }
}

impl<T: HeaderSource> Trials for Headers<T> {
    const RANGE: u64 = RANGE;
    type Found = Solution;

    fn first_in(&self, Range { mut start, end }: Range<u64>) -> Option<(u64, Solution)> {
        while start < end {
            let next = (start - start % NONCES).saturating_add(NONCES).min(end);
            if let Some(found) = self.first_under_one_extranonce(start..next) {
                return Some(found);
            }
            start = next;
        }
        None
    }
}

#[cfg(test)]
mod tests;
