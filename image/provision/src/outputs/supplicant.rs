//! The configuration of `wpa_supplicant` (`wpa_supplicant.conf(5)`).

use crate::settings::{Protection, Wifi};
use data_encoding::HEXLOWER;
use sha1::Sha1;

/// One network, and the country.
///
/// Its name and its password are written as hexadecimal digits, so that there is nothing to quote in
/// them: between quotation marks, `wpa_supplicant` takes a `#` behind another one for a comment.
pub fn configuration(wifi: &Wifi) -> String {
    let name = HEXLOWER.encode(&wifi.network.ssid);
    let country =
        wifi.country.as_ref().map_or_else(String::new, |code| format!("country={code}\n"));
    let hidden = if wifi.network.hidden { "\tscan_ssid=1\n" } else { "" };
    let protection = match &wifi.network.protection {
        Protection::Open => "\tkey_mgmt=NONE\n".to_owned(),
        // WPA2 with the key and WPA3 with the password, whichever the network knows.
        Protection::Password(password) => format!(
            "\tkey_mgmt=WPA-PSK SAE\n\tieee80211w=1\n\tpsk={}\n\tsae_password={}\n",
            key(password, &wifi.network.ssid),
            HEXLOWER.encode(password.as_bytes()),
        ),
        Protection::Key(key) => format!("\tkey_mgmt=WPA-PSK\n\tieee80211w=1\n\tpsk={key}\n"),
    };
    format!(
        "# p1-provision makes this at each start; what is changed here is lost.\n\
         ctrl_interface=/run/wpa_supplicant\n\
         p2p_disabled=1\n\
         {country}\
         network={{\n\tssid={name}\n{hidden}{protection}}}\n",
    )
}

/// The key that a password and a network's name give (IEEE 802.11, annex J.4.1), as hexadecimal
/// digits.
fn key(password: &str, name: &[u8]) -> String {
    let mut key = [0; 32];
    pbkdf2::pbkdf2_hmac::<Sha1>(password.as_bytes(), name, 4096, &mut key);
    HEXLOWER.encode(&key)
}
