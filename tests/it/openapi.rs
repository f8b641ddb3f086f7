//! `/api/v1` stays compatible: everything in the OpenAPI document of an earlier program is in the document of this one
//! (docs/contract.md section 7).

use serde_json::Value;

use crate::support::TestNode;

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
