//! What a `!` is the end of: a telegram that is proved, a broken one, or none.

use super::framer::Framer;
use super::sums::{Key, Sums};
use super::wellformed;
use super::{Broken, Checksum, LONGEST, Proof, header};
use std::ops::Range;

/// A `/`: a telegram may begin here.
pub(super) struct Start {
    pub(super) at: usize,
    pub(super) key: Key,
}

/// A meter whose telegrams have verified.
pub(super) struct Meter {
    header: Box<[u8]>,
    pub(super) kind: Checksum,
}

/// What a scan came upon, as positions, so that it can be given out as a slice.
pub(super) enum Found {
    Frame(Range<usize>, Proof),
    Broken(Range<usize>, Broken),
}

impl Framer {
    /// A `!` with up to four digits and a line end behind it: is there a telegram before it?
    pub(super) fn judge(&mut self, at: usize, sent: Option<u16>, end: usize) -> Option<Found> {
        self.give_up_before(end.saturating_sub(LONGEST));
        if self.starts.is_empty() {
            return None;
        }
        self.sum_up_to(at + 1);
        let found = match sent {
            Some(sent) => self.verify(at, sent, end),
            None => self.check_form(end),
        };
        if let Some(found @ Found::Frame(..)) = found {
            self.begin = end;
            self.scanned = end;
            self.judged = end;
            self.starts.clear();
            self.encrypted.take_if(|frame| frame.start < end);
            return Some(found);
        }
        // Behind noise, anywhere but at the beginning of a line, a `!` is a damaged digit.
        let whole_line = self.window[..at].ends_with(b"\r\n");
        if !whole_line {
            return None;
        }
        let found = found.or_else(|| self.broken(at, sent, end));
        self.judged = end;
        if self.window[at + 1..end].iter().filter(|byte| byte.is_ascii_hexdigit()).count() == 4 {
            // No text has such a line. By accident, one in 65536 would verify with what follows.
            self.starts.clear();
        }
        found
    }

    /// Whether the checksum that was sent is right for a telegram from one of the candidates, the
    /// last byte of which is the `!` before `end`'s digits.
    fn verify(&mut self, at: usize, sent: u16, end: usize) -> Option<Found> {
        let (start, kind) =
            self.verify_as_known(sent).or_else(|| self.verify_as_new(at, sent, end))?;
        let header = header(&self.window[start..end]);
        if self.meter.as_ref().is_none_or(|meter| *meter.header != *header) {
            self.meter = Some(Meter { header: header.into(), kind });
            self.sums = Sums::of(kind);
        }
        Some(Found::Frame(start..end, Proof::Checksum(kind)))
    }

    /// By the meter's kind of checksum, or the usual one as long as there is none: all candidates
    /// at once.
    fn verify_as_known(&self, sent: u16) -> Option<(usize, Checksum)> {
        let kind = self.kind();
        let key = self.sums.end(sent, kind);
        let start = self.starts.iter().find(|start| start.key == key)?;
        Some((start.at, kind))
    }

    /// The meter's kind of checksum, or the usual one.
    fn kind(&self) -> Checksum {
        self.meter.as_ref().map_or(Checksum::Arc, |meter| meter.kind)
    }

    /// By any kind, as that of a meter that has not been seen before.
    ///
    /// Each candidate with a header line is tried but once, so this is done with the bytes.
    fn verify_as_new(&self, at: usize, sent: u16, end: usize) -> Option<(usize, Checksum)> {
        let untried = self.starts.iter().map(|start| start.at).filter(|&at| at >= self.judged);
        untried.into_iter().find_map(|start| {
            let header = wellformed::header(&self.window[start..end])?;
            if self.meter.as_ref().is_some_and(|meter| *meter.header == *header) {
                return None;
            }
            Some((
                start,
                Checksum::ALL.into_iter().find(|kind| kind.of(&self.window[start..=at]) == sent)?,
            ))
        })
    }

    /// Whether a telegram without a checksum from one of the candidates is well-formed.
    fn check_form(&self, end: usize) -> Option<Found> {
        // A candidate before an earlier `!` on a line of its own has that line inside.
        let candidates = self.starts.iter().map(|start| start.at).filter(|&at| at >= self.judged);
        let mut formed = candidates.filter(|&at| wellformed::is_well_formed(&self.window[at..end]));
        let mut start = formed.next()?;
        // A second header in the header line: there a telegram broke off, and this one began.
        for next in formed {
            if next > start + header(&self.window[start..end]).len() {
                break;
            }
            start = next;
        }
        Some(match &self.meter {
            Some(meter) if *meter.header == *header(&self.window[start..end]) => {
                Found::Broken(start..end, Broken::NoChecksum)
            }
            _ => Found::Frame(start..end, Proof::Form),
        })
    }

    /// The telegram that seems to end here and did not verify: from the last header line on.
    fn broken(&self, at: usize, sent: Option<u16>, end: usize) -> Option<Found> {
        let mut glued = None;
        let mut whole = None;
        for start in self.starts.iter().rev().take_while(|start| start.at >= self.judged) {
            if wellformed::header(&self.window[start.at..end]).is_none() {
                continue;
            }
            if start.at == 0 || self.window[start.at - 1] == b'\n' {
                whole = Some(start.at);
                break;
            }
            glued = glued.or(Some(start.at));
        }
        let start = whole.or(glued)?;
        let why = match sent {
            None => Broken::Malformed,
            Some(sent) => {
                let bytes = &self.window[start..=at];
                match Checksum::ALL.into_iter().find(|kind| kind.of(bytes) == sent) {
                    Some(another) => Broken::AnotherChecksum(another),
                    None => Broken::WrongChecksum { sent, computed: self.kind().of(bytes) },
                }
            }
        };
        Some(Found::Broken(start..end, why))
    }
}
