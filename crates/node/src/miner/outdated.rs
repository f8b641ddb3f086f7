//! When a search goes on with a new template.

use std::time::{Duration, Instant};

use bcoin_ledger::{Rules, Tip};

use crate::view::View;

/// How old a template is at least when it gives way to one with other transactions. Making one keeps the owner.
pub(super) const TEMPLATE_PAUSE: Duration = Duration::from_secs(1);
/// How old a template gets: the time in a header follows the clock, which may be set.
pub(super) const MAX_TEMPLATE_AGE: Duration = Duration::from_secs(10);

/// What a template was made of, and when.
pub(super) struct Template {
    pub(super) parent: Tip,
    pub(super) mempool_changes: u64,
    pub(super) made: Instant,
}

impl Template {
    /// Whether a search for this template is given up for a new one at the time `now`.
    pub(super) fn is_outdated<R: Rules>(&self, view: &View, now: Instant) -> bool {
        view.tip != self.parent
            || R::TEMPLATE_FIXES_TRANSACTIONS
                && self.gives_way(view.mempool_changes, now.saturating_duration_since(self.made))
    }

    fn gives_way(&self, mempool_changes: u64, age: Duration) -> bool {
        age >= MAX_TEMPLATE_AGE || age >= TEMPLATE_PAUSE && mempool_changes != self.mempool_changes
    }
}

#[cfg(test)]
mod tests {
    use bcoin_ledger::BlockHash;

    use super::*;

    #[test]
    fn a_template_gives_way_to_other_transactions_after_a_second_and_to_its_age_after_ten() {
        let parent = Tip { height: 1, hash: BlockHash::ZERO, work: Default::default() };
        let template = Template { parent, mempool_changes: 7, made: Instant::now() };
        for (changes, age, gives_way) in
            [(7, 0, false), (8, 0, false), (8, 999, false), (8, 1000, true), (7, 9_999, false), (7, 10_000, true)]
        {
            assert_eq!(template.gives_way(changes, Duration::from_millis(age)), gives_way, "{changes}, {age} ms");
        }
    }
}
