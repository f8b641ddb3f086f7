//! JSON read character by character, as in RFC 8259, and the definition of a block in docs/contract.md section 3.

/// A JSON value that a block may hold, or that shows why a text is none.
pub enum Value {
    Null,
    Bool(bool),
    /// All digits, `-0` included.
    Integer(String),
    Float(f64),
    Text(String),
    List(Vec<Value>),
    /// Members in their order, duplicate keys included.
    Object(Vec<(String, Value)>),
}

/// How deep lists and objects may be nested: a block, its transactions, one transaction.
const MAX_DEPTH: usize = 3;

/// Reads one JSON value; `None` when the text is none, or when no block could hold it: a number that is not finite, or
/// something deeper than a block is.
pub fn loads(json: &str) -> Option<Value> {
    let mut reader = Reader { rest: json.chars().collect() };
    reader.rest.reverse();
    let value = reader.value(0)?;
    reader.blanks();
    reader.rest.is_empty().then_some(value)
}

/// Whether a value is a block: five members and no others, three in each transaction, each once and of its type.
pub fn is_block(value: &Value) -> bool {
    let Some([index, previous_hash, proof, timestamp, transactions]) =
        members(value, ["index", "previous_hash", "proof", "timestamp", "transactions"])
    else {
        return false;
    };
    let Value::List(transactions) = transactions else { return false };
    is_positive_integer(index)
        && is_positive_integer(proof)
        && matches!((previous_hash, timestamp), (Value::Text(_), Value::Text(_)))
        && transactions.iter().all(is_transaction)
}

fn is_transaction(value: &Value) -> bool {
    members(value, ["amount", "receiver", "sender"]).is_some_and(|fields| fields.iter().all(|field| is_scalar(field)))
}

/// No list, no object, and no integer that CPython cannot read.
fn is_scalar(value: &Value) -> bool {
    match value {
        Value::List(_) | Value::Object(_) => false,
        Value::Integer(text) => text.trim_start_matches('-').len() <= 4_300,
        Value::Null | Value::Bool(_) | Value::Float(_) | Value::Text(_) => true,
    }
}

/// The values of these keys, when the value is an object with these keys, each once, and no others.
fn members<'a, const N: usize>(value: &'a Value, keys: [&str; N]) -> Option<[&'a Value; N]> {
    let Value::Object(members) = value else { return None };
    if members.len() != N {
        return None;
    }
    let found: Option<Vec<_>> =
        keys.iter().map(|key| members.iter().find(|(found, _)| found == key).map(|(_, value)| value)).collect();
    found?.try_into().ok()
}

/// An integer from 1 to 2^63-1.
fn is_positive_integer(value: &Value) -> bool {
    matches!(value, Value::Integer(digits) if digits.parse::<i64>().is_ok_and(|number| number >= 1))
}

/// The rest of the text in reverse: the next character is the last.
struct Reader {
    rest: Vec<char>,
}

impl Reader {
    fn peek(&self) -> Option<char> {
        self.rest.last().copied()
    }

    /// Takes the next character when it is this one.
    fn take(&mut self, expected: char) -> bool {
        let found = self.peek() == Some(expected);
        if found {
            self.rest.pop();
        }
        found
    }

    fn word(&mut self, word: &str) -> Option<()> {
        word.chars().all(|letter| self.take(letter)).then_some(())
    }

    fn blanks(&mut self) {
        while matches!(self.peek(), Some(' ' | '\t' | '\n' | '\r')) {
            self.rest.pop();
        }
    }

    fn value(&mut self, depth: usize) -> Option<Value> {
        self.blanks();
        match self.peek()? {
            '{' if depth < MAX_DEPTH => self.object(depth),
            '[' if depth < MAX_DEPTH => self.list(depth),
            '"' => self.string().map(Value::Text),
            'n' => self.word("null").map(|()| Value::Null),
            't' => self.word("true").map(|()| Value::Bool(true)),
            'f' => self.word("false").map(|()| Value::Bool(false)),
            _ => self.number(),
        }
    }

    fn list(&mut self, depth: usize) -> Option<Value> {
        self.take('[');
        let mut items = Vec::new();
        self.blanks();
        if self.take(']') {
            return Some(Value::List(items));
        }
        loop {
            items.push(self.value(depth + 1)?);
            self.blanks();
            if self.take(']') {
                return Some(Value::List(items));
            }
            self.word(",")?;
        }
    }

    fn object(&mut self, depth: usize) -> Option<Value> {
        self.take('{');
        let mut members = Vec::new();
        self.blanks();
        if self.take('}') {
            return Some(Value::Object(members));
        }
        loop {
            self.blanks();
            let key = self.string()?;
            self.blanks();
            self.word(":")?;
            members.push((key, self.value(depth + 1)?));
            self.blanks();
            if self.take('}') {
                return Some(Value::Object(members));
            }
            self.word(",")?;
        }
    }

    fn number(&mut self) -> Option<Value> {
        let mut text = String::new();
        if self.take('-') {
            text.push('-');
        }
        if self.take('0') {
            text.push('0');
        } else {
            self.digits(&mut text)?;
        }
        let mut is_float = false;
        if self.take('.') {
            is_float = true;
            text.push('.');
            self.digits(&mut text)?;
        }
        if self.take('e') || self.take('E') {
            is_float = true;
            text.push('e');
            if self.take('-') {
                text.push('-');
            } else {
                self.take('+');
            }
            self.digits(&mut text)?;
        }
        if !is_float {
            return Some(Value::Integer(text));
        }
        // Only the value of a float is left to the standard library.
        text.parse().ok().filter(|value: &f64| value.is_finite()).map(Value::Float)
    }

    /// At least one digit.
    fn digits(&mut self, text: &mut String) -> Option<()> {
        let before = text.len();
        while let Some(digit @ '0'..='9') = self.peek() {
            self.rest.pop();
            text.push(digit);
        }
        (text.len() > before).then_some(())
    }

    fn string(&mut self) -> Option<String> {
        self.word("\"")?;
        let mut text = String::new();
        loop {
            match self.rest.pop()? {
                '"' => return Some(text),
                '\\' => text.push(self.escaped()?),
                '\0'..='\x1f' => return None,
                character => text.push(character),
            }
        }
    }

    fn escaped(&mut self) -> Option<char> {
        Some(match self.rest.pop()? {
            plain @ ('"' | '\\' | '/') => plain,
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'b' => '\x08',
            'f' => '\x0c',
            'u' => match self.unit()? {
                high @ 0xd800..=0xdbff => {
                    self.word("\\u")?;
                    let low = self.unit().filter(|low| (0xdc00..=0xdfff).contains(low))?;
                    char::from_u32(0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00))?
                }
                // A low surrogate without a high one is no character.
                unit => char::from_u32(unit)?,
            },
            _ => return None,
        })
    }

    /// The four hexadecimal digits of a UTF-16 unit.
    fn unit(&mut self) -> Option<u32> {
        (0..4).try_fold(0, |unit, _| Some(unit * 16 + self.rest.pop()?.to_digit(16)?))
    }
}
