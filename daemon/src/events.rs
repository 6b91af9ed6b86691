//! The kinds of events that people may want to find again or act on.
//!
//! Each has a `MESSAGE_ID` of its own, a random number that never changes, by which `journalctl`
//! filters (`journalctl MESSAGE_ID=…`) and the message catalogue explains
//! (systemd.journal-fields(7)).

use crate::diagnosis::Verdict;

/// The port was opened.
pub const LINE_OPENED: &str = "d8b4e72cd50844a6bf03f8ac6013fd24";
/// The settings of the line have been found.
pub const LINE_SETTINGS: &str = "0cc2b6e4e57147738c0efb03311518ec";
/// Another speed is tried.
pub const LINE_TRYING: &str = "bdbb3766b5da49cca667ade73a623d7e";
/// The port cannot be opened for now.
pub const LINE_MISSING: &str = "0d43bbe8196047e0bcfa2d07f4276b2c";
/// The port was lost: a hang-up, an adapter that was pulled out.
pub const LINE_LOST: &str = "f3d6797300334bd6ad9fe2d2cc3df09a";
/// Telegrams arrive (again).
pub const LINE_RECEIVING: &str = "e5e953b688544afd8f0df68d9e7bd017";
/// Encrypted frames arrive.
pub const LINE_ENCRYPTED: &str = "036594038d2d4c5ba4f8ed671573ce1a";
/// Nothing arrives.
pub const LINE_SILENT: &str = "847d42d278e04885adac8d0b56d101c7";
/// The line is held low.
pub const LINE_BREAK: &str = "939fdceb450f44b898ce0669012198a1";
/// The signal is upside down.
pub const LINE_INVERTED: &str = "0c81f220430244dbaf8e28ba5e9ebdc2";
/// The meter sends at another speed.
pub const LINE_SPEED: &str = "b6eb6c024f714692aa2cea44454590c7";
/// Telegrams arrive broken.
pub const LINE_NOISE: &str = "2e7f2d6ed8d64603b5546301056c93b1";
/// Bytes are lost in this machine.
pub const LINE_OVERRUNS: &str = "bec8cd558d63477f80a227ac6e82eed5";
/// Bytes arrive that are nothing known.
pub const LINE_RUBBISH: &str = "6074e4277aba44f9a1cf0b50fe1e20c5";
/// Another program has the port.
pub const LINE_IN_USE: &str = "d898173b68e147e3b60f9ef61f77d6fb";
/// A meter was recognised.
pub const METER_RECOGNISED: &str = "e8574c55bb3c48029d051027c6b7fa8c";
/// A broken telegram was dropped, or forwarded where checksums are ignored.
pub const TELEGRAM_BROKEN: &str = "a1a784af6a084221b6c76fca1a6d5bd9";
/// The meter is of a kind that sends no telegrams.
pub const METER_UNKNOWN: &str = "89a4366221a24ec0abc6958f1a3d5b7e";
/// No telegram came for too long, and clients were disconnected.
pub const FEED_SILENT: &str = "93d7f35fc3d344b38aa7cb324263f67b";
/// The daemon listens.
pub const LISTENING: &str = "2a583526a717416b80ef9c0a0453b679";
/// A client connected.
pub const CLIENT_CONNECTED: &str = "f0c4b3dccfcc4619b9506f8a5583227e";
/// A client was disconnected, or went.
pub const CLIENT_GONE: &str = "ae84a671d5b442bc942e9f2ed08577a1";
/// A client is too slow and misses telegrams.
pub const CLIENT_SLOW: &str = "131cf6412b33455fb609d8dc93fd1ebd";
/// A client took nothing for so long that it was disconnected.
pub const CLIENT_STALLED: &str = "4ff2df9b9d3d4450a657760704b9acb8";
/// A client was refused.
pub const CLIENT_REFUSED: &str = "6a99c2f6915148cba6fa9a25df922755";
/// No client can be accepted for want of file descriptors or memory.
pub const ACCEPT_FAILED: &str = "c7a5a83ef54042668474c36c5afc0ee4";
/// There is a mistake in the configuration.
pub const CONFIG_MISTAKE: &str = "b92b2bce2af944cf84039ee09e8597da";
/// The daemon serves with the defaults in spite of mistakes in the configuration.
pub const CONFIG_DEFAULTS: &str = "67cee192550b4fcca09e815b3d767c76";
/// The configuration was read again and is in force.
pub const CONFIG_APPLIED: &str = "e79ad7bce91f41ba9d72b8df80841469";
/// The daemon has given up its privileges, or never had any.
pub const PRIVILEGES_DROPPED: &str = "cdb4bdeac98b4f329a5190a360833ed1";
/// The counters of an hour.
pub const SUMMARY: &str = "8707f140ae8d4bc08e6e8ae83a70c373";
/// systemd cannot be told what the daemon does.
pub const SYSTEMD_UNREACHABLE: &str = "537b8ac739e04d70b8189a70443c4d70";
/// A loop of the daemon is stuck, and the watchdog is not fed.
pub const LOOP_STUCK: &str = "61fa8ca632f446bdb0f007fa4602ee40";
/// The system allows fewer open files than there may be clients.
pub const FILES_LIMITED: &str = "e73003475afa4a7f922178fe0b423b5f";
/// What the kernel shows of this host's networks cannot be read.
pub const NETWORKS_UNREADABLE: &str = "193e231101f94e67bf9d7979b959c35a";
/// The address to listen on is none of this machine yet.
pub const ADDRESS_ABSENT: &str = "ec67c450f5e544b0a5ee3800b582f8d3";
/// There is no light yet to show how the line is.
pub const LIGHT_ABSENT: &str = "9663455416494b2982752000a1041b2f";
/// A status was asked for and could not be told, or nobody can ask.
pub const STATUS_UNTOLD: &str = "581bdaf92e174373ad8488cafc9d9430";
/// The daemon cannot start or go on.
pub const FAILED: &str = "2494135f0b1742c09aba2105638ee958";
/// The daemon ends.
pub const ENDING: &str = "a6f3ea74cae440c68d88f3e35c772fba";

/// The kind of event that a line's being found so is.
#[must_use]
pub fn of(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Waiting => LINE_OPENED,
        Verdict::Receiving => LINE_RECEIVING,
        Verdict::Encrypted => LINE_ENCRYPTED,
        Verdict::Silent { .. } => LINE_SILENT,
        Verdict::Break => LINE_BREAK,
        Verdict::Inverted => LINE_INVERTED,
        Verdict::WrongSpeed { .. } => LINE_SPEED,
        Verdict::Noise { .. } => LINE_NOISE,
        Verdict::Overruns => LINE_OVERRUNS,
        Verdict::OtherMeter => METER_UNKNOWN,
        Verdict::Rubbish => LINE_RUBBISH,
        Verdict::Missing => LINE_MISSING,
        Verdict::InUse => LINE_IN_USE,
    }
}
