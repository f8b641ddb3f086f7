//! What a mistake is answered with: the path that was meant, and the JSON to send instead of a form.

use crate::support::TestNode;

#[tokio::test]
async fn a_mistyped_path_is_told_which_one_was_meant() {
    let node = TestNode::start().await;
    for (path, meant) in [
        ("/mine_block/", "/mine_block"),
        ("/mineblock", "/mine_block"),
        ("/get-chain", "/get_chain"),
        ("/Get_Chain", "/get_chain"),
        ("/chain", "/get_chain"),
        ("/add_transactions", "/add_transaction"),
        ("/status", "/api/v1/status"),
        ("/docs/", "/docs"),
    ] {
        let answer = node.http.get(path).await;
        assert_eq!(answer.status, 404, "{path}");
        assert!(answer.text.contains(&format!("Did you mean {meant}? ")), "{path}: {}", answer.text);
        assert!(answer.text.contains("The routes are /mine_block"), "{}", answer.text);
    }
    assert_eq!(node.http.chain().await.len(), 1, "a hint mines nothing");
}

#[tokio::test]
async fn under_api_v1_the_hint_is_in_the_problem() {
    let node = TestNode::start().await;
    for (path, meant) in [
        ("/api/v1/block", "/api/v1/blocks"),
        ("/api/v1/blocks/1/", "/api/v1/blocks/1"),
        ("/api/v1/Peers", "/api/v1/peers"),
        ("/api/v1/mine_block", "/mine_block"),
    ] {
        let answer = node.http.get(path).await;
        let problem = answer.json();
        assert_eq!((answer.status, &problem["type"]), (404, &"urn:bcoin:problem:unknown-path".into()), "{path}");
        let detail = problem["detail"].as_str().unwrap();
        assert!(detail.contains(&format!("Did you mean {meant}?")), "{path}: {detail}");
    }
}

#[tokio::test]
async fn what_is_far_off_gets_no_hint() {
    let node = TestNode::start().await;
    let long = format!("/mine_block{}", "k".repeat(50_000));
    for path in ["/favicon.ico", "/wp-login.php", "/api/v1/nonsense", "/page/api.jss", "/%6d%69%6e%65", &long] {
        let answer = node.http.get(path).await;
        assert_eq!(answer.status, 404, "{path:.40}");
        assert!(!answer.text.contains("Did you mean"), "{path:.40}: {}", answer.text);
    }
}

#[tokio::test]
async fn each_path_that_a_hint_may_name_is_there() {
    let node = TestNode::start().await;
    for path in ["/class", "/docs", "/metrics", "/healthz", "/readyz"] {
        assert_eq!(node.http.get(path).await.status, 200, "{path}");
        assert!(node.http.get(&format!("{path}/")).await.text.contains(&format!("Did you mean {path}?")), "{path}");
    }
}

#[tokio::test]
async fn a_form_is_told_that_it_is_one_and_json_needs_no_content_type() {
    let node = TestNode::start().await;
    let form = "sender=Alice&receiver=Bob&amount=10";
    let multipart = "--X\r\nContent-Disposition: form-data; name=\"sender\"\r\n\r\nAlice\r\n--X--\r\n";
    for (kind, body) in [
        ("application/x-www-form-urlencoded", form),
        ("multipart/form-data; boundary=X", multipart),
        ("application/json", form),
    ] {
        for path in ["/add_transaction", "/connect_node"] {
            let request = node.http.request("POST", path).header("Content-Type", kind).body(body);
            let answer = node.http.send(request).await;
            assert_eq!(answer.status, 400, "{path} {kind}");
            for part in ["is a form", "With curl: -d '{\"", "Body > raw > JSON"] {
                assert!(answer.text.contains(part), "{path} {kind}: {}", answer.text);
            }
        }
    }
    let answer = node.http.post("/api/v1/pending", form).await;
    assert!(answer.json()["detail"].as_str().unwrap().contains("is a form"));
    for kind in ["application/x-www-form-urlencoded", "multipart/form-data; boundary=X", "text/plain", "x"] {
        let json = r#"{"sender": "Alice", "receiver": "Bob", "amount": 10}"#;
        let request = node.http.request("POST", "/add_transaction").header("Content-Type", kind).body(json);
        assert_eq!(node.http.send(request).await.status, 201, "{kind}");
    }
}
