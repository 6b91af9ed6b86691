//! The time zone.

use p1_tcp::config::table;
use toml::de::DeValue;

/// The name of one of `zones`; all of them where these are not known.
pub fn timezone(value: &DeValue<'_>, zones: &[String]) -> Result<String, String> {
    let name = table::text(value)?.trim();
    if zones.is_empty() && is_sound(name) {
        return Ok(name.to_owned());
    }
    if let Some(zone) = zones.iter().find(|zone| zone.eq_ignore_ascii_case(name)) {
        return Ok(zone.clone());
    }
    match meant(name, zones) {
        Some(zone) => Err(format!("cannot be \"{name}\"; \"{zone}\" is meant, it seems")),
        None => Err(format!(
            "cannot be \"{name}\"; it is a continent and a city, such as \"Europe/Amsterdam\""
        )),
    }
}

/// Whether a name leads to nowhere but a file of the time zones.
fn is_sound(name: &str) -> bool {
    let part = |part: &str| {
        part.starts_with(|first: char| first.is_ascii_uppercase())
            && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-+".contains(&byte))
    };
    name.split('/').all(part)
}

/// The zone of that city, or the one with the nearest name.
fn meant<'z>(name: &str, zones: &'z [String]) -> Option<&'z String> {
    let simple = |name: &str| name.to_lowercase().replace(['_', ' '], "-");
    let names: Vec<String> = zones.iter().map(|zone| simple(zone)).collect();
    let name = simple(name);
    let city = names.iter().position(|zone| zone.rsplit('/').next() == Some(&name));
    let near = || {
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let nearest = table::nearest(&name, &names)?;
        names.iter().position(|name| *name == nearest)
    };
    city.or_else(near).and_then(|number| zones.get(number))
}
