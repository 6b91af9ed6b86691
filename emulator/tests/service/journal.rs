//! What an administrator finds in the journal.

use crate::guest::Guest;
use emulator::failure::Failure;
use serde_json::Value;
use std::collections::BTreeMap;

pub fn fields_and_explanations(guest: &mut Guest) -> Result<(), Failure> {
    let entries = guest.journal("SYSLOG_IDENTIFIER=p1-tcp")?;
    // One entry of each kind.
    let kinds: BTreeMap<&str, &Value> = entries
        .iter()
        .map(|entry| (entry["MESSAGE_ID"].as_str().unwrap_or("an entry without an id"), entry))
        .collect();
    let with = |field: &str| -> Vec<&str> {
        kinds.values().filter_map(|entry| entry[field].as_str()).collect()
    };
    assert!(with("DEVICE").contains(&"/dev/ttyS1"), "{kinds:?}");
    assert!(with("METER").iter().all(|meter| meter.starts_with('/')), "{kinds:?}");
    assert!(!with("METER").is_empty(), "{kinds:?}");
    assert!(!with("PORT").is_empty(), "{kinds:?}");
    // The summary of those that have ended.
    for field in ["BYTES", "TELEGRAMS", "CHECKSUM_ERRORS", "CLIENTS", "REFUSED", "MISSED"] {
        assert!(
            with(field).iter().any(|count| count.parse::<u64>().is_ok()),
            "{field} in {kinds:?}"
        );
    }
    assert!(entries.iter().all(|entry| entry["_SYSTEMD_UNIT"] == "p1-tcp.service"));

    let ids: Vec<&str> = kinds.keys().copied().collect();
    let known = guest.shell.run(&format!("journalctl --list-catalog {}", ids.join(" ")))?;
    for id in &ids {
        assert!(known.contains(id), "the catalog has no text for {:?}", kinds[id]["MESSAGE"]);
    }
    let explained = guest.shell.run("journalctl --no-pager -xu p1-tcp SYSLOG_IDENTIFIER=p1-tcp")?;
    let (_, behind) = explained.split_once("reading /dev/ttyS1 ").unwrap_or_default();
    let explanation = behind.lines().nth(1).unwrap_or_default();
    assert!(
        explanation.starts_with("░░ ") && explanation.contains("/dev/ttyS1"),
        "{explanation:?}"
    );
    println!(
        "{}: {} kinds of entries, all explained, such as {explanation:?}",
        guest.name,
        ids.len()
    );
    Ok(())
}
