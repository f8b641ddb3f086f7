//! The page at `/`: its files and their headers.

use std::{path::Path, process::Command};

use crate::support::TestNode;

/// Every file below `page/`, as the program serves it.
fn files(folder: &Path, below: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let name = format!("{below}{}", entry.file_name().to_str().unwrap());
        if entry.file_type().unwrap().is_dir() {
            found.extend(files(&entry.path(), &format!("{name}/")));
        } else if !name.ends_with(".html") {
            found.push((format!("/page/{name}"), std::fs::read_to_string(entry.path()).unwrap()));
        }
    }
    found
}

#[tokio::test]
async fn every_file_of_the_page_is_served_and_comes_from_here_alone() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("page");
    let mut all = files(&folder, "");
    assert!(all.len() > 15, "{}", all.len());
    for (path, file) in [("/", "index.html"), ("/class", "class.html")] {
        all.push((path.into(), std::fs::read_to_string(folder.join(file)).unwrap()));
    }
    let node = TestNode::start().await;
    let mut total = 0;
    for (path, text) in &all {
        let answer = node.http.get(path).await;
        assert_eq!((answer.status, &answer.text), (200, text), "{path}");
        let policy = answer.headers["content-security-policy"].to_str().unwrap();
        assert!(policy.starts_with("default-src 'none'; script-src 'self';") && !policy.contains("unsafe"), "{policy}");
        assert_eq!(answer.headers["x-content-type-options"], "nosniff");
        let tag = answer.headers["etag"].clone();
        let again = node.http.send(node.http.request("GET", path).header("If-None-Match", tag)).await;
        assert_eq!((again.status, again.text.as_str()), (304, ""), "{path}");
        let strong = answer.headers["etag"].to_str().unwrap().trim_start_matches("W/");
        for (known, status) in [(format!("\"x\", {strong}"), 304), ("*".into(), 304), ("\"x\"".into(), 200)] {
            let again = node.http.send(node.http.request("GET", path).header("If-None-Match", &known)).await;
            assert_eq!(again.status, status, "{path} {known}");
        }
        for outside in ["https://", "innerHTML", "insertAdjacentHTML", "document.write", "eval("] {
            assert!(!text.contains(outside), "{path} holds {outside}");
        }
        total += text.len();
    }
    assert!(total < 400 << 10, "the page has {total} bytes");
    assert_eq!(node.http.get("/page/nothing.js").await.status, 404);
    assert_eq!(node.http.get("/page/../Cargo.toml").await.status, 404);
    assert_eq!(node.http.get("/page/%2e%2e/Cargo.toml").await.status, 404);
}

#[test]
#[ignore = "needs Node.js"]
fn the_page_hashes_and_judges_as_cpython_does() {
    let output =
        Command::new("node").args(["--test", "tests/page/"]).current_dir(env!("CARGO_MANIFEST_DIR")).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}

/// The whole page in a real browser on real nodes: the walk through the chapter, and everything else.
#[test]
#[ignore = "needs Node.js, Chromium, and playwright-core and axe-core from the npm registry"]
fn the_page_does_the_chapter_in_a_browser() {
    let modules =
        std::env::var("BCOIN_TEST_NODE_MODULES").expect("BCOIN_TEST_NODE_MODULES names a folder node_modules");
    let output = Command::new("node")
        .args(["--test", "--test-concurrency=2", "tests/browser/"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .env("BCOIN_TEST_NODE_MODULES", modules)
        .env("BCOIN", env!("CARGO_BIN_EXE_bcoin"))
        .output()
        .unwrap();
    println!("{}", String::from_utf8_lossy(&output.stdout));
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}
