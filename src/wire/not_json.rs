//! Recognises what people send instead of JSON: an HTML form, as Postman, PowerShell and curl do when they are not asked for
//! JSON, and an object whose quotation marks a shell on Windows has taken away.

/// How many bytes at the beginning of a body are looked at.
const MAX_LOOKED_AT: usize = 1024;

/// Whether a body that is no JSON looks like a form: `a=b&c=d`, or `multipart/form-data` (RFC 7578).
pub(super) fn is_form(body: &[u8]) -> bool {
    let body = &body[..body.len().min(MAX_LOOKED_AT)];
    is_multipart(body) || is_urlencoded(body)
}

fn is_multipart(body: &[u8]) -> bool {
    const HEADER: &[u8] = b"content-disposition: form-data";
    body.starts_with(b"--") && body.windows(HEADER.len()).any(|bytes| bytes.eq_ignore_ascii_case(HEADER))
}

/// A name, then `=`. Names are percent-encoded, so no JSON text begins like that.
fn is_urlencoded(body: &[u8]) -> bool {
    let name = body.iter().take_while(|byte| byte.is_ascii_alphanumeric() || b"_-.*+%[]".contains(byte)).count();
    name > 0 && body[0] != b'[' && body.get(name) == Some(&b'=')
}

/// Whether a text that is no JSON is an object without quotation marks: `{sender: Alice}`, with cmd also `'{sender:`.
pub(super) fn lacks_quotes(text: &str) -> bool {
    let inside = text.trim_start().trim_start_matches('\'').strip_prefix('{');
    inside.is_some_and(|inside| inside.trim_start().starts_with(|first: char| first.is_ascii_alphabetic()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_recognised_and_nothing_else() {
        let multipart = "--X\r\nContent-Disposition: form-data; name=\"sender\"\r\n\r\nAlice\r\n--X--\r\n";
        for form in ["sender=Alice&receiver=Bob&amount=10", "sender=", "a%20b=1", "nodes[]=x", multipart] {
            assert!(is_form(form.as_bytes()), "{form}");
        }
        let long = "x".repeat(2 * MAX_LOOKED_AT) + "=1";
        for other in
            ["", "=", "hello", "sender = Alice", "{\"a\": 1}", "{a=1}", "[x=1]", "\"a=1\"", "-- x", "a b=1", &long]
        {
            assert!(!is_form(other.as_bytes()), "{other}");
        }
        assert!(!is_form(b"\xff\xfe=1"));
    }

    #[test]
    fn an_object_without_quotation_marks_is_recognised() {
        for text in ["{sender: Alice, amount: 10}", "'{sender:", "{ nodes: [] }"] {
            assert!(lacks_quotes(text), "{text}");
        }
        for text in ["", "{", "{}", "{'sender': 'a'}", r#"{"sender": }"#, "sender: Alice", "[a]"] {
            assert!(!lacks_quotes(text), "{text}");
        }
    }
}
