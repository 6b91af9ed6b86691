//! The time as FAT has it: in two seconds, since 1980. It is meant to be the local one; here it is
//! UTC, as nobody does anything by it.

const DAY: u64 = 24 * 60 * 60;
/// What FAT can tell, in seconds since 1970: from the beginning of 1980 to the end of 2107.
const FIRST: u64 = 315_532_800;
const LAST: u64 = 4_354_819_199;

/// Time and date of a moment, in seconds since 1970.
pub(super) fn time_and_date(moment: u64) -> (u16, u16) {
    let moment = moment.clamp(FIRST, LAST);
    let second = moment % DAY;
    let time = ((second / 3600) << 11) | ((second / 60 % 60) << 5) | (second % 60 / 2);
    let (mut year, mut day) = (1970, moment / DAY);
    // Within these years each fourth is a leap year, but for 2100.
    let leap = |year: u64| year % 4 == 0 && year != 2100;
    while day >= 365 + u64::from(leap(year)) {
        day -= 365 + u64::from(leap(year));
        year += 1;
    }
    let february = 28 + u64::from(leap(year));
    let mut month = 1;
    for length in [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] {
        if day < length {
            break;
        }
        day -= length;
        month += 1;
    }
    let date = ((year - 1980) << 9) | (month << 5) | (day + 1);
    (u16::try_from(time).unwrap_or_default(), u16::try_from(date).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_told() {
        // As `date -u -d @SECONDS` says.
        for (moment, (year, month, day), (hour, minute, second)) in [
            (0, (1980, 1, 1), (0, 0, 0)),
            (951_782_399, (2000, 2, 28), (23, 59, 58)),
            (951_782_400, (2000, 2, 29), (0, 0, 0)),
            (1_795_392_000, (2026, 11, 23), (0, 0, 0)),
            (4_107_542_399, (2100, 2, 28), (23, 59, 58)),
            (4_107_542_400, (2100, 3, 1), (0, 0, 0)),
            (u64::MAX, (2107, 12, 31), (23, 59, 58)),
        ] {
            let expected = (
                u16::try_from((hour << 11) | (minute << 5) | (second / 2)).expect("16 bits"),
                u16::try_from(((year - 1980) << 9) | (month << 5) | day).expect("16 bits"),
            );
            assert_eq!(time_and_date(moment), expected, "{moment}");
        }
    }
}
