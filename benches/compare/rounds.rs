//! Measures several things in turn, so that other load on the machine affects all of them.

use std::time::Instant;

/// Measures one round.
pub type Measure<'a> = Box<dyn FnMut() -> f64 + 'a>;

/// Measures A B C A B C ..., and returns the median of each. The first round warms up and does not count.
pub fn medians<const N: usize>(rounds: usize, mut measures: [Option<Measure<'_>>; N]) -> [Option<f64>; N] {
    let mut figures: [Vec<f64>; N] = std::array::from_fn(|_| Vec::new());
    for round in 0..=rounds {
        for (measure, figures) in measures.iter_mut().zip(&mut figures) {
            let Some(measure) = measure else { continue };
            let figure = measure();
            if round > 0 {
                figures.push(figure);
            }
        }
    }
    figures.map(|figures| (!figures.is_empty()).then(|| median(figures)))
}

/// The rate per second. Each call of `work` returns how many it did.
pub fn rate(calls: u32, mut work: impl FnMut() -> u64) -> f64 {
    let begun = Instant::now();
    let done: u64 = (0..calls).map(|_| work()).sum();
    done as f64 / begun.elapsed().as_secs_f64()
}

/// The median.
pub fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_unstable_by(f64::total_cmp);
    figures[figures.len() / 2]
}
