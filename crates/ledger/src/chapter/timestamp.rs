//! Times as the listing writes them.

use chrono::{DateTime, Local, Timelike};

/// A local time as Python's `str(datetime.datetime.now())` reads: `2026-11-22 19:41:17.215595`, and no fraction when the
/// microseconds are 0 (docs/contract.md section 2).
pub fn python_timestamp(time: DateTime<Local>) -> String {
    let format = if time.nanosecond() / 1_000 == 0 { "%Y-%m-%d %H:%M:%S" } else { "%Y-%m-%d %H:%M:%S%.6f" };
    time.format(format).to_string()
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone;

    use super::*;

    #[test]
    fn the_fraction_has_six_digits_or_is_left_out() {
        let whole = Local.with_ymd_and_hms(2026, 11, 22, 19, 41, 17).unwrap();
        assert_eq!(python_timestamp(whole), "2026-11-22 19:41:17");
        assert_eq!(python_timestamp(whole.with_nanosecond(215_595_999).unwrap()), "2026-11-22 19:41:17.215595");
        assert_eq!(python_timestamp(whole.with_nanosecond(1_000).unwrap()), "2026-11-22 19:41:17.000001");
        assert_eq!(python_timestamp(whole.with_nanosecond(999).unwrap()), "2026-11-22 19:41:17");
    }
}
