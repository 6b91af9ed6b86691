//! The configuration of `wpa_supplicant` (`wpa_supplicant.conf(5)`).

use crate::settings::{Protection, Wifi};
use data_encoding::HEXLOWER;

/// One network, and the country.
///
/// The network's name is written as hexadecimal digits, so that there is nothing to quote in it. A
/// password stands between quotation marks and needs nothing else: `wpa_supplicant` looks for the
/// last one on the line, and takes no sign in between for anything else.
pub fn configuration(wifi: &Wifi) -> String {
    let country =
        wifi.country.as_ref().map_or_else(String::new, |code| format!("country={code}\n"));
    let hidden = if wifi.network.hidden { "\tscan_ssid=1\n" } else { "" };
    let protection = match &wifi.network.protection {
        Protection::Open => "\tkey_mgmt=NONE\n".to_owned(),
        // WPA2 and WPA3, whichever the network knows; WPA3 works with the password alone.
        Protection::Password(password) => {
            format!("\tkey_mgmt=WPA-PSK SAE\n\tieee80211w=1\n\tpsk=\"{password}\"\n")
        }
        Protection::Key(key) => format!("\tkey_mgmt=WPA-PSK\n\tieee80211w=1\n\tpsk={key}\n"),
    };
    format!(
        "# p1-provision makes this at each start; what is changed here is lost.\n\
         ctrl_interface=/run/wpa_supplicant\n\
         p2p_disabled=1\n\
         {country}\
         network={{\n\tssid={}\n{hidden}{protection}}}\n",
        HEXLOWER.encode(&wifi.network.ssid)
    )
}
