//! The pages at `/` and `/class`. Their files are in the program and load nothing from other servers.

use std::sync::LazyLock;

use axum::{
    Router,
    extract::Path,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
    routing::get,
};
use sha2::{Digest as _, Sha256};

use super::{entity_tag, error::ApiError};

/// All files come from this node, and no inline script runs.
pub(super) const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; \
                      form-action 'none'; frame-ancestors 'none'";
pub(super) const HTML: &str = "text/html; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";
const STYLE: &str = "text/css; charset=utf-8";
const PICTURE: &str = "image/svg+xml";

/// A file of the page.
struct Asset {
    /// Path below `/page/`.
    path: &'static str,
    media_type: &'static str,
    text: &'static str,
    /// Entity tag.
    tag: String,
}

impl Asset {
    fn new(path: &'static str, media_type: &'static str, text: &'static str) -> Self {
        let tag = format!("W/\"{}\"", hex::encode(&Sha256::digest(text)[..16]));
        Self { path, media_type, text, tag }
    }
}

macro_rules! assets {
    ($($media_type:ident $path:literal),* $(,)?) => {
        vec![$(Asset::new($path, $media_type, include_str!(concat!("../../page/", $path)))),*]
    };
}

/// The texts never change, so each is hashed once.
static INDEX: LazyLock<Asset> = LazyLock::new(|| Asset::new("", HTML, include_str!("../../page/index.html")));
static CLASS: LazyLock<Asset> = LazyLock::new(|| Asset::new("", HTML, include_str!("../../page/class.html")));
static ASSETS: LazyLock<Vec<Asset>> = LazyLock::new(|| {
    assets![
        PICTURE "icon.svg",
        STYLE "styles/base.css",
        STYLE "styles/chain.css",
        STYLE "styles/class.css",
        STYLE "styles/layout.css",
        STYLE "styles/log.css",
        STYLE "styles/mining.css",
        STYLE "styles/network.css",
        STYLE "styles/proofs.css",
        STYLE "styles/refusal.css",
        STYLE "styles/sound.css",
        STYLE "styles/tamper.css",
        SCRIPT "api.js",
        SCRIPT "app.js",
        SCRIPT "class.js",
        SCRIPT "dom.js",
        SCRIPT "enabled.js",
        SCRIPT "hash.js",
        SCRIPT "header.js",
        SCRIPT "i18n.js",
        SCRIPT "languages/en.js",
        SCRIPT "languages/sound/en.js",
        SCRIPT "languages/sound/zh-CN.js",
        SCRIPT "languages/zh-CN.js",
        SCRIPT "layout.js",
        SCRIPT "ledger/cycle.js",
        SCRIPT "ledger/json.js",
        SCRIPT "ledger/replay.js",
        SCRIPT "ledger/rules.js",
        SCRIPT "ledger/sha256.js",
        SCRIPT "ledger/sound/block.js",
        SCRIPT "ledger/sound/coins.js",
        SCRIPT "ledger/sound/note.js",
        SCRIPT "ledger/sound/work.js",
        SCRIPT "ledger/story.js",
        SCRIPT "ledger/tamper.js",
        SCRIPT "notice.js",
        SCRIPT "problems.js",
        SCRIPT "question.js",
        SCRIPT "remember.js",
        SCRIPT "rules.js",
        SCRIPT "rules/chapter.js",
        SCRIPT "rules/sound.js",
        SCRIPT "soon.js",
        SCRIPT "state.js",
        SCRIPT "typed.js",
        SCRIPT "views/accounts.js",
        SCRIPT "views/chain.js",
        SCRIPT "views/chain/card.js",
        SCRIPT "views/chain/detail.js",
        SCRIPT "views/chain/earlier.js",
        SCRIPT "views/chain/face.js",
        SCRIPT "views/chain/headers.js",
        SCRIPT "views/chain/keyboard.js",
        SCRIPT "views/chain/newest.js",
        SCRIPT "views/chain/panel.js",
        SCRIPT "views/chain/search.js",
        SCRIPT "views/chain/sheet.js",
        SCRIPT "views/log.js",
        SCRIPT "views/log/chapter.js",
        SCRIPT "views/log/common.js",
        SCRIPT "views/mining.js",
        SCRIPT "views/mining/automatic.js",
        SCRIPT "views/mining/button.js",
        SCRIPT "views/mining/next.js",
        SCRIPT "views/mining/pace.js",
        SCRIPT "views/mining/search.js",
        SCRIPT "views/mining/show.js",
        SCRIPT "views/mining/slow.js",
        SCRIPT "views/mining/tokens.js",
        SCRIPT "views/mining/waiting.js",
        SCRIPT "views/network.js",
        SCRIPT "views/network/announcer.js",
        SCRIPT "views/network/chip.js",
        SCRIPT "views/network/connect.js",
        SCRIPT "views/network/detail.js",
        SCRIPT "views/network/distinct.js",
        SCRIPT "views/network/drawing.js",
        SCRIPT "views/network/entrance.js",
        SCRIPT "views/network/fit.js",
        SCRIPT "views/network/lanes.js",
        SCRIPT "views/network/legend.js",
        SCRIPT "views/network/links.js",
        SCRIPT "views/network/news.js",
        SCRIPT "views/network/picture.js",
        SCRIPT "views/network/replacement.js",
        SCRIPT "views/network/rows.js",
        SCRIPT "views/network/twigs.js",
        SCRIPT "views/network/words.js",
        SCRIPT "views/payments.js",
        SCRIPT "views/pending.js",
        SCRIPT "views/pending/field.js",
        SCRIPT "views/pending/form.js",
        SCRIPT "views/pending/sent.js",
        SCRIPT "views/proofs.js",
        SCRIPT "views/proofs/chart.js",
        SCRIPT "views/proofs/repeats.js",
        SCRIPT "views/proofs/scale.js",
        SCRIPT "views/sound/account.js",
        SCRIPT "views/sound/accounts.js",
        SCRIPT "views/sound/address.js",
        SCRIPT "views/sound/argument.js",
        SCRIPT "views/sound/deep.js",
        SCRIPT "views/sound/detail.js",
        SCRIPT "views/sound/face.js",
        SCRIPT "views/sound/found.js",
        SCRIPT "views/sound/log.js",
        SCRIPT "views/sound/mining.js",
        SCRIPT "views/sound/pending.js",
        SCRIPT "views/sound/transactions.js",
        SCRIPT "views/tamper.js",
        SCRIPT "views/tamper/answers.js",
        SCRIPT "views/tamper/card.js",
        SCRIPT "views/tamper/link.js",
        SCRIPT "views/tamper/section.js",
        SCRIPT "views/tamper/source.js",
        SCRIPT "views/tamper/steps.js",
    ]
});

pub(super) fn routes<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new()
        .route("/", get(async |headers: HeaderMap| answer(&INDEX, &headers)))
        .route("/class", get(async |headers: HeaderMap| answer(&CLASS, &headers)))
        .route("/page/{*path}", get(asset))
}

async fn asset(Path(path): Path<String>, headers: HeaderMap) -> Result<Response, ApiError> {
    let found = ASSETS.iter().find(|asset| asset.path == path);
    let unknown = || ApiError::UnknownPath { path: format!("/page/{path}"), meant: None };
    found.map(|asset| answer(asset, &headers)).ok_or_else(unknown)
}

fn answer(asset: &Asset, headers: &HeaderMap) -> Response {
    let known = entity_tag::is_known(headers, &asset.tag);
    let mut response = if known { StatusCode::NOT_MODIFIED.into_response() } else { asset.text.into_response() };
    for (name, value) in [
        (header::CONTENT_TYPE, asset.media_type),
        // A browser revalidates each time, and gets 304 when nothing has changed.
        (header::CACHE_CONTROL, "no-cache"),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "same-origin"),
    ] {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    ([(header::ETAG, asset.tag.as_str())], response).into_response()
}
