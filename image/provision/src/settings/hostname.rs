//! The host name.

use p1_tcp::config::table;
use toml::de::DeValue;

/// A name of one label (RFC 1123, section 2.1; RFC 1034, section 3.5), as it is to be found by
/// multicast DNS as `NAME.local`.
pub fn hostname(value: &DeValue<'_>) -> Result<String, String> {
    let name = table::text(value)?.trim();
    if let Some(label) = name.strip_suffix(".local") {
        return Err(format!("has no \".local\" at its end; \"{label}\" is found as {name}"));
    }
    let valid = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    let whole = (1..=63).contains(&name.len()) && name.bytes().all(valid);
    if !whole || name.starts_with('-') || name.ends_with('-') {
        return Err(format!(
            "cannot be \"{name}\"; it is 1 to 63 letters a to z, digits, and hyphens between them"
        ));
    }
    if name.eq_ignore_ascii_case("localhost") {
        return Err("cannot be \"localhost\", as that is every machine's name for itself".into());
    }
    Ok(name.to_owned())
}
