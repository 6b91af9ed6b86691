//! The country, which decides what channels Wi-Fi may use.

use p1_tcp::config::table;
use toml::de::DeValue;

/// The code of one of `countries` (ISO 3166-1 alpha-2); any two letters where these are not known.
pub fn country(value: &DeValue<'_>, countries: &[String]) -> Result<String, String> {
    let code = table::text(value)?.trim().to_ascii_uppercase();
    let is_code = code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_uppercase());
    if is_code && (countries.is_empty() || countries.contains(&code)) {
        return Ok(code);
    }
    let meant = if code == "UK" { "; the United Kingdom is \"GB\"" } else { "" };
    Err(format!(
        "cannot be \"{code}\"; it is the code of a country, such as \"NL\", \"BE\" or \"LU\"{meant}"
    ))
}
