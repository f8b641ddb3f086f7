//! What the tests and benchmarks of B-Coin share: the real program as a process, HTTP to a node, peers that answer what a test
//! wants, long valid chains, a data folder of an earlier format, and random numbers that repeat.

pub mod chain;
pub mod fake_peer;
pub mod format_1;
pub mod http;
pub mod process;
pub mod random;

pub use fake_peer::FakePeer;
pub use http::{Answer, Client, Http, NoAnswer};
pub use process::{Ended, NotReady, Process, Program};
pub use random::Random;
