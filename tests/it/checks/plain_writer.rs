//! `json.dumps(value, sort_keys=True)`, character by character, as in docs/contract.md section 3.

use super::{plain_float, plain_json::Value};

/// The canonical text of a value.
pub fn dumps(value: &Value) -> String {
    match value {
        Value::Null => "null".into(),
        Value::Bool(true) => "true".into(),
        Value::Bool(false) => "false".into(),
        Value::Integer(digits) if digits == "-0" => "0".into(),
        Value::Integer(digits) => digits.clone(),
        Value::Float(value) => plain_float::repr(*value),
        Value::Text(text) => string(text),
        Value::List(items) => format!("[{}]", items.iter().map(dumps).collect::<Vec<_>>().join(", ")),
        Value::Object(members) => {
            let mut members: Vec<_> = members.iter().collect();
            members.sort_by_key(|(key, _)| key.chars().collect::<Vec<_>>());
            let members: Vec<_> =
                members.iter().map(|(key, value)| format!("{}: {}", string(key), dumps(value))).collect();
            format!("{{{}}}", members.join(", "))
        }
    }
}

fn string(text: &str) -> String {
    let mut out = String::from("\"");
    for character in text.chars() {
        let code = u32::from(character);
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\x08' => out.push_str("\\b"),
            '\x0c' => out.push_str("\\f"),
            _ if (0x20..0x7f).contains(&code) => out.push(character),
            _ if code < 0x10000 => out.push_str(&unit(code)),
            // Beyond 16 bits: a surrogate pair, each with ten bits of the code above 0x10000.
            _ => {
                out.push_str(&unit(0xd800 + ((code - 0x10000) >> 10)));
                out.push_str(&unit(0xdc00 + ((code - 0x10000) & 0x3ff)));
            }
        }
    }
    out.push('"');
    out
}

fn unit(code: u32) -> String {
    format!("\\u{code:04x}")
}
