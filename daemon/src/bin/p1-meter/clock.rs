//! The meter's clock: Central European Time, wherever the meter runs.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};
use std::sync::LazyLock;

/// The legal time of the Netherlands, Belgium and Luxembourg since 1996.
static ZONE: LazyLock<TimeZone> = LazyLock::new(|| {
    TimeZone::posix("CET-1CEST,M3.5.0,M10.5.0/3").expect("a time zone by the rules of POSIX")
});

/// The years that two digits can tell apart.
const YEARS: std::ops::RangeInclusive<i16> = 2000..=2099;

/// What a clock on the wall shows at `instant`.
pub(crate) fn local(instant: Timestamp) -> Zoned {
    instant.to_zoned(ZONE.clone())
}

/// Reads a moment: RFC 3339, or a local time without an offset.
pub(crate) fn parse(text: &str) -> Result<Zoned, String> {
    let instant = text.parse().map(local);
    let moment = instant
        .or_else(|_| text.parse::<DateTime>().and_then(|wall| wall.to_zoned(ZONE.clone())))
        .map_err(|_| "give a time such as 2025-01-31T12:00:00 or 2025-01-31T11:00:00Z")?;
    if !YEARS.contains(&moment.year()) {
        return Err("give a year from 2000 to 2099, as telegrams hold two digits of it".to_owned());
    }
    Ok(moment)
}

/// The last moment up to and including `now` that is a whole number of `minutes`, at most 60.
pub(crate) fn whole_minutes(now: &Zoned, minutes: u32) -> Zoned {
    let seconds = i64::from(minutes) * 60;
    let second = now.timestamp().as_second();
    local(Timestamp::from_second(second - second.rem_euclid(seconds)).unwrap_or(now.timestamp()))
}

/// TST, `YYMMDDhhmmssX`, with `S` in summer and `W` in winter (DSMR 5.0.2, chapter 6.4).
pub(crate) fn stamp(moment: &Zoned) -> String {
    let summer = moment.time_zone().to_offset_info(moment.timestamp()).dst().is_dst();
    format!("{}{}", stamp_without_season(moment), if summer { 'S' } else { 'W' })
}

/// The same as DSMR 2.2 and 3.0 write it, which leaves an hour of autumn in doubt.
pub(crate) fn stamp_without_season(moment: &Zoned) -> String {
    moment.strftime("%y%m%d%H%M%S").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stamps_tell_summer_from_winter() {
        for (moment, expected) in [
            ("2025-01-31T12:00:00", "250131120000W"),
            ("2025-07-01T09:08:07", "250701090807S"),
            ("2025-03-30T00:59:59Z", "250330015959W"),
            ("2025-03-30T01:00:00Z", "250330030000S"),
            ("2025-10-26T00:30:00Z", "251026023000S"),
            ("2025-10-26T01:30:00Z", "251026023000W"),
            ("2025-01-31T12:00:00+01:00", "250131120000W"),
        ] {
            assert_eq!(stamp(&parse(moment).expect(moment)), expected);
        }
    }

    #[test]
    fn what_is_no_time_of_a_meter_is_refused() {
        for text in ["", "yesterday", "12:00", "1999-12-31T00:00:00", "2100-01-01T00:00:00"] {
            assert!(parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn whole_minutes_go_back() {
        let at = |text| parse(text).expect(text);
        assert_eq!(whole_minutes(&at("2025-07-01T09:08:07"), 5), at("2025-07-01T09:05:00"));
        assert_eq!(whole_minutes(&at("2025-07-01T09:00:00"), 60), at("2025-07-01T09:00:00"));
        assert_eq!(whole_minutes(&at("2025-07-01T09:08:07"), 60), at("2025-07-01T09:00:00"));
    }
}
