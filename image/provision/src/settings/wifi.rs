//! The wireless network.

use data_encoding::HEXLOWER_PERMISSIVE;
use p1_tcp::config::table;
use std::fmt;
use toml::de::DeValue;

/// A wireless network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Network {
    /// Its name: 1 to 32 bytes, mostly text (IEEE 802.11, 9.4.2.2).
    pub ssid: Vec<u8>,
    /// Whether it does not tell its name by itself.
    pub hidden: bool,
    /// What it asks of those who join.
    pub protection: Protection,
}

/// What a network asks of those who join.
#[derive(Clone, PartialEq, Eq)]
pub enum Protection {
    /// Nothing.
    Open,
    /// A password: 8 to 63 printable ASCII characters (IEEE 802.11, annex J.4).
    Password(String),
    /// The key that a password and a name give, as 64 hexadecimal digits.
    Key(String),
}

/// Without the secret.
impl fmt::Debug for Protection {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Open => "Open",
            Self::Password(_) => "Password",
            Self::Key(_) => "Key",
        })
    }
}

/// A network's name as a text.
pub fn ssid(value: &DeValue<'_>) -> Result<Vec<u8>, String> {
    let name = table::text(value)?;
    if name.contains(char::REPLACEMENT_CHARACTER) {
        return Err(
            "holds a character that cannot be read; save the file as UTF-8, or write the name \
                    as `ssid-hex`"
                .into(),
        );
    }
    sized(name.as_bytes().to_vec())
}

/// A network's name as hexadecimal digits, two for each byte.
pub fn ssid_hex(value: &DeValue<'_>) -> Result<Vec<u8>, String> {
    let digits = table::text(value)?;
    let bytes = HEXLOWER_PERMISSIVE.decode(digits.trim().as_bytes());
    bytes.map_err(|_| "has to be hexadecimal digits, two for each byte".to_owned()).and_then(sized)
}

fn sized(name: Vec<u8>) -> Result<Vec<u8>, String> {
    match name.len() {
        0 => Err("is empty; write the network's name, or leave the line out".into()),
        1..=32 => Ok(name),
        length => Err(format!("has {length} bytes, and no network's name has more than 32")),
    }
}

/// A password or, where it has the form of one, a key. What is wrong with it is told without it.
pub fn password(value: &DeValue<'_>) -> Result<Protection, String> {
    let Ok(password) = table::text(value) else {
        return Err("has to be a text in straight quotation marks".into());
    };
    if is_key(password) {
        return Ok(Protection::Key(password.to_ascii_lowercase()));
    }
    if !password.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        return Err(
            "holds a character that no Wi-Fi password has: these have letters a to z, digits, \
                    spaces and the signs of an English keyboard"
                .into(),
        );
    }
    match password.len() {
        8..=63 => Ok(Protection::Password(password.to_owned())),
        length => Err(format!("has {length} characters, and a Wi-Fi password has 8 to 63")),
    }
}

/// Only a key that was worked out beforehand, as Raspberry Pi Imager does.
pub fn key(value: &DeValue<'_>) -> Result<Protection, String> {
    match password(value) {
        Ok(Protection::Key(key)) => Ok(Protection::Key(key)),
        _ => Err("is said to be encrypted, and then has to be 64 hexadecimal digits".into()),
    }
}

fn is_key(password: &str) -> bool {
    password.len() == 64 && password.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// A switch.
pub fn switch(value: &DeValue<'_>) -> Result<bool, String> {
    value.as_bool().ok_or_else(|| "has to be true or false, without quotation marks".into())
}
