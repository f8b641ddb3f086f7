//! The form of errors: problem details (RFC 9457).

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Why a request was not carried out.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Problem {
    /// Which kind of problem: `urn:bcoin:problem:` and a name that does not change.
    #[serde(rename = "type")]
    pub kind: String,
    /// The kind in a few words.
    pub title: String,
    /// The status of the answer.
    #[schema(minimum = 400, maximum = 599)]
    pub status: u16,
    /// A sentence on this very problem, and what helps.
    pub detail: String,
    /// Which part of the request is not right: a field such as `amount`, or an entry of a list as it was sent. Left out where none can
    /// be named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// Why it is not, as a word that does not change. Stands beside `value`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// Which rule a block or a transfer breaks, as a word that does not change; only under the sound rules.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}

/// A kind of problem, as [`Problem`] names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProblemKind {
    /// The end of the `type`.
    pub name: &'static str,
    /// The `title`.
    pub title: &'static str,
}

impl Problem {
    /// The beginning of every `type`.
    pub const PREFIX: &str = "urn:bcoin:problem:";
    /// The media type of a problem.
    pub const MEDIA_TYPE: &str = "application/problem+json";

    /// A problem of this kind.
    pub fn new(kind: ProblemKind, status: u16, detail: String) -> Self {
        let kind_name = format!("{}{}", Self::PREFIX, kind.name);
        Self { kind: kind_name, title: kind.title.to_owned(), status, detail, value: None, code: None, why: None }
    }

    /// The same problem with the part of the request that is not right, and why.
    pub fn with_fault(self, value: String, code: &str) -> Self {
        Self { value: Some(value), code: Some(code.to_owned()), ..self }
    }

    /// The same problem with the rule that is broken.
    pub fn with_why(self, why: &str) -> Self {
        Self { why: Some(why.to_owned()), ..self }
    }
}
