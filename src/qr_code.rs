//! An address as a QR code (ISO/IEC 18004): for a terminal, and as SVG.

use std::fmt::Write as _;

use qrcode::{Color, QrCode, render::svg, types::QrError};

/// How many light modules surround a code, as the standard asks for.
const QUIET_ZONE: usize = 4;
/// The side of a module in the SVG, in its own units.
const MODULE: u32 = 8;
/// Black on white in the palette of 256 colours, which terminals do not adapt to their theme.
const BLACK_ON_WHITE: &str = "\x1b[38;5;16;48;5;231m";
const RESET: &str = "\x1b[0m";

/// The code as an SVG image, quiet zone included.
///
/// # Errors
/// When the text is too long for a code.
pub(crate) fn svg(text: &str) -> Result<String, QrError> {
    Ok(QrCode::new(text)?.render::<svg::Color<'_>>().module_dimensions(MODULE, MODULE).build())
}

/// The code for a terminal, two modules in each character. With `colours` it is black on white whatever the colours of the
/// terminal are; without, dark modules have the colour of the text.
///
/// # Errors
/// When the text is too long for a code.
pub(crate) fn for_terminal(text: &str, colours: bool) -> Result<String, QrError> {
    let code = QrCode::new(text)?;
    let (width, modules) = (code.width(), code.to_colors());
    let is_dark = |row: usize, column: usize| -> bool {
        let inside = |place: usize| place.checked_sub(QUIET_ZONE).filter(|place| *place < width);
        inside(row)
            .zip(inside(column))
            .and_then(|(row, column)| modules.get(row * width + column))
            .is_some_and(|module| *module == Color::Dark)
    };
    let side = width + 2 * QUIET_ZONE;
    let (begin, end) = if colours { (BLACK_ON_WHITE, RESET) } else { ("", "") };
    let mut lines = String::new();
    for row in (0..side).step_by(2) {
        let line: String = (0..side)
            .map(|column| match (is_dark(row, column), is_dark(row + 1, column)) {
                (true, true) => '█',
                (true, false) => '▀',
                (false, true) => '▄',
                (false, false) => ' ',
            })
            .collect();
        // Writing to a `String` does not fail.
        let _ = writeln!(lines, "{begin}{line}{end}");
    }
    Ok(lines)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ADDRESS: &str = "http://192.168.1.7:1001";

    /// The modules of a code with its quiet zone, row by row.
    fn expected() -> Vec<Vec<bool>> {
        let code = QrCode::new(ADDRESS).unwrap();
        let side = code.width() + 2 * QUIET_ZONE;
        let mut rows = vec![vec![false; side]; side];
        for (place, color) in code.to_colors().iter().enumerate() {
            rows[QUIET_ZONE + place / code.width()][QUIET_ZONE + place % code.width()] = *color == Color::Dark;
        }
        rows
    }

    #[test]
    fn the_svg_shows_the_modules_of_the_code() {
        let svg = svg(ADDRESS).unwrap();
        let (_, path) = svg.split_once(" d=\"").unwrap();
        let (path, _) = path.split_once('"').unwrap();
        let mut rows = vec![vec![false; expected().len()]; expected().len()];
        // Each rectangle is `Mx yhWvH...`.
        for rectangle in path.split('M').skip(1) {
            let numbers: Vec<usize> = rectangle
                .split(|c: char| !c.is_ascii_digit())
                .take(4)
                .map(|number| number.parse::<usize>().unwrap() / MODULE as usize)
                .collect();
            for row in &mut rows[numbers[1]..][..numbers[3]] {
                row[numbers[0]..][..numbers[2]].fill(true);
            }
        }
        assert_eq!(rows, expected());
        assert!(svg.contains(&format!("viewBox=\"0 0 {0} {0}\"", expected().len() * MODULE as usize)), "{svg}");
    }

    #[test]
    fn a_terminal_shows_the_modules_of_the_code() {
        let plain = for_terminal(ADDRESS, false).unwrap();
        let mut rows: Vec<Vec<bool>> = Vec::new();
        for line in plain.lines() {
            rows.push(line.chars().map(|c| c == '█' || c == '▀').collect());
            rows.push(line.chars().map(|c| c == '█' || c == '▄').collect());
        }
        // The last line has room for a row more.
        assert!(rows.pop().unwrap().iter().all(|dark| !dark));
        assert_eq!(rows, expected());
        let coloured = for_terminal(ADDRESS, true).unwrap();
        assert!(coloured.lines().all(|line| line.starts_with(BLACK_ON_WHITE) && line.ends_with(RESET)));
        assert_eq!(coloured.replace(BLACK_ON_WHITE, "").replace(RESET, ""), plain);
    }

    #[test]
    fn a_text_that_is_too_long_is_no_code() {
        assert!(svg(&"x".repeat(5000)).is_err() && for_terminal(&"x".repeat(5000), true).is_err());
    }
}
