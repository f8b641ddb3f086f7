//! `/api/v1` stays compatible: everything in the OpenAPI document of an earlier program is in the document of this one
//! (docs/contract.md section 7).

use serde_json::Value;

use crate::support::{Canned, TestNode};

/// The members whose texts may change.
const MAY_CHANGE: [&str; 4] = ["description", "summary", "title", "version"];

/// Collects the paths of what `old` has and `new` lacks. Objects may get further members, and lists further items.
fn lost(old: &Value, new: &Value, path: &str, found: &mut Vec<String>) {
    match (old, new) {
        (Value::Object(old), Value::Object(new)) => {
            for (name, value) in
                old.iter().filter(|(name, value)| !(MAY_CHANGE.contains(&name.as_str()) && value.is_string()))
            {
                match new.get(name) {
                    Some(other) => lost(value, other, &format!("{path}/{name}"), found),
                    None => found.push(format!("{path}/{name}")),
                }
            }
        }
        (Value::Array(old), Value::Array(new)) => {
            for (at, item) in old.iter().enumerate() {
                let is_kept = new.iter().any(|other| {
                    let mut differences = Vec::new();
                    lost(item, other, "", &mut differences);
                    differences.is_empty()
                });
                if !is_kept {
                    found.push(format!("{path}/{at}: {item}"));
                }
            }
        }
        _ if old == new => {}
        _ => found.push(format!("{path}: {old} became {new}")),
    }
}

#[tokio::test]
async fn nothing_that_was_promised_is_gone() {
    let node = TestNode::start().await;
    let old: Value = serde_json::from_str(include_str!("../golden/openapi.json")).unwrap();
    let new = node.http.get("/api/v1/openapi.json").await.json();
    let mut found = Vec::new();
    lost(&old, &new, "", &mut found);
    assert_eq!(found, Vec::<String>::new());
}

/// The six routes are described, and each example of the document is what a node answers, in everything but its values.
#[tokio::test]
async fn the_six_routes_are_described_with_examples_that_work() {
    let node = TestNode::start().await;
    let document = node.http.get("/api/v1/openapi.json").await.json();
    let operation = |verb: &str, path: &str| {
        let operation = document["paths"][path][verb].clone();
        assert_eq!(operation["tags"], serde_json::json!(["chapter"]), "{path}");
        operation
    };
    let keys = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    for (path, status) in [("/add_transaction", "201"), ("/connect_node", "201")] {
        let operation = operation("post", path);
        let body = operation["requestBody"]["content"]["application/json"]["example"].to_string();
        let answer = node.http.post(path, body).await;
        let example = &operation["responses"][status]["content"]["application/json"]["example"];
        assert_eq!((answer.status.to_string().as_str(), answer.json()), (status, example.clone()), "{path}");
        let refusal = &operation["responses"]["400"]["content"]["text/plain; charset=utf-8"]["example"];
        assert_eq!(node.http.post(path, "{}").await.text, refusal.as_str().unwrap(), "{path}");
    }
    for path in ["/mine_block", "/get_chain", "/is_valid"] {
        let operation = operation("get", path);
        let example = &operation["responses"]["200"]["content"]["application/json"]["example"];
        assert_eq!(keys(example), keys(&node.http.get(path).await.json()), "{path}");
    }
    let replaced = operation("get", "/replace_chain");
    let replaced = &replaced["responses"]["200"]["content"]["application/json"]["example"];
    let chain = operation("get", "/get_chain");
    let chain = &chain["responses"]["200"]["content"]["application/json"]["example"];
    assert_eq!(replaced["new_chain"], chain["chain"]);

    // The chain of the examples is valid: a node takes it from a peer.
    let text = chain.to_string();
    let peer = Canned::start(move |_, path| match path {
        "/get_chain" => (200, "application/json", text.clone()),
        _ => (404, "text/plain", String::new()),
    })
    .await;
    let other = TestNode::start().await;
    other.connect(&[&peer.address()]).await;
    let answer = other.http.get("/replace_chain").await.json();
    assert_eq!((&answer["message"], &answer["new_chain"]), (&replaced["message"], &chain["chain"]));
}

#[tokio::test]
async fn the_document_names_servers_that_its_paths_fit() {
    let node = TestNode::start().await;
    let document = node.http.get("/api/v1/openapi.json").await.json();
    assert_eq!(document["servers"][0]["url"], "/");
    let any = &document["servers"][1];
    assert_eq!((&any["url"], &any["variables"]["port"]["default"]), (&"http://{host}:{port}".into(), &"1001".into()));
    // The page of the document shows what this one says.
    let script = node.http.get("/docs/start.js").await.text;
    assert!(script.contains("/api/v1/openapi.json"), "{script}");
}

#[test]
fn a_loss_is_noticed() {
    let old = serde_json::json!({"paths": {"/a": {"get": {"enum": ["x", "y"], "type": "string"}}}});
    let with = |pointer: &str, value: Value| {
        let mut new = old.clone();
        *new.pointer_mut(pointer).unwrap() = value;
        let mut found = Vec::new();
        lost(&old, &new, "", &mut found);
        found.len()
    };
    assert_eq!(with("/paths", serde_json::json!({})), 1);
    assert_eq!(with("/paths/~1a/get/enum", serde_json::json!(["y"])), 1);
    assert_eq!(with("/paths/~1a/get/enum", serde_json::json!(["y", "z", "x"])), 0);
    assert_eq!(with("/paths/~1a/get/type", serde_json::json!("integer")), 1);
}
