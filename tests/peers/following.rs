//! A client pays until the chain of a node is long, and a second node follows it: all the way, and at the cost of what is new.

use bcoin_testkit::{Http, process::memory};
use futures_util::{StreamExt as _, stream};

use crate::{BCOIN, proxy::Proxy};

/// How many bytes the chain has at the end, in the long form and the short one.
const LONG: u64 = 500_000_000;
const SHORT: u64 = 20_000_000;
/// How many payments are sent between two blocks, each of about 3 kB of canonical text.
const PAYMENTS: usize = 2000;
/// How many clients send them at a time.
const CLIENTS: usize = 32;

/// Returns whether every following was within its bound: 1.2 times the bytes of the new blocks, and 64 KB.
pub async fn following_a_growing_chain(long: bool) -> bool {
    let target = if long { LONG } else { SHORT };
    println!("following a chain that grows to {} MB", target / 1_000_000);
    let folder = tempfile::tempdir().unwrap();
    let data = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let payee = BCOIN.start(&["--port", "0", "--data-dir", &data("payee")]);
    let follower = BCOIN.start(&["--port", "0", "--data-dir", &data("follower")]);
    let proxy = Proxy::start(payee.address(), None).await;
    let (payee_http, follower_http) = (payee.http(), follower.http());
    follower_http.connect(&[&proxy.address()]).await;

    let (mut steps, mut good, mut worst, mut before) = (0, true, 0.0_f64, 0);
    loop {
        // A short step now and then: what is new may be less than the questions about it.
        let payments = if steps % 8 == 7 { 1 } else { PAYMENTS };
        pay(&payee_http, payments).await;
        payee_http.mine().await;
        let (length, bytes) = state(&payee_http).await;
        proxy.take_passed();
        let answer = follower_http.get("/replace_chain").await;
        let passed = proxy.take_passed();
        let bound = (bytes - before) * 12 / 10 + 64_000;
        let follows = answer.status == 200 && state(&follower_http).await == (length, bytes);
        if !follows || passed > bound {
            println!("block {length}: follows {follows}, {passed} bytes on the wire, bound {bound}");
        }
        good &= follows && passed <= bound;
        if payments > 1 {
            worst = worst.max(passed as f64 / (bytes - before) as f64);
        }
        (before, steps) = (bytes, steps + 1);
        if bytes >= target {
            break;
        }
    }
    let resident = memory(follower.id(), "VmHWM").unwrap_or(0) >> 20;
    println!("followed {steps} times; at most {worst:.3} times the new blocks on the wire; {resident} MiB resident");
    good
}

async fn state(http: &Http) -> (u64, u64) {
    let status = http.get("/api/v1/status").await.json();
    (status["length"].as_u64().unwrap(), status["chain_bytes"].as_u64().unwrap())
}

async fn pay(http: &Http, count: usize) {
    // Six bytes of canonical text for each character, and one on the wire.
    let name = "\u{7f}".repeat(256);
    let body = format!("{{\"sender\": \"{name}\", \"receiver\": \"{name}\", \"amount\": 1}}");
    let answers = stream::iter(0..count).map(|_| http.post("/add_transaction", body.clone()));
    let answers: Vec<_> = answers.buffer_unordered(CLIENTS).collect().await;
    assert!(answers.iter().all(|answer| answer.status == 201), "{}", answers[0].text);
}
