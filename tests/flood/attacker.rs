//! Who floods a node with blocks.

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    ops::AddAssign,
};

use bcoin_ledger::sound::Sound;
use bcoin_testkit::{
    Http,
    cheap::{Cheap, End},
};
use serde_json::json;

/// How far below the end of the chain the branches begin.
const BEHIND: u64 = 100;
/// How many blocks are made for one beginning: a branch of so many has less work than the chain.
const BATCH: u64 = 90;

/// What was answered.
#[derive(Clone, Copy, Debug, Default)]
pub struct Answers {
    /// Blocks that were kept beside the chain, or were not kept there.
    pub judged: u64,
    /// Blocks that were put aside, or were not put there.
    pub aside: u64,
    /// Offers that were refused because too many were under way.
    pub busy: u64,
}

impl AddAssign for Answers {
    fn add_assign(&mut self, other: Self) {
        self.judged += other.judged;
        self.aside += other.aside;
        self.busy += other.busy;
    }
}

/// One who offers blocks from an address of its own.
#[derive(Clone)]
pub struct Attacker {
    http: Http,
    rules: Sound,
    /// Tells its blocks from those of others.
    number: u64,
    made: u64,
}

impl Attacker {
    /// The one of this number, whose address is 127.0.0.NUMBER.
    pub fn new(node: SocketAddr, rules: &Sound, number: u8) -> Self {
        let http = Http::coming_from(IpAddr::V4(Ipv4Addr::new(127, 0, 0, number)), node);
        Self { http, rules: rules.clone(), number: u64::from(number) << 32, made: 0 }
    }

    /// A number that no other block has.
    pub fn next_number(&mut self) -> u64 {
        self.made += 1;
        self.number + self.made
    }

    /// A block of the chain as far below its end as a branch may begin.
    pub async fn fork(&self) -> End {
        let length = self.http.get("/api/v1/status").await.json()["length"].as_u64().unwrap();
        let index = length.saturating_sub(BEHIND).max(1);
        let block = self.http.get(&format!("/api/v1/blocks/{index}/raw")).await.json();
        let raw = hex::decode(block["raw"].as_str().unwrap()).unwrap();
        End::of(&raw, u32::try_from(index).unwrap() - 1)
    }

    /// Offers a block, and counts how it is answered.
    pub async fn offer(&self, block: &Cheap) -> Answers {
        let body = json!({"raw": hex::encode(&block.encoding)}).to_string();
        let answer = self.http.post("/api/v1/blocks/raw", body).await;
        let mut answers = Answers::default();
        match answer.status {
            200 => answers.judged += 1,
            202 => answers.aside += 1,
            503 => answers.busy += 1,
            other => panic!("a block got {other}: {}", answer.text),
        }
        answers
    }

    /// Offers a block that is to be taken, whether into the chain or beside it.
    pub async fn extend(&self, block: &Cheap) {
        let body = json!({"raw": hex::encode(&block.encoding)}).to_string();
        let answer = self.http.post("/api/v1/blocks/raw", body).await;
        assert!(matches!(answer.status, 200 | 201), "{}", answer.text);
    }

    /// Offers so many blocks: in turn a batch with one parent, and a batch in a line.
    pub async fn flood(mut self, count: u64) -> Answers {
        let mut answers = Answers::default();
        let (mut is_line, mut left) = (false, count);
        while left > 0 {
            let mut parent = self.fork().await;
            let batch = left.min(BATCH);
            for _ in 0..batch {
                let number = self.next_number();
                let block = parent.next(&self.rules, number, &[]);
                answers += self.offer(&block).await;
                if is_line {
                    parent = block.end;
                }
            }
            left -= batch;
            is_line = !is_line;
        }
        answers
    }
}
