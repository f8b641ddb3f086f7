//! The table that the comparison prints, in Markdown.

/// One line: a figure of B-Coin and another one.
pub struct Row {
    work: &'static str,
    bcoin: String,
    beside: String,
    result: Option<Outcome>,
    least: String,
}

struct Outcome {
    shown: String,
    stands: bool,
}

impl Row {
    /// Two rates: more is better. Without `beside`, it was not measured.
    pub fn rates(work: &'static str, bcoin: Rate, beside_what: &'static str, beside: Option<Rate>, least: f64) -> Self {
        let ratio = beside.as_ref().map(|beside| bcoin.per_second / beside.per_second);
        Self::new(work, bcoin.to_string(), beside_what, beside.map(|beside| beside.to_string()), ratio, least)
    }

    /// Two times in seconds: less is better.
    pub fn times(work: &'static str, bcoin: f64, beside_what: &'static str, beside: Option<f64>, least: f64) -> Self {
        let show = |seconds: f64| format!("{:.2} ms", seconds * 1e3);
        Self::new(work, show(bcoin), beside_what, beside.map(show), beside.map(|beside| beside / bcoin), least)
    }

    /// A figure that has to stay within a bound, without a comparison.
    pub fn bound(work: &'static str, bcoin: f64, max: f64, unit: &str) -> Self {
        Self {
            work,
            bcoin: format!("{bcoin:.2} {unit}"),
            beside: String::new(),
            result: Some(Outcome { shown: String::new(), stands: bcoin <= max }),
            least: format!("at most {max} {unit}"),
        }
    }

    fn new(
        work: &'static str,
        bcoin: String,
        beside_what: &'static str,
        beside: Option<String>,
        ratio: Option<f64>,
        least: f64,
    ) -> Self {
        Self {
            work,
            bcoin,
            beside: format!("{beside_what}: {}", beside.as_deref().unwrap_or("not measured")),
            result: ratio.map(|ratio| Outcome { shown: format!("{ratio:.2}"), stands: ratio >= least }),
            least: least.to_string(),
        }
    }
}

/// Prints the whole table.
pub fn print(rows: &[Row]) {
    println!("| work | B-Coin | beside | ratio | at least | ok |");
    println!("| --- | ---: | --- | ---: | ---: | --- |");
    for row in rows {
        let (ratio, ok) = match &row.result {
            None => ("", "not measured"),
            Some(result) => (result.shown.as_str(), if result.stands { "yes" } else { "**no**" }),
        };
        println!("| {} | {} | {} | {ratio} | {} | {ok} |", row.work, row.bcoin, row.beside, row.least);
    }
}

/// A rate per second.
#[derive(Clone, Copy)]
pub struct Rate {
    per_second: f64,
    unit: &'static str,
}

impl Rate {
    pub fn new(per_second: f64, unit: &'static str) -> Self {
        Self { per_second, unit }
    }
}

impl std::fmt::Display for Rate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { per_second, unit } = self;
        match per_second {
            1e6.. => write!(f, "{:.2} M {unit}/s", per_second / 1e6),
            1e4.. => write!(f, "{:.1} k {unit}/s", per_second / 1e3),
            _ => write!(f, "{per_second:.0} {unit}/s"),
        }
    }
}
