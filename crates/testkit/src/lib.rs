//! Shared by the tests and benchmarks of B-Coin: the program as a process, HTTP clients for a node, fake peers, long valid chains, a
//! data folder of an earlier format, networks of the sound rules, floods of their blocks, and repeatable random numbers.

pub mod chain;
pub mod cheap;
pub mod fake_peer;
pub mod format_1;
pub mod http;
pub mod machine;
pub mod process;
pub mod random;
pub mod sound;

pub use fake_peer::FakePeer;
pub use http::{Answer, Client, Http, NoAnswer};
pub use process::{Ended, NotReady, Process, Program};
pub use random::Random;
