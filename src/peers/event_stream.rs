//! Server-sent events: parses the lines of a stream (WHATWG HTML, section 9.2.6), and ends a stream that is silent for too long.

use std::{mem, time::Duration};

use reqwest::Response;

use crate::format::root_cause;

/// How long a stream may be silent. A node sends a comment every 10 s.
const SILENCE_TIMEOUT: Duration = Duration::from_secs(30);
/// How long an id and the name of an event may be, in bytes. An id is kept in each event that follows it.
const MAX_WORD: usize = 64;
/// The bounds of the `retry` field, in milliseconds.
const RETRY_BOUNDS: std::ops::RangeInclusive<u64> = 100..=10_000;

/// An item of a stream.
#[derive(Debug, PartialEq, Eq)]
pub enum Message {
    /// Something happened.
    Event(Event),
    /// An event was too long to be taken.
    TooLong,
    /// A comment, which keeps the stream alive.
    Comment,
    /// How long to wait before reconnecting.
    Retry(Duration),
}

/// An event.
#[derive(Debug, PartialEq, Eq)]
pub struct Event {
    /// Id of the last event that had one; empty when there was none.
    pub id: String,
    /// What kind it is.
    pub name: String,
    /// What it says.
    pub data: String,
}

/// A stream of events that is being read.
pub struct EventStream {
    response: Response,
    parser: Parser,
    silence: Duration,
    received: u64,
}

impl EventStream {
    /// The stream of this answer, which goes on after the event `last_id`. A line and an event have at most `max_event` bytes.
    pub fn new(response: Response, last_id: String, max_event: usize) -> Self {
        let parser = Parser { id: last_id.clone(), last_id, ..Parser::new(max_event) };
        Self { response, parser, silence: SILENCE_TIMEOUT, received: 0 }
    }

    /// Id of the last complete event: a new connection continues after it.
    pub fn last_id(&self) -> &str {
        &self.parser.last_id
    }

    /// How many bytes have come so far.
    pub fn received(&self) -> u64 {
        self.received
    }

    /// The next items.
    ///
    /// # Errors
    /// Why the stream has ended, in a few words, which may be the peer's.
    pub async fn next(&mut self) -> Result<Vec<Message>, String> {
        match tokio::time::timeout(self.silence, self.response.chunk()).await {
            Ok(Ok(Some(chunk))) => {
                self.received += chunk.len() as u64;
                Ok(self.parser.push(&chunk))
            }
            Ok(Ok(None)) => Err("it has ended the stream".into()),
            Ok(Err(error)) => Err(root_cause(&error)),
            Err(_) => Err(format!("it has been silent for {} s", self.silence.as_secs())),
        }
    }
}

/// Parses the bytes of a stream into events. The chunks may be cut anywhere.
struct Parser {
    /// How many bytes a line and an event may have.
    max: usize,
    line: Bounded,
    data: Bounded,
    name: String,
    /// Id of the next event. It stays until the stream sets another one.
    id: String,
    last_id: String,
    /// Whether the last byte was a CR: an LF that follows belongs to the same line end.
    after_cr: bool,
    begun: bool,
}

/// The bytes of a line or an event, and whether there were more than there may be.
#[derive(Default)]
struct Bounded {
    bytes: Vec<u8>,
    is_cut: bool,
}

impl Bounded {
    fn push(&mut self, bytes: &[u8], max: usize) {
        if self.bytes.len() + bytes.len() > max {
            self.is_cut = true;
            self.bytes = Vec::new();
        }
        if !self.is_cut {
            self.bytes.extend_from_slice(bytes);
        }
    }
}

impl Parser {
    fn new(max: usize) -> Self {
        Self {
            max,
            line: Bounded::default(),
            data: Bounded::default(),
            name: String::new(),
            id: String::new(),
            last_id: String::new(),
            after_cr: false,
            begun: false,
        }
    }

    fn push(&mut self, mut bytes: &[u8]) -> Vec<Message> {
        let mut messages = Vec::new();
        if self.after_cr && !bytes.is_empty() {
            self.after_cr = false;
            bytes = bytes.strip_prefix(b"\n").unwrap_or(bytes);
        }
        while let Some(end) = bytes.iter().position(|byte| matches!(byte, b'\n' | b'\r')) {
            self.line.push(&bytes[..end], self.max);
            let is_cr = bytes[end] == b'\r';
            bytes = &bytes[end + 1..];
            if is_cr {
                self.after_cr = bytes.is_empty();
                bytes = bytes.strip_prefix(b"\n").unwrap_or(bytes);
            }
            let line = mem::take(&mut self.line);
            messages.extend(self.take_line(&line));
        }
        self.line.push(bytes, self.max);
        messages
    }

    fn take_line(&mut self, line: &Bounded) -> Option<Message> {
        if line.is_cut {
            self.data.is_cut = true;
            return None;
        }
        let mut line = line.bytes.as_slice();
        if !mem::replace(&mut self.begun, true) {
            line = line.strip_prefix("\u{feff}".as_bytes()).unwrap_or(line);
        }
        if line.is_empty() {
            return self.dispatch();
        }
        let (field, value) = match line.iter().position(|byte| *byte == b':') {
            Some(0) => return Some(Message::Comment),
            Some(at) => (&line[..at], &line[at + 1..]),
            None => (line, &b""[..]),
        };
        let value = value.strip_prefix(b" ").unwrap_or(value);
        let text = || String::from_utf8_lossy(value).into_owned();
        match field {
            b"data" => {
                self.data.push(value, self.max);
                self.data.push(b"\n", self.max);
            }
            b"event" if value.len() <= MAX_WORD => self.name = text(),
            b"id" if value.len() <= MAX_WORD && !value.contains(&0) => self.id = text(),
            b"retry" if !value.is_empty() && value.iter().all(u8::is_ascii_digit) => {
                let wish = text().parse().unwrap_or(u64::MAX);
                return Some(Message::Retry(Duration::from_millis(
                    wish.clamp(*RETRY_BOUNDS.start(), *RETRY_BOUNDS.end()),
                )));
            }
            _ => {}
        }
        None
    }

    /// Ends an event. An event without data is dropped.
    fn dispatch(&mut self) -> Option<Message> {
        self.last_id.clone_from(&self.id);
        let name = mem::take(&mut self.name);
        let Bounded { bytes, is_cut } = mem::take(&mut self.data);
        if is_cut {
            return Some(Message::TooLong);
        }
        let data = bytes.strip_suffix(b"\n")?;
        Some(Message::Event(Event {
            id: self.last_id.clone(),
            name: if name.is_empty() { "message".into() } else { name },
            data: String::from_utf8_lossy(data).into_owned(),
        }))
    }
}

#[cfg(test)]
mod tests {
    use tokio::{
        io::{AsyncReadExt as _, AsyncWriteExt as _},
        net::TcpListener,
    };

    use super::*;

    const MAX_EVENT: usize = 1 << 20;

    /// Parses these pieces of a stream.
    fn parse<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> Vec<Message> {
        let mut parser = Parser::new(MAX_EVENT);
        pieces.into_iter().flat_map(|piece| parser.push(piece)).collect()
    }

    fn event(id: &str, name: &str, data: &str) -> Message {
        Message::Event(Event { id: id.into(), name: name.into(), data: data.into() })
    }

    #[test]
    fn a_nodes_stream_is_the_same_however_it_is_cut_and_whatever_ends_its_lines() {
        let stream = "retry: 1000\n\nid: 1f-1\nevent: payment\ndata: {\"a\": \"ü\"}\n\n:\n\nid: 1f-2\nevent: block\ndata: {}\n\n";
        let expected = || {
            let retry = Message::Retry(Duration::from_secs(1));
            vec![retry, event("1f-1", "payment", "{\"a\": \"ü\"}"), Message::Comment, event("1f-2", "block", "{}")]
        };
        for line_end in ["\n", "\r\n", "\r"] {
            let stream = stream.replace('\n', line_end);
            assert_eq!(parse([stream.as_bytes()]), expected(), "{line_end:?}");
            assert_eq!(parse(stream.as_bytes().chunks(1)), expected(), "{line_end:?} byte by byte");
            for at in 0..stream.len() {
                let (start, end) = stream.as_bytes().split_at(at);
                assert_eq!(parse([start, b"", end]), expected(), "{line_end:?} cut at {at}");
            }
        }
    }

    #[test]
    fn data_lines_are_joined_and_only_whole_events_count() {
        assert_eq!(parse([&b"data: a\ndata:b\ndata:  c\ndata\n\n"[..]]), [event("", "message", "a\nb\n c\n")]);
        assert_eq!(parse([&b"event: x\n\ndata: a\n\n"[..]]), [event("", "message", "a")], "no data, no event");
        assert_eq!(parse([&b"data: a\n"[..]]), [], "the empty line is missing");
        assert_eq!(parse([&b"\xef\xbb\xbfdata: a\n\n"[..]]), [event("", "message", "a")]);
        assert_eq!(parse([&b"data: \xff\n\n"[..]]), [event("", "message", "\u{fffd}")]);
        assert_eq!(parse([&b"unknown: a\ndata\n\n"[..]]), [event("", "message", "")]);
    }

    #[test]
    fn an_id_counts_once_its_event_is_whole_and_stays() {
        let mut parser = Parser { last_id: "0".into(), id: "0".into(), ..Parser::new(MAX_EVENT) };
        assert_eq!(parser.push(b"data: a\n\nid: 1\ndata: b\n"), [event("0", "message", "a")]);
        assert_eq!(parser.last_id, "0");
        assert_eq!(
            parser.push(b"\nid: 2\n\nid: x\0\ndata: c\n\n"),
            [event("1", "message", "b"), event("2", "message", "c")]
        );
        assert_eq!(parser.last_id, "2");
    }

    #[test]
    fn a_wish_to_come_back_is_kept_within_bounds() {
        let retry = |text: &str| parse([format!("retry: {text}\n").as_bytes()]);
        assert_eq!(retry("2500"), [Message::Retry(Duration::from_millis(2500))]);
        assert_eq!(retry("0"), [Message::Retry(Duration::from_millis(100))]);
        assert_eq!(retry("99999999999999999999999"), [Message::Retry(Duration::from_secs(10))]);
        for text in ["", "-1", "1.5", "soon"] {
            assert_eq!(retry(text), [], "{text}");
        }
    }

    #[test]
    fn an_event_that_is_too_long_is_left_out_and_the_next_one_is_heard() {
        let piece = vec![b'x'; MAX_EVENT / 4];
        // One long line, and many that are long together.
        let line: Vec<&[u8]> =
            [&b"id: 1\ndata: "[..]].into_iter().chain([piece.as_slice(); 5]).chain([&b"\n\n"[..]]).collect();
        let lines = [&b"id: 1\n"[..]]
            .into_iter()
            .chain([&b"data: "[..], &piece, b"\n"].repeat(5))
            .chain([&b"\n"[..]])
            .collect();
        for stream in [line, lines] {
            let mut parser = Parser::new(MAX_EVENT);
            let mut messages = Vec::new();
            for piece in stream {
                messages.extend(parser.push(piece));
                assert!(parser.line.bytes.len() + parser.data.bytes.len() <= 2 * MAX_EVENT);
            }
            messages.extend(parser.push(b"id: 2\ndata: y\n\n"));
            assert_eq!(messages, [Message::TooLong, event("2", "message", "y")]);
        }
    }

    #[test]
    fn an_id_or_a_name_of_any_length_is_not_kept() {
        let long = "x".repeat(MAX_WORD + 1);
        let stream = format!("id: 1\ndata: a\n\nid: {long}\nevent: {long}\ndata: b\n\n");
        assert_eq!(parse([stream.as_bytes()]), [event("1", "message", "a"), event("1", "message", "b")]);
    }

    #[tokio::test]
    async fn a_stream_that_falls_silent_is_dead() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            // An answer before the request would be an error.
            stream.read_u8().await.unwrap();
            stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n:\n").await.unwrap();
            // Neither goes on nor hangs up.
            std::future::pending::<()>().await;
        });
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let mut stream = EventStream::new(client.get(url).send().await.unwrap(), String::new(), MAX_EVENT);
        assert_eq!(stream.next().await, Ok(vec![Message::Comment]));
        stream.silence = Duration::from_millis(10);
        assert!(stream.next().await.unwrap_err().contains("silent"));
    }
}
