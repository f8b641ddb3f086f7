//! `kill -9` at any moment loses no acknowledged transaction and no acknowledged block.

use std::time::Duration;

use crate::support::BCOIN;

/// How often the node is killed.
const KILLS: u64 = 12;

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_node_keeps_all_that_it_acknowledged() {
    let folder = tempfile::tempdir().unwrap();
    let arguments = ["--port", "0", "--data-dir", folder.path().to_str().unwrap()];
    let (mut acknowledged, mut mined) = (Vec::new(), 1);
    let mut next = 0;
    for round in 0..KILLS {
        let node = BCOIN.start(&arguments);
        let http = node.http();
        let chain = http.chain().await;
        assert!(chain.len() as u64 >= mined, "round {round}: block {mined} is lost");
        assert!(http.is_valid().await);

        let load = {
            let http = http.clone();
            let first = next;
            tokio::spawn(async move {
                let (mut paid, mut mined) = (Vec::new(), 0);
                for amount in first.. {
                    let request = http.request("POST", "/add_transaction");
                    let body = format!(r#"{{"sender": "a", "receiver": "b", "amount": {}}}"#, amount + 2);
                    match request.body(body).send().await {
                        Ok(answer) if answer.status() == 201 => paid.push(amount + 2),
                        _ => return (paid, mined, amount + 1),
                    }
                    if amount % 5 == 0 {
                        let Ok(answer) = http.request("GET", "/mine_block").send().await else {
                            return (paid, mined, amount + 1);
                        };
                        let Ok(block) = answer.bytes().await else { return (paid, mined, amount + 1) };
                        let block: serde_json::Value = serde_json::from_slice(&block).unwrap();
                        mined = block["index"].as_u64().unwrap();
                    }
                }
                unreachable!("amounts do not run out")
            })
        };
        // Each round kills at another moment.
        tokio::time::sleep(Duration::from_millis(5 + 37 * round)).await;
        node.kill();
        let (paid, last_mined, following) = load.await.unwrap();
        acknowledged.extend(paid);
        mined = mined.max(last_mined);
        next = following;
    }
    assert!(acknowledged.len() > 50 && mined > 10, "{} payments, {mined} blocks", acknowledged.len());

    let node = BCOIN.start(&arguments);
    let http = node.http();
    http.mine().await;
    let paid = http.paid_amounts().await;
    for amount in acknowledged {
        assert_eq!(paid.iter().filter(|paid| **paid == amount).count(), 1, "payment {amount}");
    }
    assert!(http.is_valid().await);
}
