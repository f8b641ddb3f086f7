//! The ways by which web pages of other origins reach a node through a browser: all are refused, and people who follow a link
//! get a page (docs/contract.md section 6).

use bcoin_testkit::{FakePeer, Http, chain, http::Answer};

use crate::support::TestNode;

/// The headers of a request.
type Headers<'a> = &'a [(&'a str, &'a str)];

/// What a browser sends when a person follows a link on a page of another site.
const FOLLOWED: Headers =
    &[("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Mode", "navigate"), ("Sec-Fetch-Dest", "document")];
/// The same from a page at another port of this host.
const FOLLOWED_NEARBY: Headers =
    &[("Sec-Fetch-Site", "same-site"), ("Sec-Fetch-Mode", "navigate"), ("Sec-Fetch-Dest", "document")];
/// What a page sends that shows the node in a frame.
const FRAMED: Headers =
    &[("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Mode", "navigate"), ("Sec-Fetch-Dest", "iframe")];
/// What a page sends that reads another URL.
const FETCHED: Headers =
    &[("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Mode", "no-cors"), ("Sec-Fetch-Dest", "empty")];
/// The link of a page, over plain http beyond localhost.
const LINKED: Headers = &[("Referer", "http://other.example:1001/")];

const TRANSACTION: &str = r#"{"sender": "Alice", "receiver": "Bob", "amount": 10}"#;

async fn ask(http: &Http, verb: &str, path: &str, headers: Headers<'_>, body: &str) -> Answer {
    let request = headers.iter().fold(http.request(verb, path), |request, (name, value)| request.header(*name, *value));
    http.send(request.body(body.to_owned())).await
}

/// Everything about a node that a request can change.
async fn state(http: &Http) -> Vec<String> {
    let mut state = Vec::new();
    for path in ["/get_chain", "/api/v1/pending", "/api/v1/peers?ask=false", "/api/v1/replacements", "/api/v1/mining"] {
        state.push(http.get(path).await.text);
    }
    state
}

#[tokio::test]
async fn no_page_of_another_origin_changes_anything() {
    let node = TestNode::start().await;
    node.http.pay(1).await;
    let peer = FakePeer::serving(chain::body(chain::texts(4))).await;
    node.connect(&[&peer.address()]).await;
    let own = format!("http://{}", node.address());
    let (own_page, secure, elsewhere) =
        (format!("{own}/"), format!("https://{}", node.address()), "http://127.0.0.1:9");
    let peer_path = format!("/api/v1/peers/{}", peer.address());
    let changing = [
        ("GET", "/mine_block", ""),
        ("GET", "/replace_chain", ""),
        ("POST", "/add_transaction", TRANSACTION),
        ("POST", "/connect_node", r#"{"nodes": ["http://127.0.0.1:9"]}"#),
        ("POST", "/api/v1/blocks", ""),
        ("POST", "/api/v1/pending", TRANSACTION),
        ("POST", "/api/v1/peers", r#"{"nodes": ["http://127.0.0.1:9"]}"#),
        ("POST", "/api/v1/replacements", ""),
        ("PUT", "/api/v1/mining", r#"{"mode": "on_payment"}"#),
        ("DELETE", &peer_path, ""),
    ];
    let refused: &[Headers] = &[
        &[("Origin", "http://evil.example")],
        &[("Origin", "null")],
        &[("Origin", "")],
        &[("Origin", elsewhere)],
        &[("Origin", &secure)],
        &[("Origin", &own), ("Origin", "http://evil.example")],
        &[("Origin", "http://evil.example"), ("Sec-Fetch-Site", "same-origin")],
        &[("Origin", "http://evil.example"), ("Referer", &own_page)],
        &[("Sec-Fetch-Site", "cross-site")],
        &[("Sec-Fetch-Site", "same-site")],
        &[("Sec-Fetch-Site", "anything")],
        &[("Sec-Fetch-Site", "")],
        &[("Sec-Fetch-Site", "none"), ("Sec-Fetch-Site", "cross-site")],
        &[("Sec-Fetch-Site", "cross-site"), ("Referer", &own_page)],
        &[("Referer", "http://evil.example/page")],
        &[("Referer", elsewhere)],
        &[("Referer", "about:blank")],
        &[("Referer", "")],
        FOLLOWED,
        FOLLOWED_NEARBY,
        FRAMED,
        FETCHED,
        LINKED,
    ];
    let before = state(&node.http).await;
    for (verb, path, body) in changing {
        for headers in refused {
            let answer = ask(&node.http, verb, path, headers, body).await;
            assert_eq!(answer.status, 403, "{verb} {path} {headers:?}: {}", answer.text);
        }
        assert_eq!(state(&node.http).await, before, "{verb} {path}");
    }
    // Without such headers, each of them does change something.
    for (verb, path, body) in changing {
        let before = state(&node.http).await;
        let answer = ask(&node.http, verb, path, &[], body).await;
        assert!((200..300).contains(&answer.status), "{verb} {path}: {}", answer.text);
        if !path.ends_with("replacements") && path != "/api/v1/peers" {
            assert_ne!(state(&node.http).await, before, "{verb} {path}");
        }
    }
}

#[tokio::test]
async fn the_nodes_own_page_and_programs_are_let_in() {
    let node = TestNode::start().await;
    let own = format!("http://{}", node.address());
    let own_page = format!("{own}/some/page?with=query");
    let allowed: &[Headers] = &[
        &[],
        &[("Origin", &own)],
        &[("Origin", &own), ("Sec-Fetch-Site", "same-origin"), ("Referer", &own_page)],
        &[("Sec-Fetch-Site", "same-origin")],
        &[("Sec-Fetch-Site", "none")],
        &[("Sec-Fetch-Site", "none"), ("Sec-Fetch-Mode", "navigate"), ("Sec-Fetch-Dest", "document")],
        &[("Referer", &own_page)],
    ];
    for (count, headers) in allowed.iter().enumerate() {
        assert_eq!(ask(&node.http, "GET", "/mine_block", headers, "").await.status, 200, "{headers:?}");
        assert_eq!(ask(&node.http, "POST", "/api/v1/blocks", headers, "").await.status, 201, "{headers:?}");
        assert_eq!(node.http.chain().await.len(), 1 + 2 * (count + 1));
    }
    // Under another of its names, the node's origin is another one.
    let port = node.running.address().port();
    let (host, origin) = (format!("localhost:{port}"), format!("http://localhost:{port}"));
    let named = [("Host", host.as_str()), ("Origin", origin.as_str())];
    assert_eq!(ask(&node.http, "GET", "/mine_block", &named, "").await.status, 200);
    assert_eq!(ask(&node.http, "GET", "/mine_block", &named[1..], "").await.status, 403);
}

/// Over plain http, a page of another site can have a browser ask without saying where from. A program never looks like that.
#[tokio::test]
async fn a_browser_that_does_not_say_which_page_asks_changes_nothing_by_get() {
    const HIDDEN: Headers = &[("User-Agent", "Mozilla/5.0 (X11; Linux x86_64)"), ("Accept-Language", "en-US")];
    let node = TestNode::start().await;
    let own = format!("http://{}/", node.address());
    for path in ["/mine_block", "/replace_chain"] {
        let before = state(&node.http).await;
        for accept in ["image/avif,*/*", "*/*", "text/html,*/*"] {
            let answer = ask(&node.http, "GET", path, &[HIDDEN, &[("Accept", accept)]].concat(), "").await;
            assert_eq!(answer.status, 403, "{path} {accept}");
            assert_eq!(
                answer.text.contains(&format!("href=\"{path}\"")),
                accept.starts_with("text"),
                "{}",
                answer.text
            );
        }
        assert_eq!(state(&node.http).await, before, "{path}");
        let powershell = [("User-Agent", "Mozilla/5.0 (Windows NT; Windows NT 10.0; en-US) WindowsPowerShell/5.1")];
        for headers in [&powershell[..], &[("Accept-Language", "*")], &[HIDDEN, &[("Referer", own.as_str())]].concat()]
        {
            assert_eq!(ask(&node.http, "GET", path, headers, "").await.status, 200, "{path} {headers:?}");
        }
    }
    assert_eq!(ask(&node.http, "GET", "/get_chain", HIDDEN, "").await.status, 200, "reading goes on");
}

#[tokio::test]
async fn links_from_anywhere_lead_to_the_page_and_the_documentation_and_nowhere_else() {
    let node = TestNode::start().await;
    for path in ["/", "/docs", "/?a=b"] {
        for headers in [FOLLOWED, FOLLOWED_NEARBY, LINKED] {
            let answer = ask(&node.http, "GET", path, headers, "").await;
            assert_eq!(answer.status, 200, "{path} {headers:?}");
            assert!(answer.headers["content-type"].to_str().unwrap().starts_with("text/html"), "{path}");
            let policy = answer.headers["content-security-policy"].to_str().unwrap();
            assert!(policy.contains("frame-ancestors 'none'"), "{policy}");
        }
        let with_origin = [FOLLOWED, &[("Origin", "http://evil.example")]].concat();
        for headers in [FRAMED, FETCHED, &FOLLOWED[..2], &FOLLOWED[..1], &with_origin] {
            assert_eq!(ask(&node.http, "GET", path, headers, "").await.status, 403, "{path} {headers:?}");
        }
        // A frame over plain http cannot be told from a link; the policy above keeps the page out of it.
        let framed = [LINKED, &[("Sec-Fetch-Dest", "iframe")]].concat();
        assert_eq!(ask(&node.http, "GET", path, &framed, "").await.status, 403, "{path}");
        for verb in ["POST", "HEAD"] {
            for headers in [FOLLOWED, LINKED] {
                assert_eq!(ask(&node.http, verb, path, headers, "").await.status, 403, "{verb} {path} {headers:?}");
            }
        }
    }
    for path in ["/get_chain", "/page/app.js", "/docs/start.js", "/api/v1/status", "/metrics", "/docs/x", "//"] {
        for headers in [FOLLOWED, FOLLOWED_NEARBY, LINKED] {
            assert_eq!(ask(&node.http, "GET", path, headers, "").await.status, 403, "{path} {headers:?}");
        }
    }
}

#[tokio::test]
async fn a_person_whose_link_is_refused_reads_a_page_about_it() {
    let node = TestNode::start().await;
    let linked = [LINKED, &[("Accept", "text/html,application/xhtml+xml,*/*;q=0.8")]].concat();
    for (verb, path) in [("GET", "/mine_block"), ("GET", "/nothing"), ("GET", "/api/v1/status"), ("POST", "/")] {
        for headers in [FOLLOWED, FOLLOWED_NEARBY, &linked] {
            let answer = ask(&node.http, verb, path, headers, "").await;
            assert_eq!((answer.status, &answer.headers["content-type"] == "text/html; charset=utf-8"), (403, true));
            assert!(answer.text.contains("another site, and is not carried out"), "{}", answer.text);
            assert!(answer.text.contains("请求来自另一个网站的页面"), "{}", answer.text);
            assert!(answer.text.contains("href=\"/\"") && !answer.text.contains("<script"), "{}", answer.text);
            assert!(answer.text.contains("<html lang=\"en\">"), "{}", answer.text);
            let page = node.http.get("/").await;
            for name in ["content-security-policy", "x-content-type-options", "referrer-policy"] {
                assert_eq!(answer.headers[name], page.headers[name], "{name}");
            }
            assert_eq!(answer.headers["cache-control"], "no-store");
        }
    }
}

#[tokio::test]
async fn a_person_who_uses_a_foreign_name_reads_a_page_about_it() {
    let node = TestNode::start().await;
    let typed = [("Host", "evil.example"), ("Sec-Fetch-Site", "none")];
    let typed = [&typed[..], &FOLLOWED[1..]].concat();
    let own = format!("http://{}/", node.address());
    for path in ["/", "/api/v1/status"] {
        let answer = ask(&node.http, "GET", path, &typed, "").await;
        assert_eq!((answer.status, &answer.headers["content-type"] == "text/html; charset=utf-8"), (403, true));
        assert!(answer.text.contains("The node does not answer to this name"), "{}", answer.text);
        assert!(answer.text.contains("evil.example") && !answer.text.contains("<script"), "{}", answer.text);
        assert!(answer.text.contains("节点不以这个名称应答"), "{}", answer.text);
        // The address that the request has come to, in each language, and no other one.
        assert_eq!(answer.text.matches(&format!("<a class=\"button\" href=\"{own}\">{own}</a>")).count(), 2);
        assert_eq!(answer.text.matches("<a ").count(), 2, "{}", answer.text);
    }
}

#[tokio::test]
async fn a_page_about_a_refusal_speaks_the_language_of_the_browser_first() {
    let node = TestNode::start().await;
    let named: Headers =
        &[("Host", "evil.example"), ("Accept", "text/html"), ("Accept-Language", "zh-CN,zh;q=0.9,en;q=0.8")];
    let linked = [LINKED, &named[1..]].concat();
    for (headers, chinese, english) in [
        (named, "节点不以这个名称应答", "does not answer to this name"),
        (&linked, "此链接未被打开", "This link was not followed"),
    ] {
        let text = ask(&node.http, "GET", "/mine_block", headers, "").await.text;
        assert!(text.contains("<html lang=\"zh-CN\">"), "{text}");
        assert!(text.find(chinese).unwrap() < text.find(english).unwrap(), "{text}");
        let in_english = [&headers[..headers.len() - 1], &[("Accept-Language", "en-GB, zh;q=0.9")]].concat();
        let text = ask(&node.http, "GET", "/mine_block", &in_english, "").await.text;
        assert!(text.find(english).unwrap() < text.find(chinese).unwrap(), "{text}");
    }
}

#[tokio::test]
async fn what_these_pages_load_is_served_under_every_name_and_nothing_else_is() {
    let node = TestNode::start().await;
    let refused = ask(&node.http, "GET", "/", &[("Host", "evil.example"), ("Accept", "text/html")], "").await.text;
    let loaded = ["/page/icon.svg", "/page/styles/base.css", "/page/styles/refusal.css"];
    for path in loaded {
        assert!(refused.contains(&format!("\"{path}\"")), "{path}");
        let answer = ask(&node.http, "GET", path, &[("Host", "evil.example")], "").await;
        assert_eq!((answer.status, answer.text), (200, node.http.get(path).await.text), "{path}");
        let framed =
            ask(&node.http, "GET", path, &[("Host", "evil.example"), ("Origin", "http://other.example")], "").await;
        assert_eq!(framed.status, 403, "{path}");
    }
    for path in
        ["/page/app.js", "/page/styles/layout.css", "/page/styles/base.css/", "/page/icon.svg/x", "/page/nothing"]
    {
        assert_eq!(ask(&node.http, "GET", path, &[("Host", "evil.example")], "").await.status, 403, "{path}");
    }
}

#[tokio::test]
async fn programs_and_pages_that_are_refused_get_the_error_in_their_form() {
    let node = TestNode::start().await;
    for headers in [FETCHED, FRAMED, LINKED, &[("Host", "evil.example")]] {
        let plain = ask(&node.http, "GET", "/get_chain", headers, "").await;
        assert_eq!((plain.status, &plain.headers["content-type"] == "text/plain; charset=utf-8"), (403, true));
        let problem = ask(&node.http, "GET", "/api/v1/status", headers, "").await;
        assert_eq!((problem.status, &problem.headers["content-type"] == "application/problem+json"), (403, true));
        assert!(problem.json()["type"].as_str().unwrap().starts_with("urn:bcoin:problem:foreign-"));
        let beside = ask(&node.http, "GET", "/api/v1x", headers, "").await;
        assert_eq!((beside.status, &beside.headers["content-type"] == "text/plain; charset=utf-8"), (403, true));
    }
    assert_eq!(node.http.get("/api/v1x").await.headers["content-type"], "text/plain; charset=utf-8");
}
